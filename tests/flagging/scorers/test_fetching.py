"""Fetching from a hub that stands on this machine: a small HTTP server speaking as much of its protocol as is used."""

from __future__ import annotations

import hashlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote

import pytest
import torch
from django.core.management import call_command
from django.core.management.base import CommandError

from flagging.scorers import LicenceError, UnsafeModelError, entry, load
from flagging.scorers.fetching import FetchError, fetch
from flagging.scorers.places import read_lock
from tests.flagging.scorers.conftest import segment

COMMIT = "0123456789abcdef0123456789abcdef01234567"


class Hub(ThreadingHTTPServer):
    """Repositories as folders by name; every one at one commit, or at the commit that is asked for."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.repositories: dict[str, Path] = {}
        self.sent: list[str] = []
        self.broken: set[str] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    """`/api/models/NAME[/revision/REV]` lists, `/NAME/resolve/REV/FILE` sends."""

    server: Hub

    def log_message(self, *given: object) -> None:
        """Keep quiet."""

    def do_HEAD(self) -> None:
        self.answer(body=False)

    def do_GET(self) -> None:
        self.answer(body=True)

    def answer(self, *, body: bool) -> None:
        path = unquote(self.path.partition("?")[0]).strip("/")
        if path.startswith("api/models/"):
            name, _, revision = path.removeprefix("api/models/").partition("/revision/")
            self.listed(name, revision)
            return
        name, _, rest = path.partition("/resolve/")
        revision, _, file = rest.partition("/")
        place = self.server.repositories[name] / file
        if not place.is_file() or file in self.server.broken:
            self.send_error(403 if file in self.server.broken else 404)
            return
        content = place.read_bytes()
        self.send_response(200)
        self.send_header("X-Repo-Commit", revision)
        self.send_header("ETag", f'"{hashlib.sha256(content).hexdigest()}"')
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if body:
            self.server.sent.append(f"{name}/{file}")
            self.wfile.write(content)

    def listed(self, name: str, revision: str) -> None:
        folder = self.server.repositories.get(name)
        if folder is None:
            self.send_error(404)
            return
        files = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
        commit = revision if len(revision) == 40 else COMMIT
        row = {"id": name, "sha": commit, "siblings": [{"rfilename": file} for file in files]}
        content = json.dumps(row).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@pytest.fixture
def hub(monkeypatch, tmp_path):
    made = Hub()
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    monkeypatch.setenv("HF_ENDPOINT", made.url)
    monkeypatch.setenv("ISOGLOSS_MODELS", str(tmp_path / "models"))
    yield made
    made.shutdown()
    made.server_close()


@pytest.fixture
def labse(hub, folder):
    hub.repositories["sentence-transformers/LaBSE"] = folder("labse")
    return entry("labse")


def test_a_fetched_model_loads_and_scores(hub, labse, tmp_path):
    lock = fetch(labse, tmp_path / "models")
    assert lock.revision == labse.revision
    loaded = load("labse", device="cpu")
    assert loaded.build.revision == labse.revision
    assert loaded.score([segment("the heart and lung", "das Herz")])[0].value is not None


def test_an_unpinned_model_is_pinned_when_it_is_fetched(hub, folder, tmp_path):
    hub.repositories["ymoslem/xlm-roberta-large-qe-v1"] = folder("qe-xlmr-large")
    assert fetch(entry("qe-xlmr-large"), tmp_path / "models").revision == COMMIT
    assert load("qe-xlmr-large", device="cpu").build.revision == COMMIT


def test_only_weights_tokenizer_and_config_are_fetched(hub, labse, folder, tmp_path):
    extra = folder("labse").parent / "with-more"
    if not extra.exists():
        import shutil

        shutil.copytree(folder("labse"), extra)
        for name in ("pytorch_model.bin", "modeling_own.py", "README.md", "onnx/model.safetensors"):
            (extra / name).parent.mkdir(exist_ok=True)
            (extra / name).write_text("not wanted")
    hub.repositories["sentence-transformers/LaBSE"] = extra
    fetch(labse, tmp_path / "models")
    came = {
        path.relative_to(tmp_path / "models" / "labse").as_posix()
        for path in (tmp_path / "models").rglob("*")
    }
    assert came - {"2_Dense"} - {".."} >= {"config.json", "model.safetensors", "2_Dense/model.safetensors"}
    assert not [name for name in hub.sent if name.endswith((".py", ".bin", ".md")) or "onnx" in name]


def test_the_lock_holds_the_digests_of_the_weights(hub, labse, tmp_path):
    fetch(labse, tmp_path / "models")
    lock = read_lock(tmp_path / "models" / "labse")
    place = tmp_path / "models" / "labse" / "model.safetensors"
    assert lock.weights["model.safetensors"].sha256 == hashlib.sha256(place.read_bytes()).hexdigest()
    assert (lock.repository, lock.licence) == ("sentence-transformers/LaBSE", "Apache-2.0")


def test_the_tokenizer_comes_from_its_own_repository(hub, folder, tmp_path):
    hub.repositories["google/metricx-24-hybrid-large-v2p6-bfloat16"] = folder("metricx-24-hybrid-large")
    hub.repositories["google/mt5-large"] = folder("metricx-24-hybrid-large")
    lock = fetch(entry("metricx-24-hybrid-large"), tmp_path / "models")
    assert "google/mt5-large/spiece.model" in hub.sent
    assert not [
        name for name in hub.sent if name.startswith("google/mt5-large") and name.endswith(".safetensors")
    ]
    assert lock.tokenizer_revision == entry("metricx-24-hybrid-large").tokenizer_revision


@pytest.fixture
def pickled(hub, folder, tmp_path):
    """The regressor as most of its kind are published: weights as a pickle."""
    from safetensors.torch import load_file

    place = tmp_path / "published"
    place.mkdir()
    for path in folder("qe-xlmr-large").iterdir():
        if path.suffix != ".safetensors":
            (place / path.name).write_bytes(path.read_bytes())
    torch.save(load_file(folder("qe-xlmr-large") / "model.safetensors"), place / "pytorch_model.bin")
    hub.repositories["ymoslem/xlm-roberta-large-qe-v1"] = place
    return place


def test_pickled_weights_are_refused(pickled, tmp_path):
    with pytest.raises(UnsafeModelError, match=r"pytorch_model.bin alone.*--convert"):
        fetch(entry("qe-xlmr-large"), tmp_path / "models")


def test_pickled_weights_become_safetensors_when_that_is_asked_for(pickled, folder, tmp_path):
    lock = fetch(entry("qe-xlmr-large"), tmp_path / "models", convert=True)
    assert len(lock.converted_from) == 64
    assert not list((tmp_path / "models").rglob("*.bin"))
    item = segment("the heart and lung", "das Herz")
    one = load("qe-xlmr-large", device="cpu").score([item])
    two = load(folder("qe-xlmr-large"), like="qe-xlmr-large", device="cpu").score([item])
    assert one == two


def test_a_pickle_that_would_run_something_is_not_read(pickled, tmp_path):
    proof = tmp_path / "ran"

    class Evil:
        def __reduce__(self):
            return (Path.touch, (proof,))

    torch.save({"a": Evil()}, pickled / "pytorch_model.bin")
    with pytest.raises(UnsafeModelError, match="holds more than tensors"):
        fetch(entry("qe-xlmr-large"), tmp_path / "models", convert=True)
    assert not proof.exists()
    assert not (tmp_path / "models" / "qe-xlmr-large").exists()


def test_a_gated_model_is_not_asked_for_before_its_licence_is_accepted(hub, tmp_path):
    with pytest.raises(LicenceError, match=r"CC-BY-NC-SA-4.0.*--accept-licence"):
        fetch(entry("cometkiwi-22"), tmp_path / "models")
    assert hub.sent == []


def test_a_repository_that_is_not_there_is_said(hub, tmp_path):
    with pytest.raises(FetchError, match="does not answer for sentence-transformers/LaBSE"):
        fetch(entry("labse"), tmp_path / "models")


def test_a_fetch_that_breaks_leaves_no_model_and_goes_on_later(hub, labse, tmp_path):
    hub.broken = {"2_Dense/model.safetensors", "tokenizer.json"}
    with pytest.raises(FetchError, match="could not be fetched"):
        fetch(labse, tmp_path / "models")
    assert not (tmp_path / "models" / "labse").exists()
    hub.broken, before = set(), len(hub.sent)
    fetch(labse, tmp_path / "models")
    again = hub.sent[before:]
    assert load("labse", device="cpu")
    assert len(set(hub.sent)) == len(hub.sent), again


def test_load_fetches_only_when_it_is_told_to(hub, labse):
    assert load("labse", device="cpu", offline=False).entry == labse
    assert hub.sent


def test_the_command_says_licence_commit_and_place(hub, labse, tmp_path, capsys):
    call_command("fetch_model", "labse")
    said = capsys.readouterr().out
    assert "LaBSE: sentence-transformers/LaBSE, licence Apache-2.0" in said
    assert f"{tmp_path / 'models' / 'labse'}: commit {labse.revision}" in said


def test_the_command_lists_what_is_here_and_what_is_absent(hub, labse, capsys):
    call_command("fetch_model", "labse")
    call_command("fetch_model")
    lines = {line.split()[0]: line.split()[1] for line in capsys.readouterr().out.splitlines()[-13:]}
    assert (lines["labse"], lines["cometkiwi-22"]) == ("here", "absent")


def test_the_command_refuses_in_words(hub):
    with pytest.raises(CommandError, match="--accept-licence"):
        call_command("fetch_model", "aya-expanse-8b")
    with pytest.raises(CommandError, match="is no scorer"):
        call_command("fetch_model", "bleurt")
