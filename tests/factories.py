"""Rows for tests: a small benchmark of our own questions, with translations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from common.models import Workspace
from corpus.item_types import digest
from corpus.models import Benchmark, Item, ItemVersion, Source, Translation, TranslationVersion

QUESTIONS = (
    ("Which planet is nearest to the Sun?", ("Mercury", "Venus", "Mars", "Earth"), "A"),
    ("How many sides has a hexagon?", ("Four", "Five", "Six", "Seven"), "C"),
    (
        "In which month does a US fiscal year of the federal government begin?",
        ("May", "July", "June", "October"),
        "D",
    ),
    (
        "Which vitamin does sunlight on the skin produce?",
        ("Vitamin A", "Vitamin D", "Vitamin K", "Vitamin C"),
        "B",
    ),
)


def fields_of(question: str, options: Sequence[str]) -> dict[str, str]:
    return {
        "question": question,
        **{f"option_{letter}": text for letter, text in zip("abcdefghij", options, strict=False)},
    }


def make_benchmark(workspace: Workspace, now: datetime, *, slug: str = "mini") -> Benchmark:
    return Benchmark.objects.create(
        workspace=workspace, slug=slug, name=slug, item_type="mcq", source_language_id="en", created_at=now
    )


@transaction.atomic
def make_item(
    benchmark: Benchmark, external_id: str, fields: Mapping[str, str], answer: str, now: datetime
) -> Item:
    subject, split, position = external_id.split("/")
    # Both foreign keys are deferred: the version's id is filled in before the transaction ends.
    item = Item.objects.create(
        benchmark=benchmark, external_id=external_id, subject=subject, subject_category="STEM", split=split,
        position=int(position), current_version_id=0,
    )  # fmt: skip
    item.current_version = ItemVersion.objects.create(
        item=item, number=1, fields=dict(fields), attributes={"answer": answer},
        sha256=digest(fields, {"answer": answer}), created_at=now,
    )  # fmt: skip
    item.save(update_fields=["current_version"])
    return item


@transaction.atomic
def make_translation(
    item: Item, language: str, fields: Mapping[str, str], now: datetime, *, system: str = "mt-alpha"
) -> Translation:
    source = Source.objects.get_or_create(
        benchmark=item.benchmark, language_id=language, system=system, origin="machine",
        defaults={"created_at": now},
    )[0]  # fmt: skip
    translation = Translation.objects.create(
        item=item, language_id=language, system=system, origin="machine", source=source, current_version_id=0
    )
    translation.current_version = add_version(translation, fields, now)
    translation.save(update_fields=["current_version"])
    return translation


def add_version(translation: Translation, fields: Mapping[str, str], now: datetime) -> TranslationVersion:
    return TranslationVersion.objects.create(
        translation=translation, number=translation.versions.count() + 1, fields=dict(fields),
        sha256=digest(fields, {}), origin="machine", item_version_id=translation.item.current_version_id,
        created_at=now,
    )  # fmt: skip


def mini_benchmark(workspace: Workspace, now: datetime, *, languages: Sequence[str] = ("de",)) -> Benchmark:
    """Four questions; each translation is the source text with the language's tag before it."""
    benchmark = make_benchmark(workspace, now)
    for number, (question, options, answer) in enumerate(QUESTIONS):
        item = make_item(benchmark, f"quiz/test/{number}", fields_of(question, options), answer, now)
        for language in languages:
            texts = {name: f"{language}: {text}" for name, text in item.current_version.fields.items()}
            make_translation(item, language, texts, now)
    return benchmark
