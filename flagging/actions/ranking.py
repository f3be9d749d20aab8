"""Several systems, one arbiter: the translations of an item put in order, the best to be offered first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from corpus.models import TranslationVersion
from flagging.actions.suspicions import known_of, severities_of
from flagging.measures import arbiter
from flagging.models import Candidate, Chunk, ModelPass
from flagging.suspicion import qualities
from flagging.texts import covered


@dataclass(frozen=True, slots=True)
class _Translated:
    version: int
    item: int
    system: str
    quality: float | None
    severities: tuple[arbiter.Severity, ...]


def candidates(chunk: Chunk) -> list[Candidate]:
    """This function will return the unsaved places of all systems' translations, item by item. Seven statements.

    Where two are alike in every respect, the system with the better mean over the language goes first.
    """
    model_pass = chunk.model_pass
    rows = _translated(model_pass, chunk.version_ids)
    by_system: dict[str, list[float | None]] = defaultdict(list)
    by_item: dict[int, list[_Translated]] = defaultdict(list)
    for row in rows:
        by_system[row.system].append(row.quality)
        by_item[row.item].append(row)
    preference = arbiter.preferred(by_system)
    wanted = covered(model_pass, chunk.version_ids)
    about = [of_item for of_item in by_item.values() if of_item[0].version in wanted]
    return [place for of_item in about for place in _places(model_pass, of_item, preference)]


def _translated(model_pass: ModelPass, ids: Sequence[int]) -> list[_Translated]:
    whose = dict(_whose(ids))
    quality = qualities(known_of(model_pass, ids))
    severities: Mapping[int, Mapping[str, str]] = severities_of(model_pass, ids, notices=True)
    return [
        _Translated(pk, *whose[pk], good, tuple(severities[pk].values()))  # type: ignore[arg-type]
        for pk, good in zip(ids, quality, strict=True)
    ]


def _whose(ids: Sequence[int]) -> Iterator[tuple[int, tuple[int, str]]]:
    rows = TranslationVersion.objects.filter(pk__in=ids)
    for pk, item, system in rows.values_list("pk", "translation__item", "translation__system"):
        yield pk, (item, system)


def _places(
    model_pass: ModelPass, of_item: Sequence[_Translated], preference: Sequence[str]
) -> Iterator[Candidate]:
    by_system = {row.system: row for row in of_item}
    ranking = arbiter.rank(
        [arbiter.Candidate(row.system, row.quality, row.severities) for row in of_item], preference
    )
    for place, system in enumerate(ranking.systems, start=1):
        yield Candidate(
            model_pass=model_pass,
            translation_version_id=by_system[system].version,
            place=place,
            quality=by_system[system].quality,
            tied=place == 1 and ranking.decided_by in ("preference", "name"),
        )
