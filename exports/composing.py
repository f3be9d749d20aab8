"""From what was read of an item to the rows of a release: rules applied, nothing read, nothing written."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from annotation.models import Annotation, CampaignLanguage
from common.languages import find
from corpus.item_types import digest
from corpus.models import Item, Translation, TranslationVersion
from corpus.models import PublishedVotes as ImportedVotes
from exports.labels import (
    PublishedVotes,
    SensitivityColumns,
    SensitivityJudgement,
    Span,
    sensitivity_columns,
)
from exports.material import Material, is_sent_back, standing_settlement, state_of
from exports.models import ReleaseRow
from exports.rows import (
    SOURCE_ORIGIN,
    ItemFacts,
    TextFacts,
    WorkFacts,
    annotation_row,
    data_row,
    misfit,
    provenance_row,
)
from exports.selection import (
    VERIFIED_BY_NOBODY,
    Choice,
    Decision,
    Judgement,
    Settlement,
    Standing,
    Status,
    TextVersion,
    Verdict,
    choose_text,
)
from review.models import Settlement as Decided

CURRENT = "current"
OLD_VOTES = "votes on an older text"
Config = ReleaseRow.Config


@dataclass(frozen=True, slots=True)
class Made:
    """One row for the table of release rows; ``language`` is an export name, empty in the side configs."""

    config: str
    language: str
    split: str
    row: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an item in one language, and the ids of the imports and sources its texts came by."""

    item: Item
    language: str
    choice: Choice
    imports: tuple[int, ...] = ()
    sources: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Composer:
    """The rules of one release, bound to its campaign's languages and people."""

    source_language: str
    languages: Sequence[CampaignLanguage]
    standings: Mapping[tuple[int, str], str]
    excluded: frozenset[int]

    def compose(self, material: Material) -> Iterator[Made | Outcome]:
        """This function will give the rows of some items, and what became of each item in each language."""
        for item in material.items:
            labels = _labels(item, material.sensitivity[item.pk])
            yield from self._source(item, labels, material)
            for chosen in self.languages:
                yield from self._translated(item, chosen.language_id, labels, material)
            yield from self._judgements(item, material)

    def _source(self, item: Item, labels: SensitivityColumns, material: Material) -> Iterator[Made | Outcome]:
        choice = Choice(Status.SOURCE, None, VERIFIED_BY_NOBODY, "source language")
        choice = self._left_out_everywhere(item) or choice
        yield Outcome(item, self.source_language, choice, _imports(item))
        if not choice.is_left_out:
            fields = item.current_version.fields
            text = TextFacts(fields, fields, SOURCE_ORIGIN, "", digest(fields, {}).hex())
            work = WorkFacts(flags=material.item_flags.get(item.current_version_id, []))
            yield from _rows(item, self.source_language, choice, text, work, labels)

    def _translated(
        self, item: Item, language: str, labels: SensitivityColumns, material: Material
    ) -> Iterator[Made | Outcome]:
        key = (item.pk, language)
        decided = material.settlements.get(key, [])
        counting = [
            one for one in material.verifications.get(key, [])
            if state_of(one, item) == CURRENT
        ]  # fmt: skip
        translation = material.translations.get(key)
        settled = standing_settlement(decided, item)
        choice = self._choice(item, language, translation, counting, decided)
        if choice.is_left_out or translation is None:
            yield Outcome(item, language, choice)
            return
        version = _version(choice, translation, counting, settled)
        # Of several systems' translations people may have taken another than was offered.
        translation = version.translation
        choice = _unfit(version.fields) or choice
        yield _outcome(item, language, choice, translation)
        if not choice.is_left_out:
            work = WorkFacts(
                [one.verdict for one in counting],
                [one.reason for one in counting if one.reason],
                material.translation_flags.get(translation.current_version_id, []),
            )
            yield from _rows(item, language, choice, _text(version, translation), work, labels)

    def _choice(
        self,
        item: Item,
        language: str,
        translation: Translation | None,
        counting: Sequence[Annotation],
        decided: Sequence[Decided],
    ) -> Choice:
        settled = standing_settlement(decided, item)
        return self._left_out_everywhere(item) or choose_text(
            imported=None if translation is None else _imported(translation.current_version, item),
            judgements=[_judgement(one) for one in counting],
            settlement=None if settled is None else self._settlement(settled, language),
            sent_back=is_sent_back(decided, item),
        )

    def _left_out_everywhere(self, item: Item) -> Choice | None:
        if item.pk in self.excluded:
            return Choice(
                Status.EXCLUDED, None, VERIFIED_BY_NOBODY, "excluded in all languages", everywhere=True
            )
        return _unfit(item.current_version.fields)

    def _settlement(self, settled: Decided, language: str) -> Settlement:
        """A reviewer who is no member of the campaign counts as community, the lesser claim."""
        standing = self.standings.get((settled.decided_by_id, language), Standing.COMMUNITY)
        written = settled.result_version
        text = None if written is None else _text_version(written)
        return Settlement(Decision(settled.outcome), Standing(standing), text)

    def _judgements(self, item: Item, material: Material) -> Iterator[Made]:
        for one in material.sensitivity.get(item.pk, []):
            yield Made(Config.ANNOTATIONS, "", item.split, _annotation(one, item, state_of(one, item)))
        for chosen in self.languages:
            key = (item.pk, chosen.language_id)
            for one in material.verifications.get(key, []):
                row = _annotation(one, item, state_of(one, item))
                yield Made(Config.ANNOTATIONS, "", item.split, row)


