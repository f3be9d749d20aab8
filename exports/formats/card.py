"""The dataset card, ``README.md``: the head that the ``datasets`` client reads, and a page for people."""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from exports.formats.card_checking import checking_section
from exports.formats.card_text import HOW_TO_READ
from exports.formats.info import ReleaseInfo
from exports.formats.schema import ANNOTATIONS_CONFIG, PROVENANCE_CONFIG, dataset_features, schema_of
from exports.formats.written import Written
from exports.formats.yaml_head import yaml_lines

LOOKS_LIKE = str.maketrans({"`": "'", "|": "∣"})
UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")
SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))


def render_card(info: ReleaseInfo, files: Sequence[Written]) -> str:
    """This function will give the card; ``files`` are the Parquet files, those of a config together."""
    head = "\n".join(yaml_lines(_head(info, files)))
    return f"---\n{head}\n---\n\n" + "\n".join(_body(info)) + "\n"


def _head(info: ReleaseInfo, files: Sequence[Written]) -> dict[str, Any]:
    configs = [(name, list(group)) for name, group in groupby(files, key=lambda file: file.config)]
    return {
        "pretty_name": f"{info.name} {info.version}",
        "license": [name.strip().lower() for name in info.licence.split(",")] if info.licence else "unknown",
        "language": [language.tag for language in info.languages],
        "size_categories": [_size(sum(file.rows for file in files if _is_data(file)))],
        "task_categories": ["question-answering", "multiple-choice"],
        "dataset_info": [_dataset_info(name, group) for name, group in configs],
        "configs": [_config(name, group) for name, group in configs],
    }


def _is_data(file: Written) -> bool:
    return file.config not in (PROVENANCE_CONFIG, ANNOTATIONS_CONFIG)


def _size(rows: int) -> str:
    return next((name for limit, name in SIZES if rows < limit), "n>1M")


def _dataset_info(name: str, files: Sequence[Written]) -> dict[str, Any]:
    return {
        "config_name": name,
        "features": dataset_features(schema_of(name)),
        "splits": [
            {"name": file.split, "num_bytes": file.memory, "num_examples": file.rows} for file in files
        ],
        "download_size": sum(file.size for file in files),
        "dataset_size": sum(file.memory for file in files),
    }


def _config(name: str, files: Sequence[Written]) -> dict[str, Any]:
    data_files = [{"split": file.split, "path": file.path} for file in files]
    return {"config_name": name, "data_files": data_files}


def _body(info: ReleaseInfo) -> Iterator[str]:
    yield f"# {_plain(info.name)} {info.version}"
    yield ""
    yield f"Release `{info.version}` of the campaign `{info.campaign}` on the benchmark `{info.benchmark}`."
    yield f"Source language: `{info.source_language}`. Licence: {_plain(info.licence) or 'not stated'}."
    yield ""
    yield from _status_table(info)
    yield _how_to_read(info)
    yield from checking_section(info, _plain)
    yield from _sources(info)
    yield from _left_out(info)


def _status_table(info: ReleaseInfo) -> Iterator[str]:
    yield "## What was verified"
    yield ""
    yield "| language | split | rows | settled | verified | not verified | rejected, open | unsettled | outdated |"
    yield "|---|---|---:|---:|---:|---:|---:|---:|---:|"
    for language in info.languages:
        for split, counts in sorted(info.counts.get(language.export_name, {}).items(), key=_test_first):
            names = ("settled", "verified", "machine", "rejected_open", "unsettled", "outdated")
            cells = [str(counts.get(name, 0)) for name in names]
            rows = sum(counts.values())
            yield f"| {language.name} (`{language.export_name}`) | {_plain(split)} | {rows} | {' | '.join(cells)} |"
    yield ""
    told = ", ".join(f"{count} {_plain(label)}" for label, count in sorted(info.labels.items()))
    yield f"Cultural sensitivity labels over all items: {told or 'none'}."
    yield ""


def _test_first(split: tuple[str, dict[str, int]]) -> tuple[bool, str]:
    return split[0] != "test", split[0]


def _how_to_read(info: ReleaseInfo) -> str:
    name = info.languages[0].export_name if info.languages else info.source_language
    return HOW_TO_READ.substitute(
        language=name,
        provenance=PROVENANCE_CONFIG,
        annotations=ANNOTATIONS_CONFIG,
        text_rule=info.versions.text_rule,
        label_rule=info.versions.label_rule,
        guidelines=info.versions.guidelines or "none",
        code=_plain(info.versions.code),
    )


def _sources(info: ReleaseInfo) -> Iterator[str]:
    if not info.sources:
        return
    yield "## Where the texts come from"
    yield ""
    yield "| language | system | origin | licence | maker | address |"
    yield "|---|---|---|---|---|---|"
    for source in info.sources:
        cells = (source.language, source.system, source.origin, source.licence, source.maker, source.url)
        yield f"| {' | '.join(_plain(cell) or '–' for cell in cells)} |"
    yield ""


def _left_out(info: ReleaseInfo) -> Iterator[str]:
    if not info.left_out:
        return
    yield "## What is left out"
    yield ""
    yield f"{len(info.left_out)} rows are left out of a language: `manifest.json` lists them with reasons."
    yield ""


def _plain(text: str) -> str:
    """Names are typed by people. As code nothing of them is a link, a tag, a heading or an address that a page
    would make a link of; what would end the code or a table's cell, or turn the direction of the text after
    it, is replaced by what looks like it. The exact texts stand in the manifest."""
    one_line = " ".join(text.split()).translate(LOOKS_LIKE)
    return f"`{UNSEEN.sub(chr(0xFFFD), one_line)}`" if one_line else ""
