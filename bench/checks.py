"""Recall per injected error, false alarms per check and language, and speed of the checks on one core.

    python -m bench.checks [--data DIR] [--splits dev,test20,test21]

Reads the quality-estimation data with injected errors, human translations, and a complete machine
translation where DIR (else ISOGLOSS_DATA, else ../shared/data) holds them.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from flagging.checks import PAIR_CHECKS, Pair, measure

ROOT = Path(__file__).resolve().parents[1]
LETTERS = "abcdefghij"


@dataclass(frozen=True)
class Example:
    """A pair with the kind of error that was injected into it (`clean` for none) and its language."""

    pair: Pair
    kind: str
    language: str


@dataclass
class Outcome:
    """Rows seen and rows flagged, per kind of error and language; per check the rows it flagged."""

    seen: Counter[tuple[str, str]] = field(default_factory=Counter)
    flagged: Counter[tuple[str, str]] = field(default_factory=Counter)
    by_check: dict[tuple[str, str], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def rate(self, kind: str, language: str | None = None) -> float:
        """This function will return the share of rows flagged; NaN where none was seen."""
        keys = [key for key in self.seen if key[0] == kind and language in (None, key[1])]
        seen = sum(self.seen[key] for key in keys)
        return sum(self.flagged[key] for key in keys) / seen if seen else float("nan")

    def languages(self) -> list[str]:
        """This function will return the languages seen, sorted."""
        return sorted({language for _, language in self.seen})

    def kinds(self) -> list[str]:
        """This function will return the kinds of error seen, sorted."""
        return sorted({kind for kind, _ in self.seen})


def data_directory(given: str | None = None) -> Path:
    """This function will return where the real data lies, which need not exist."""
    return Path(given or os.environ.get("ISOGLOSS_DATA") or ROOT.parent / "shared" / "data")


def read_rows(path: Path) -> Iterator[dict[str, Any]]:
    """This function will yield the objects of a gzipped JSONL file."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def item_fields(row: Mapping[str, Any]) -> dict[str, str]:
    """This function will return a published row's question and options."""
    return {name: row[name] for name in ("question", "option_a", "option_b", "option_c", "option_d")}


def _fields(item: Mapping[str, Any]) -> dict[str, str]:
    return {"question": item["question"]} | {
        f"option_{letter}": option for letter, option in zip(LETTERS, item["options"], strict=False)
    }


def with_statistics(examples: Iterable[Example]) -> list[Example]:
    """This function will measure each language's examples and hand the statistics to their pairs."""
    sets: dict[str, list[Example]] = defaultdict(list)
    for example in examples:
        sets[example.language].append(example)
    return [
        replace(example, pair=replace(example.pair, statistics=statistics))
        for members in sets.values()
        for statistics in [measure(member.pair for member in members)]
        for example in members
    ]


def benchlike(data: Path, splits: frozenset[str] | None = None) -> list[Example]:
    """This function will return the examples with injected errors of the splits (None: all)."""
    found = []
    for path in sorted((data / "qe" / "benchlike").glob("*.jsonl.gz")):
        for row in read_rows(path):
            if splits is None or row["split"] in splits:
                found.append(_example(path.name.split("_")[0].removesuffix(".jsonl.gz"), row))
    return with_statistics(found)


def _example(family: str, row: Mapping[str, Any]) -> Example:
    if "source_item" in row:
        source, target = _fields(row["source_item"]), _fields(row["target_item"])
        answer = LETTERS[row["source_item"]["answer"]].upper()
    else:
        source, target, answer = {"question": row["source"]}, {"question": row["target"]}, None
    return Example(
        Pair(source, target, row["src_lang"], row["tgt_lang"], answer),
        row["kind"],
        f"{row['tgt_lang']} {family}",
    )


def published(
    source: Mapping[str, Mapping[str, Any]], rows: Iterable[Mapping[str, Any]], language: str, kind: str
) -> list[Example]:
    """This function will return examples from rows of one translation of the source rows."""
    found = []
    for row in rows:
        english = source.get(row["sample_id"])
        if english is not None:
            pair = Pair(item_fields(english), item_fields(row), "en", language, row["answer"])
            found.append(Example(pair, kind, language))
    return with_statistics(found)


