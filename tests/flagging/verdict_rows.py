"""Hundreds of short translations with a fault that verdicts know of, the pass over them, and verdicts as rows."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from corpus.item_types import digest
from corpus.models import Benchmark, Item, ItemVersion, Source, Translation, TranslationVersion
from flagging.actions.chunks import run_chunk
from flagging.actions.passes import request_pass
from flagging.actions.verdicts import Frame, Verdict, record_frames, record_verdicts
from flagging.models import ModelPass
from people.actions import create_account
from people.models import Contributor
from tests.factories import make_benchmark

WORDS = {
    "river": "Fluss", "stone": "Stein", "bread": "Brot", "winter": "Winter", "market": "Markt", "teacher": "Lehrer",
    "window": "Fenster", "garden": "Garten", "letter": "Brief", "mountain": "Berg", "machine": "Maschine",
    "paper": "Papier", "island": "Insel", "forest": "Wald", "bridge": "Brücke", "village": "Dorf",
    "morning": "Morgen", "evening": "Abend", "weather": "Wetter", "kitchen": "Küche", "doctor": "Arzt",
    "soldier": "Soldat", "animal": "Tier", "flower": "Blume", "summer": "Sommer", "history": "Geschichte",
}  # fmt: skip
# What reviewers of these tests call bad: it stands in neither the source nor the good translations.
FAULT = "irgendwie"
EVERY = 3


def texts(seed: int, count: int) -> list[tuple[str, str]]:
    """Pairs of a question and its translation, word by word; every third has the fault somewhere."""
    draw = random.Random(seed)
    found = []
    for number in range(count):
        words = draw.sample(sorted(WORDS), draw.randint(4, 9))
        translated = [WORDS[word] for word in words]
        if number % EVERY == 0:
            translated.insert(draw.randint(0, len(words)), FAULT)
        found.append((f"Where is {' '.join(words)}?", f"Wo ist {' '.join(translated)}?"))
    return found


@transaction.atomic
def many_translations(
    workspace: Any, now: datetime, *, count: int = 400, languages: Sequence[str] = ("de",)
) -> Benchmark:
    """A benchmark of `count` questions, the same translations in each language."""
    benchmark = make_benchmark(workspace, now, slug="many")
    items = Item.objects.bulk_create(
        Item(
            benchmark=benchmark, external_id=f"quiz/test/{number}", subject="quiz", subject_category="STEM",
            split="test", position=number, current_version_id=0,
        )
        for number in range(count)
    )  # fmt: skip
    pairs = texts(7, count)
    sources = ItemVersion.objects.bulk_create(
        ItemVersion(
            item=item, number=1, fields={"question": source}, attributes={"answer": "A"},
            sha256=digest({"question": source}, {"answer": "A"}), created_at=now,
        )
        for item, (source, _) in zip(items, pairs, strict=True)
    )  # fmt: skip
    for item, version in zip(items, sources, strict=True):
        item.current_version = version
    Item.objects.bulk_update(items, ["current_version"])
    for language in languages:
        _translated(benchmark, items, [target for _, target in pairs], language, now)
    return benchmark


def _translated(
    benchmark: Benchmark, items: Sequence[Item], targets: Sequence[str], language: str, now: datetime
) -> None:
    source = Source.objects.create(
        benchmark=benchmark, language_id=language, system="mt-alpha", origin="machine", created_at=now
    )
    rows = Translation.objects.bulk_create(
        Translation(
            item=item, language_id=language, system="mt-alpha", origin="machine", source=source,
            current_version_id=0,
        )
        for item in items
    )  # fmt: skip
    versions = TranslationVersion.objects.bulk_create(
        TranslationVersion(
            translation=row, number=1, fields={"question": target}, sha256=digest({"question": target}, {}),
            origin="machine", item_version_id=item.current_version_id, created_at=now,
        )
        for row, item, target in zip(rows, items, targets, strict=True)
    )  # fmt: skip
    for row, version in zip(rows, versions, strict=True):
        row.current_version = version
    Translation.objects.bulk_update(rows, ["current_version"])


def passed(benchmark: Benchmark, language: str, now: datetime, **asked: Any) -> ModelPass:
    """A pass that was asked for and done."""
    found = request_pass(benchmark=benchmark, language=language, by=None, now=now, learns=True, **asked)
    while waiting := list(found.chunks.filter(done_at=None).order_by("stage", "number")):
        for chunk in waiting:
            run_chunk(chunk.pk, now=now)
    found.refresh_from_db()
    return found


def versions(benchmark: Benchmark, language: str = "de") -> list[TranslationVersion]:
    """The versions that count, in the order of the items."""
    rows = TranslationVersion.objects.filter(
        translation__item__benchmark=benchmark, translation__language=language
    )
    return list(rows.select_related("translation").order_by("translation__item__position"))


def is_bad(version: TranslationVersion) -> bool:
    """What everybody who judges in these tests finds."""
    return FAULT in version.fields["question"]


def people(count: int, now: datetime) -> list[Contributor]:
    """Annotators with names of their own."""
    names = [f"Judge{number}" for number in range(count)]
    return [
        create_account(email=f"{one.lower()}@example.org", name=one, password=None, now=now) for one in names
    ]


def verdict(version: TranslationVersion, by: Contributor, now: datetime, **told: Any) -> Verdict:
    """A judgement as annotation would tell it; bad ones are rejected."""
    bad, language = told.pop("bad", is_bad(version)), version.translation.language_id
    usual: dict[str, Any] = {
        "source": "judgement", "source_id": version.pk, "benchmark_id": version.translation.item.benchmark_id,
        "language": language, "translation_version_id": version.pk,
        "contributor_id": by.pk, "verdict": "reject" if bad else "accept", "severity": "", "reason": "",
        "machine": version.fields, "edited": None, "offered": True, "frame": f"many-{language}", "stratum": "audit",
        "inclusion_probability": 0.5, "flags_shown": True, "active_ms": 30_000, "judged_at": now,
    }  # fmt: skip
    return Verdict(**(usual | told))


def record(verdicts: Iterable[Verdict]) -> None:
    record_verdicts(verdicts)


def frames(benchmark: Benchmark, language: str = "de", **sizes: int) -> None:
    """How many translations each stratum of the queue holds."""
    record_frames(
        benchmark=benchmark,
        frames=[
            Frame(benchmark.pk, language, f"many-{language}", stratum, size)
            for stratum, size in sizes.items()
        ],
    )