def _unfit(fields: Mapping[str, str]) -> Choice | None:
    reason = misfit(fields)
    return Choice(Status.UNFIT, None, VERIFIED_BY_NOBODY, reason) if reason else None


def _imports(item: Item) -> tuple[int, ...]:
    votes = _current_votes(item)
    found = [item.current_version.imported_by_id, None if votes is None else votes.imported_by_id]
    return tuple(pk for pk in found if pk is not None)


def _outcome(item: Item, language: str, choice: Choice, translation: Translation) -> Outcome:
    """A post-edit is made from the imported text: it comes from where that came from."""
    imported = translation.current_version.imported_by_id
    if imported is None:
        return Outcome(item, language, choice, sources=(translation.source_id,))
    return Outcome(item, language, choice, imports=(imported,))


def _rows(
    item: Item, language: str, choice: Choice, text: TextFacts, work: WorkFacts, labels: SensitivityColumns
) -> Iterator[Made]:
    name = find(language).export_name
    facts = ItemFacts(
        item.external_id,
        item.subject,
        item.subject_category,
        item.current_version.attributes.get("answer", ""),
    )
    yield Made(Config.DATA, name, item.split, data_row(facts, text.fields, labels))
    row = provenance_row(facts, name, choice, text, work, labels.label_source)
    yield Made(Config.PROVENANCE, "", item.split, row)


def _labels(item: Item, annotations: Sequence[Annotation]) -> SensitivityColumns:
    columns = sensitivity_columns(_published(item), _sensitivity(item, annotations))
    has_old_votes = _votes(item) is not None and _current_votes(item) is None
    if has_old_votes and columns.label_source == "none":
        return replace(columns, label_source=OLD_VOTES)
    return columns


def _votes(item: Item) -> ImportedVotes | None:
    return getattr(item, "published_votes", None)


def _current_votes(item: Item) -> ImportedVotes | None:
    votes = _votes(item)
    return votes if votes is not None and votes.item_version_id == item.current_version_id else None


def _published(item: Item) -> PublishedVotes | None:
    votes = _current_votes(item)
    if votes is None:
        return None
    return PublishedVotes(
        required_knowledge=tuple(votes.required_knowledge),
        time_sensitive=tuple(votes.time_sensitive),
        reference=tuple(votes.reference),
        culture=tuple(votes.culture),
        region=tuple(votes.region),
        country=tuple(votes.country),
        label=votes.label,
        is_annotated=votes.is_annotated,
    )


def _sensitivity(item: Item, annotations: Sequence[Annotation]) -> list[SensitivityJudgement]:
    counting = [one for one in annotations if state_of(one, item) == CURRENT]
    return [_sensitivity_judgement(one.contributor_id, one.answers or {}) for one in counting]


def _sensitivity_judgement(contributor: int, answers: Mapping[str, Any]) -> SensitivityJudgement:
    return SensitivityJudgement(
        contributor=str(contributor),
        tags=frozenset(answers["tags"]),
        not_sure=answers["not_sure"],
        time_sensitive=answers["time_sensitive"],
        spans=tuple(Span(span["start"], span["end"], span["label"]) for span in answers["spans"]),
        culture=answers["culture"],
        region=answers["region"],
        country=answers["country"],
    )


def _text_version(version: TranslationVersion) -> TextVersion:
    return TextVersion(version.pk, digest(version.fields, {}).hex())


def _imported(version: TranslationVersion, item: Item) -> TextVersion:
    return replace(_text_version(version), outdated=version.item_version_id != item.current_version_id)


def _judgement(one: Annotation) -> Judgement:
    text = None if one.result_version is None else _text_version(one.result_version)
    return Judgement(str(one.contributor_id), Standing(one.standing), Verdict(one.verdict), text)


def _version(
    choice: Choice, translation: Translation, counting: Sequence[Annotation], settled: Decided | None
) -> TranslationVersion:
    known = [translation.current_version, *(one.result_version for one in counting)]
    known += [settled.result_version] if settled else []
    return next(version for version in known if version is not None and version.pk == choice.version)


def _text(version: TranslationVersion, translation: Translation) -> TextFacts:
    imported = translation.current_version
    return TextFacts(
        version.fields, imported.fields, version.origin, translation.system, digest(version.fields, {}).hex()
    )


def _annotation(one: Annotation, item: Item, state: str) -> dict[str, Any]:
    written = one.result_version if one.verdict == Verdict.EDIT else None
    facts = {
        "sample_id": item.external_id,
        "language": find(one.slot.task.language_id).export_name,
        "kind": one.slot.task.kind,
        "annotator": one.contributor.pseudonym,
        "standing": one.standing,
        "verdict": one.verdict,
        "reason": one.reason,
        "severity": one.severity,
        "text": "" if written is None else json.dumps(written.fields, ensure_ascii=False, sort_keys=True),
        "note": one.note,
        "submitted_at": one.submitted_at.isoformat(),
        "current": state == CURRENT,
        "state": state,
    }
    return annotation_row(facts, one.answers)