def english_test(data: Path) -> dict[str, dict[str, Any]]:
    """This function will return the English test rows by sample id."""
    return {row["sample_id"]: row for row in read_rows(data / "mmlu-en" / "en.test.jsonl.gz")}


def african(data: Path, origin: str) -> list[Example]:
    """This function will return the African translations of one origin: human, mt or bt."""
    source = english_test(data)
    paths = sorted((data / "mmlu-african").glob(f"*.{origin}.jsonl.gz"))
    return [
        one for path in paths for one in published(source, read_rows(path), path.name.split(".")[0], origin)
    ]


def global_dev(data: Path, languages: Iterable[str]) -> list[Example]:
    """This function will return the published dev translations of the languages."""
    folder = data / "global-mmlu-dev"
    source = {row["sample_id"]: row for row in read_rows(folder / "en.dev.jsonl.gz")}
    return [
        one
        for language in languages
        for one in published(source, read_rows(folder / f"{language}.dev.jsonl.gz"), language, "dev")
    ]


def run(examples: Iterable[Example]) -> tuple[Outcome, float]:
    """This function will run every pair check and return what it flagged, notices aside, and pairs per second."""
    outcome = Outcome()
    rows = list(examples)
    started = time.process_time()
    for example in rows:
        key = (example.kind, example.language)
        hits = [check for check in PAIR_CHECKS if next(iter(check.run(example.pair)), None)]
        outcome.seen[key] += 1
        outcome.flagged[key] += any(check.severity != "notice" for check in hits)
        outcome.by_check[key].update(check.name for check in hits)
    return outcome, len(rows) / (time.process_time() - started)


def time_checks(examples: Iterable[Example]) -> dict[str, float]:
    """This function will return microseconds per pair of every check alone, in the order they run."""
    rows = list(examples)
    spent = {}
    for check in PAIR_CHECKS:
        started = time.process_time()
        for example in rows:
            for _ in check.run(example.pair):
                pass
        spent[check.name] = (time.process_time() - started) / len(rows) * 1e6
    return spent


def print_outcome(title: str, outcome: Outcome, clean: frozenset[str]) -> None:
    """This function will print rates per kind of error, then per language and check for clean kinds."""
    print(f"\n## {title}")
    for kind in outcome.kinds():
        seen = sum(count for (one, _), count in outcome.seen.items() if one == kind)
        checks = sum((hits for (one, _), hits in outcome.by_check.items() if one == kind), Counter[str]())
        label = "flagged" if kind in clean else "recall"
        print(f"{kind:26} {label} {outcome.rate(kind):.3f} of {seen:5}   {_common(checks)}")
    for kind in sorted(clean & set(outcome.kinds())):
        for language in outcome.languages():
            if (kind, language) in outcome.seen:
                hits = outcome.by_check[kind, language]
                print(f"  {kind} {language:14} {outcome.rate(kind, language):.3f}   {_common(hits)}")


def _common(hits: Counter[str]) -> str:
    return " ".join(f"{name}:{count}" for name, count in hits.most_common(8))


def main() -> None:
    """This function will print every table for the data that is there."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data")
    parser.add_argument("--splits", help="splits of the injected errors, comma-separated; all by default")
    parser.add_argument("--languages", default="ar,bn,de,fr,hi,ja,ko,pl,ru,sw,tr,uk,yo,zh")
    given = parser.parse_args()
    data = data_directory(given.data)
    splits = frozenset(given.splits.split(",")) if given.splits else None
    clean = frozenset({"clean", "human", "mt", "dev"})
    tables = {
        "Injected errors": benchlike(data, splits),
        "Human translations, African languages": african(data, "human"),
        "Machine translations, African languages": african(data, "mt"),
        "Published dev split": global_dev(data, given.languages.split(",")),
    }
    for title, examples in tables.items():
        outcome, speed = run(examples)
        print_outcome(title, outcome, clean)
        print(f"{speed:,.0f} pairs/s with all {len(PAIR_CHECKS)} checks")
    print("\n## Microseconds per pair")
    for name, spent in time_checks(tables["Human translations, African languages"]).items():
        print(f"{name:22} {spent:8.1f}")


if __name__ == "__main__":
    main()
