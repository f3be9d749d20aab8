"""The texts a chunk reads, as the checks want them. Reads corpus rows, writes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db.models import F

from corpus.models import Benchmark, Item, ItemVersion, Origin, Translation, TranslationVersion
from flagging.checks.base import Pair, SetRow
from flagging.models import ModelPass

# Rows the database sends at a time, so that a whole set never stands in memory twice.
FETCH = 2000


def version_ids(benchmark: Benchmark, language: str) -> dict[str, list[int]]:
    """This function will return the ids of the versions that count now, by translating system.

    Over the source language they are item versions, under the system "". Back-translations are left out:
    their texts are not in the language they are filed under. One statement.
    """
    if language == benchmark.source_language_id:
        items = Item.objects.filter(benchmark=benchmark).order_by("pk")
        return {"": list(items.values_list("current_version_id", flat=True))}
    found: dict[str, list[int]] = {}
    rows = (
        Translation.objects.filter(item__benchmark=benchmark, language=language)
        .exclude(origin=Origin.BACK_TRANSLATION)
        .order_by("system", "item_id")
        .values_list("system", "current_version_id")
    )
    for system, version in rows:
        found.setdefault(system, []).append(version)
    return found


def pairs(model_pass: ModelPass, ids: Sequence[int]) -> Iterator[tuple[int, Pair]]:
    """This function will yield (version id, pair) for translation versions, each with the source text it renders.

    One statement; the answer is the letter of the right option, None where the type has none.
    """
    source_language = model_pass.benchmark.source_language_id
    rows = (
        TranslationVersion.objects.filter(pk__in=ids)
        .order_by("pk")
        .values_list("pk", "fields", "item_version__fields", F("item_version__attributes__answer"))
    )
    for pk, target, source, answer in rows.iterator(chunk_size=FETCH):
        yield pk, Pair(source, target, source_language, model_pass.language_id, answer)


def sources(ids: Sequence[int]) -> Iterator[tuple[int, dict[str, str]]]:
    """This function will yield (version id, fields) for item versions. One statement."""
    rows = ItemVersion.objects.filter(pk__in=ids).order_by("pk").values_list("pk", "fields")
    yield from rows.iterator(chunk_size=FETCH)


def set_rows(model_pass: ModelPass, ids: Sequence[int]) -> Iterator[SetRow]:
    """This function will yield every field of these translation versions beside its source. One statement."""
    for pk, pair in pairs(model_pass, ids):
        for name, target in pair.target.items():
            yield SetRow(pk, name, pair.source.get(name, ""), target)
