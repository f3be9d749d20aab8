"""The texts a chunk reads, as the checks want them. Reads corpus rows, writes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.db.models import F, TextField
from django.db.models.functions import Cast, Length

from corpus.models import Benchmark, Item, ItemVersion, Origin, Translation, TranslationVersion
from flagging.checks.base import Pair, SetRow
from flagging.models import ModelPass

# Rows the database sends at a time, so that a whole set never stands in memory twice.
FETCH = 2000
SOURCE = "translation__item__current_version"


@dataclass(frozen=True, slots=True)
class TextSet:
    """What stands together as a whole: the texts of one split by one system ("" over the source language)."""

    system: str
    split: str
    version_ids: list[int]


def text_sets(benchmark: Benchmark, language: str) -> list[TextSet]:
    """This function will return the versions that count now, a set for each system and split. One statement.

    Over the source language they are item versions. Back-translations are left out: their texts are not in
    the language they are filed under.
    """
    if language == benchmark.source_language_id:
        items = Item.objects.filter(benchmark=benchmark).order_by("split", "pk")
        rows = [("", split, version) for split, version in items.values_list("split", "current_version_id")]
    else:
        rows = list(
            Translation.objects.filter(item__benchmark=benchmark, language=language)
            .exclude(origin=Origin.BACK_TRANSLATION)
            .order_by("system", "item__split", "item_id")
            .values_list("system", "item__split", "current_version_id")
        )
    return [
        TextSet(system, split, [version for _, _, version in group])
        for (system, split), group in groupby(rows, key=lambda row: row[:2])
    ]


def covered(model_pass: ModelPass, ids: Sequence[int]) -> set[int]:
    """This function will return those of the translation versions that the pass is about. One statement at most."""
    if model_pass.item_ids is None:
        return set(ids)
    about = TranslationVersion.objects.filter(pk__in=ids, translation__item__in=model_pass.item_ids)
    return set(about.values_list("pk", flat=True))


def by_length(ids: Iterable[int]) -> list[int]:
    """This function will return translation versions from the longest to the shortest text. One statement."""
    # The longest first: what does not fit the device shows at once.
    size = Length(Cast("fields", TextField()))
    rows = TranslationVersion.objects.filter(pk__in=list(ids)).order_by(size.desc(), "pk")
    return list(rows.values_list("pk", flat=True))


def pairs(model_pass: ModelPass, ids: Sequence[int]) -> Iterator[tuple[int, Pair]]:
    """This function will yield (version id, pair) for translation versions, each with the source text that counts now.

    One statement; the answer is the letter of the right option, None where the type has none.
    """
    source_language = model_pass.benchmark.source_language_id
    rows = (
        TranslationVersion.objects.filter(pk__in=ids)
        .order_by("pk")
        .values_list("pk", "fields", f"{SOURCE}__fields", F(f"{SOURCE}__attributes__answer"))
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
