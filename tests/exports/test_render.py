"""A whole release folder: same rows, same bytes; a card and a manifest that tell the truth."""

import hashlib
import json
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from exports.formats.card import render_card
from exports.formats.render import UnknownFormatError, formats_named, render_release
from exports.formats.yaml_head import yaml_lines
from tests.exports.release_rows import LANGUAGES, annotation_row, data_row, info, provenance_row, tables

ROOT = Path(__file__).parents[2]
CLIENT = ROOT / ".venv-clients" / "bin" / "python"
LOAD = """
import json, sys
from datasets import load_dataset
folder, cache, *configs = sys.argv[1:]
out = {}
for config in configs:
    loaded = load_dataset(folder, config, cache_dir=cache)
    out[config] = {split: rows.to_list() for split, rows in loaded.items()}
print(json.dumps(out))
"""


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def test_the_same_rows_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        render_release(tmp_path / name, info(), tables(), formats_named(["jsonl", "csv"]))
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_a_language_has_a_file_a_split_under_its_export_name(tmp_path: Path) -> None:
    render_release(tmp_path / "release", info(), tables(), formats_named([]))
    expected = {f"{language.export_name}/{split}-00000-of-00001.parquet" for language in LANGUAGES
                for split in ("test", "dev")}  # fmt: skip
    found = set(contents(tmp_path / "release"))
    assert expected <= found
    assert found - expected == {
        "README.md",
        "manifest.json",
        "provenance/test-00000-of-00001.parquet",
        "provenance/dev-00000-of-00001.parquet",
        "annotations/test-00000-of-00001.parquet",
    }
    table = pq.read_table(tmp_path / "release" / "zh" / "test-00000-of-00001.parquet")
    assert table.to_pylist() == [data_row("zh", "test", n) for n in range(3)]


def test_the_manifest_holds_the_hash_and_rows_of_every_other_file(tmp_path: Path) -> None:
    render_release(tmp_path / "release", info(), tables(), formats_named(["jsonl"]))
    files = contents(tmp_path / "release")
    manifest = json.loads(files.pop("manifest.json"))
    assert {file["path"]: file["sha256"] for file in manifest["files"]} == {
        path: hashlib.sha256(data).hexdigest() for path, data in files.items()
    }
    rows = {file["path"]: file["rows"] for file in manifest["files"]}
    assert rows["jsonl/provenance/test.jsonl"] == 9
    assert manifest["versions"] == {"guidelines": 1, "label_rule": "1", "text_rule": "1", "code": "0.2"}
    assert manifest["left_out"][0]["sample_id"] == "geography/test/9"


def test_the_order_of_a_counts_keys_changes_no_byte(tmp_path: Path) -> None:
    turned = replace(info(), counts=dict(reversed(info().counts.items())))
    render_release(tmp_path / "one", info(), tables(), formats_named([]))
    render_release(tmp_path / "two", turned, tables(), formats_named([]))
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_an_unknown_format_is_refused_by_name() -> None:
    with pytest.raises(UnknownFormatError, match="'xlsx' is none of parquet, jsonl, csv"):
        formats_named(["csv", "xlsx"])


def test_a_name_typed_by_a_person_opens_no_tag_and_no_cell() -> None:
    card = render_card(info(), [])
    assert "# `Capitals ∣ <b>bold</b>` 1.0" in card


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ({"a": "no"}, 'a: "no"'),
        ({"a": 1}, "a: 1"),
        ({"a": True}, "a: true"),
        ({"a": []}, "a: []"),
        ({"a": 'say "hi"\n\x85'}, 'a: "say \\"hi\\"\\n\\u0085"'),
    ],
)
def test_the_head_quotes_every_text(value: dict[str, Any], line: str) -> None:
    assert list(yaml_lines(value)) == [line]


def test_the_head_nests_lists_and_mappings() -> None:
    nested = {"a": [{"b": "x", "c": [{"d": 1}]}, "y"]}
    assert list(yaml_lines(nested)) == ["a:", '- b: "x"', "  c:", "  - d: 1", '- "y"']


@pytest.fixture(scope="module")
def read_by_client(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    if not CLIENT.exists():
        pytest.skip("NO .venv-clients: the datasets client reads nothing here. Build it with `make test`.")
    folder = tmp_path_factory.mktemp("client")
    render_release(folder / "release", info(), tables(), formats_named(["jsonl", "csv"]))
    configs = ["ar", "zh", "provenance", "annotations"]
    command = [str(CLIENT), "-c", LOAD, str(folder / "release"), str(folder / "cache"), *configs]
    offline = {"HF_HUB_OFFLINE": "1", "HF_HOME": str(folder / "home"), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(command, capture_output=True, text=True, env=offline, check=False)
    assert done.returncode == 0, done.stderr
    loaded: dict[str, Any] = json.loads(done.stdout)
    return loaded


def test_the_datasets_client_reads_each_language(read_by_client: dict[str, Any]) -> None:
    for language in ("ar", "zh"):
        assert read_by_client[language] == {
            split: [data_row(language, split, n) for n in range(3)] for split in ("test", "dev")
        }


def test_the_datasets_client_reads_the_side_configs(read_by_client: dict[str, Any]) -> None:
    assert len(read_by_client["provenance"]["dev"]) == 9
    assert read_by_client["provenance"]["test"][0] == provenance_row("ar", "test", 0)
    assert read_by_client["annotations"] == {"test": [annotation_row(n) for n in range(3)]}
