"""What is loaded and what is refused: absent models, pickles, licences, other models, other formats."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from flagging.scorers import (
    LicenceError,
    ModelAbsentError,
    SameFamilyError,
    ScorerError,
    UnsafeModelError,
    check_families,
    entries,
    entry,
    family_of,
    load,
    models_folder,
)
from flagging.scorers.opening import chosen_device, chosen_dtype
from flagging.scorers.places import LOCK, Lock, describe, write_lock
from tests.flagging.scorers import tiny
from tests.flagging.scorers.conftest import segment

ROOT = Path(__file__).resolve().parents[3]
COMMIT = "836121a0533e5664b21c7aacc5d22951f2b8b25b"


@pytest.fixture
def fetched(folder, tmp_path):
    """A models folder that holds LaBSE as if it had been fetched."""
    place = tmp_path / "models" / "labse"
    shutil.copytree(folder("labse"), place)
    lock = Lock(
        "labse",
        "sentence-transformers/LaBSE",
        COMMIT,
        "sentence-transformers/LaBSE",
        COMMIT,
        "Apache-2.0",
        {},
    )
    write_lock(place, replace(lock, weights=describe(place)))
    return place


def test_names_and_repositories_are_unique():
    assert len({one.name for one in entries()}) == len(entries())
    assert len({one.repository for one in entries()}) == len(entries())


def test_every_entry_says_what_it_is():
    for one in entries():
        assert one.title and one.licence and one.family and one.template
        assert one.direction in (1, -1)
        assert one.revision is None or len(one.revision) == 40


def test_commercial_use_is_free_or_the_model_is_gated():
    for one in entries():
        assert one.gated == ("non-commercial" in one.licence)


def test_an_unknown_name_is_refused_with_those_there_are():
    with pytest.raises(KeyError, match=r"'bleurt' is no scorer.*metricx-24-hybrid-large"):
        load("bleurt")


def test_an_absent_model_names_the_command_that_fetches_it(tmp_path):
    with pytest.raises(ModelAbsentError, match=r"python manage.py fetch_model metricx-24-hybrid-xl$"):
        load("metricx-24-hybrid-xl", models=tmp_path)


def test_a_repository_name_is_as_good(tmp_path):
    with pytest.raises(ModelAbsentError, match=r"fetch_model labse$"):
        load("sentence-transformers/LaBSE", models=tmp_path)


def test_a_fetched_model_is_filed_under_its_commit(fetched):
    loaded = load("labse", models=fetched.parent, device="cpu")
    assert loaded.build.revision == COMMIT
    assert loaded.score([segment("the heart and lung", "das Herz")])[0].value is not None


def test_a_folder_knows_what_it_holds(fetched):
    assert load(fetched, device="cpu").entry.name == "labse"


def test_a_local_folder_is_filed_under_its_weights(folder):
    one = load(folder("labse"), like="labse", device="cpu")
    assert one.build.revision.startswith("local:")
    assert len(one.build.revision) == len("local:") + 64


def test_a_local_folder_has_to_say_what_it_is_like(folder):
    with pytest.raises(ScorerError, match="does not say what it holds"):
        load(folder("labse"))


def test_changed_weights_are_refused(fetched):
    weights = fetched / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-4] + b"\x00\x00\x00\x01")
    with pytest.raises(UnsafeModelError, match=r"model.safetensors in .* is not as it was fetched"):
        load("labse", models=fetched.parent)


def test_weights_that_were_only_touched_are_read(fetched):
    (fetched / "model.safetensors").touch()
    assert load("labse", models=fetched.parent, device="cpu")


def test_added_weights_are_refused(fetched):
    shutil.copy(fetched / "model.safetensors", fetched / "more.safetensors")
    with pytest.raises(UnsafeModelError, match=r"more.safetensors in .* is not as it was fetched"):
        load("labse", models=fetched.parent)


def test_another_commit_than_the_pinned_one_is_refused(fetched):
    row = json.loads((fetched / LOCK).read_text())
    (fetched / LOCK).write_text(json.dumps(row | {"revision": "f" * 40}))
    with pytest.raises(UnsafeModelError, match=f"{COMMIT} is pinned"):
        load("labse", models=fetched.parent)


def test_a_broken_lock_is_refused(fetched):
    (fetched / LOCK).write_text("{}")
    with pytest.raises(UnsafeModelError, match="cannot be read"):
        load("labse", models=fetched.parent)


def test_a_folder_of_pickles_is_refused(folder, tmp_path):
    place = tmp_path / "models" / "qe-xlmr-large"
    shutil.copytree(folder("qe-xlmr-large"), place)
    (place / "model.safetensors").unlink()
    torch.save({"a": torch.zeros(1)}, place / "pytorch_model.bin")
    with pytest.raises(UnsafeModelError, match=r"pytorch_model.bin, which can run code.*--convert"):
        load("qe-xlmr-large", models=tmp_path / "models")


def test_a_pickle_beside_safetensors_is_never_read(folder, tmp_path):
    place = tmp_path / "model"
    shutil.copytree(folder("qe-xlmr-large"), place)
    (place / "pytorch_model.bin").write_bytes(b"no pickle at all")
    assert load(place, like="qe-xlmr-large", device="cpu")


def test_code_that_comes_with_a_model_is_not_run(folder, tmp_path):
    place, proof = tmp_path / "model", tmp_path / "ran"
    shutil.copytree(folder("qe-xlmr-large"), place)
    code = f"from pathlib import Path\nPath({str(proof)!r}).touch()\n"
    (place / "modeling_own.py").write_text(code)
    (place / "tokenization_own.py").write_text(code)
    config = json.loads((place / "config.json").read_text())
    own = {
        "AutoConfig": "modeling_own.OwnConfig",
        "AutoModelForSequenceClassification": "modeling_own.OwnModel",
        "AutoTokenizer": ["tokenization_own.OwnTokenizer", None],
    }
    (place / "config.json").write_text(json.dumps(config | {"auto_map": own}))
    load(place, like="qe-xlmr-large", device="cpu")
    assert not proof.exists()


def test_a_model_of_an_unknown_kind_is_refused_and_its_code_not_run(folder, tmp_path):
    place, proof = tmp_path / "model", tmp_path / "ran"
    shutil.copytree(folder("qe-xlmr-large"), place)
    (place / "modeling_own.py").write_text(f"from pathlib import Path\nPath({str(proof)!r}).touch()\n")
    config = {"model_type": "own", "auto_map": {"AutoConfig": "modeling_own.OwnConfig"}}
    (place / "config.json").write_text(json.dumps(config))
    with pytest.raises(ScorerError, match="cannot be opened"):
        load(place, like="qe-xlmr-large", device="cpu")
    assert not proof.exists()


def test_a_model_without_its_head_is_refused(folder):
    with pytest.raises(UnsafeModelError, match=r"lacks .* of the weights"):
        load(folder("multilingual-e5-large"), like="qe-xlmr-large", device="cpu")


def test_a_classifier_is_no_regressor(tmp_path):
    with pytest.raises(ScorerError, match="3 labels"):
        load(tiny.save_xlmr(tmp_path / "model", labels=3), like="qe-xlmr-large", device="cpu")


def test_an_encoder_is_no_cometkiwi(folder):
    with pytest.raises(UnsafeModelError, match="lacks"):
        load(folder("qe-xlmr-large"), like="cometkiwi-22", device="cpu", licence_accepted=True)


@pytest.mark.parametrize("name", ["cometkiwi-22", "aya-expanse-8b"])
def test_a_gated_model_is_off_until_its_licence_is_accepted(name, folder):
    with pytest.raises(LicenceError, match="non-commercial"):
        load(folder(name), like=name, device="cpu")


def test_float16_is_refused():
    with pytest.raises(ScorerError, match="'float16' is not possible: mT5 overflows"):
        chosen_dtype("float16", torch.device("cpu"))


def test_a_processor_computes_in_float32_unless_told():
    assert chosen_dtype("auto", torch.device("cpu")) == torch.float32
    assert chosen_dtype("bfloat16", torch.device("cpu")) == torch.bfloat16


def test_a_device_that_is_none_is_refused():
    with pytest.raises(ScorerError, match="'gpu' is no device"):
        chosen_device("gpu")


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a card here")
def test_a_card_that_is_not_there_is_refused():
    with pytest.raises(ScorerError, match="no CUDA card"):
        chosen_device("cuda")


def test_a_build_says_what_decides_a_value(scorer):
    build = scorer("metricx-24-hybrid-large").build
    assert set(build.libraries) == {"torch", "transformers", "tokenizers"}
    assert build.dtype == "float32"
    assert build.settings["template"] == "source: {source} candidate: {target}"
    assert len(build.digest()) == 64


def test_the_digest_knows_dtype_and_revision_and_not_the_device(scorer):
    build = scorer("metricx-24-hybrid-large").build
    assert build.digest() == replace(build, device="NVIDIA H100").digest()
    assert build.digest() != replace(build, dtype="bfloat16").digest()
    assert build.digest() != replace(build, revision="f" * 40).digest()


def test_attention_is_sdpa_where_the_model_has_it(scorer):
    for name in (
        "metricx-24-hybrid-large",
        "qe-xlmr-large",
        "qe-modernbert-large",
        "labse",
        "aya-expanse-8b",
    ):
        assert scorer(name).scorer.model.config._attn_implementation == "sdpa"
    assert scorer("cometkiwi-22").scorer.encoder.config._attn_implementation == "sdpa"


def test_models_lie_where_the_environment_says(monkeypatch, tmp_path):
    monkeypatch.setenv("ISOGLOSS_MODELS", str(tmp_path / "here"))
    assert models_folder() == tmp_path / "here"
    monkeypatch.delenv("ISOGLOSS_MODELS")
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    assert models_folder() == tmp_path / "data" / "models"


@pytest.mark.parametrize(
    ("system", "family"),
    [
        ("CohereLabs/aya-expanse-32b", "cohere"),
        ("command-r-plus", "cohere"),
        ("gpt-4o-mini", "openai"),
        ("google/gemma-2-9b-it", "google"),
        ("Google Translate", "google-translate"),
        ("facebook/nllb-200-3.3B", "meta"),
        ("Helsinki-NLP/opus-mt-en-de", "opus"),
        ("our own system", ""),
    ],
)
def test_a_system_names_its_family(system, family):
    assert family_of(system) == family


def test_a_family_does_not_judge_itself():
    with pytest.raises(SameFamilyError, match="'cohere', and so is the translating system 'aya-101'"):
        check_families(entry("aya-expanse-8b"), "aya-101")


def test_another_family_may_be_judged():
    check_families(entry("aya-expanse-8b"), "gpt-4o")
    check_families(entry("aya-expanse-8b"), "system 3")


def test_only_judges_are_kept_from_their_family():
    check_families(entry("metricx-24-hybrid-large"), "google/gemma-2-9b-it")


@pytest.mark.parametrize("module", ["flagging.scorers", "config.urls"])
def test_importing_loads_no_model_library(module):
    code = (
        "import django, importlib, os, sys\n"
        "os.environ['DJANGO_SETTINGS_MODULE'] = 'config.settings'\n"
        "django.setup()\n"
        f"importlib.import_module({module!r})\n"
        "print(sorted({'torch', 'transformers', 'sklearn', 'huggingface_hub'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_without_the_model_requirements_it_is_said_what_is_missing(folder, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    monkeypatch.delitem(sys.modules, "flagging.scorers.opening", raising=False)
    with pytest.raises(ScorerError, match=r"torch is missing.*requirements-model.txt"):
        load(folder("labse"), like="labse")
