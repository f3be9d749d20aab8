"""Uploads and releases in a folder and in a bucket: the same promises, kept by both."""

from __future__ import annotations

import io
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.core.files.storage import Storage

PROJECT_ROOT = Path(__file__).resolve().parents[2]
BUCKET = "isogloss"


@pytest.fixture(scope="module")
def s3_address() -> Iterator[str]:
    """A server that speaks S3, on a port of its own."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(params=["a folder", "a bucket"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def make(kind: str, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch):
    """Makes the storage of a name, as the settings do."""
    from config import buckets, storages

    if kind == "a folder":
        folders = {"uploads": storages.UploadsFolder, "releases": storages.Folder}
        return lambda name: folders[name](location=str(tmp_path / name), file_permissions_mode=0o600)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a-key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a-secret")
    address = request.getfixturevalue("s3_address")
    url = f"s3://{BUCKET}/site?endpoint_url={address}&region=eu-central-1&addressing_style=path"

    def build(name: str) -> Storage:
        made = (buckets.UploadsBucket if name == "uploads" else buckets.Bucket)(url=url, folder=name)
        client = made.connection.meta.client
        if BUCKET not in [one["Name"] for one in client.list_buckets()["Buckets"]]:
            client.create_bucket(
                Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
            )
        return made

    return build


def test_what_was_saved_is_read_again_and_goes_when_deleted(make) -> None:
    storage = make("releases")
    name = storage.save("lab/1.0/data/ar.jsonl", ContentFile(b'{"question": "\xd8\xa7"}\n'))
    assert name == "lab/1.0/data/ar.jsonl"
    with storage.open(name) as file:
        assert file.read() == b'{"question": "\xd8\xa7"}\n'
    assert storage.exists(name)
    storage.delete(name)
    assert not storage.exists(name)
    with pytest.raises(FileNotFoundError):
        storage.open(name)


def test_a_file_is_read_from_the_middle_and_line_by_line(make) -> None:
    storage = make("releases")
    lines = [f"line {number}\n".encode() for number in range(700_000)]
    name = storage.save("long.txt", ContentFile(b"".join(lines)))
    with storage.open(name) as file:
        file.seek(1_000_000)
        assert file.read(20) == b"".join(lines)[1_000_000:1_000_020]
        file.seek(-5, io.SEEK_END)
        assert file.read() == lines[-1][-5:]
        file.seek(0)
        assert sum(1 for _ in file.file) == len(lines)
    assert storage.size(name) == sum(map(len, lines))
    storage.delete(name)


def test_saving_under_a_taken_name_writes_over_nothing(make) -> None:
    storage = make("releases")
    first = storage.save("card.md", ContentFile(b"first"))
    second = storage.save("card.md", ContentFile(b"second"))
    assert first != second
    assert [storage.open(name).read() for name in (first, second)] == [b"first", b"second"]
    for name in (first, second):
        storage.delete(name)


def test_a_restored_file_takes_the_place_of_one_of_its_name(make) -> None:
    storage = make("uploads")
    for content in (b"first", b"second"):
        storage.write_over("imports/one.jsonl", ContentFile(content))
        with storage.open("imports/one.jsonl") as file:
            assert file.read() == content
    storage.delete("imports/one.jsonl")


def test_uploads_get_names_that_nobody_can_guess_or_choose(make) -> None:
    storage = make("uploads")
    names = [
        storage.save(asked, ContentFile(b"x"))
        for asked in ("secret plan.jsonl", "secret plan.jsonl", "a.reallylongsuffix")
    ]
    assert len(set(names)) == 3
    assert not [name for name in names if "secret" in name or "long" in name]
    assert [Path(name).suffix for name in names] == [".jsonl", ".jsonl", ""]
    assert all(len(Path(name).stem) == 32 for name in names)


def test_a_name_that_leads_out_of_the_folder_is_refused(make) -> None:
    from django.core.exceptions import SuspiciousOperation

    with pytest.raises(SuspiciousOperation):
        make("releases").save("../../etc/passwd", ContentFile(b"x"))


@pytest.mark.parametrize("kind", ["a folder"], indirect=True)
def test_a_file_whose_writing_breaks_off_leaves_nothing(make, tmp_path: Path) -> None:
    class FullDisk(ContentFile):
        def chunks(self, chunk_size=None):
            yield b"half"
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        make("releases").save("lab/half.jsonl", FullDisk(b"half"))
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("kind", ["a bucket"], indirect=True)
def test_objects_are_open_to_nobody_without_a_key(make, s3_address: str) -> None:
    storage = make("uploads")
    name = storage.save("x.jsonl", ContentFile(b"x"))
    grants = storage.bucket.Object(f"site/uploads/{name}").Acl().grants
    assert [grant["Grantee"].get("URI") for grant in grants] == [None]


@pytest.mark.parametrize(
    ("url", "said"),
    [("http://bucket", "http://"), ("s3://", "s3://"), ("s3://b?acl=public-read", "the parameter acl")],
)
def test_an_address_that_is_not_understood_is_refused_with_the_form(url: str, said: str) -> None:
    from config.buckets import Bucket

    with pytest.raises(ImproperlyConfigured, match=said):
        Bucket(url=url, folder="uploads")


@pytest.mark.parametrize(
    ("given", "uploads", "releases"),
    [
        ({}, "UploadsFolder", "/data/releases"),
        ({"RELEASES_DIR": "/elsewhere"}, "UploadsFolder", "/elsewhere"),
        ({"STORAGE_URL": "s3://b?region=x"}, "UploadsBucket", "releases"),
    ],
    ids=["by default", "a folder for releases", "a bucket"],
)
def test_the_environment_says_where_files_lie(given: dict[str, str], uploads: str, releases: str) -> None:
    ask = (
        "from config.settings import STORAGES as s; o = s['releases']['OPTIONS'];"
        "print(s['uploads']['BACKEND'].split('.')[-1], o.get('location') or o['folder'])"
    )
    rest = {name: value for name, value in os.environ.items() if name not in ("STORAGE_URL", "RELEASES_DIR")}
    done = subprocess.run(
        [sys.executable, "-c", ask], cwd=PROJECT_ROOT, env={**rest, "DATA_DIR": "/data", **given},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.split() == [uploads, releases]


@pytest.mark.parametrize("kind", ["a folder"], indirect=True)
def test_saved_files_are_for_this_user_alone(make, tmp_path: Path) -> None:
    storage = make("uploads")
    place = Path(storage.path(storage.save("x.jsonl", ContentFile(b"x"))))
    assert stat.S_IMODE(place.stat().st_mode) & 0o077 == 0
