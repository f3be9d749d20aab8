"""The text rule: which version of a translation a release carries, and whether it may be called verified.

The rule, in order:

1. A settlement that excludes the item (in this language or in all) leaves the row out.
2. A settled text, picked or written, is taken: ``settled``.
3. An open reject (or "cannot be translated") leaves the imported text standing: ``rejected_open``. So does a
   task that a reviewer sent back and nobody judged since.
4. Judgements that all stand behind one text, or a single one, give that text: ``verified``.
5. Judgements that stand behind different texts are not unanimous: the imported text, ``unsettled``. Two
   post-edits that differ are no conflict for the reviewers, yet nothing says which of them is the verified
   one, so none is passed off as it.
6. Without judgements the imported text is taken: ``machine``, or ``missing`` where there is none. (What
   was imported may be a human translation; the row's origin says which.)
7. Where 5 or 6 would take an imported text that renders a source text which counts no longer, the row is
   ``outdated``: the answer may be another one by now.

Judgements that are stale, retracted or corrected are not given to the rule, nor are settlements that sent
the item back or were overtaken by a new text.

Ids across languages: an item excluded in all languages is in none, and neither is one whose source text does
not fit the columns (``unfit``). An item that is excluded or unfit in one language is left out of that language
alone. The manifest lists both, so the ids of two languages differ exactly by what it lists. Open rows stay in,
so that ids stay aligned, and say so.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

TEXT_RULE_VERSION = "2"


class Verdict(StrEnum):
    """What an annotator says of a translation."""

    ACCEPT = "accept"
    EDIT = "edit"
    REJECT = "reject"
    CANNOT_TRANSLATE = "cannot_translate"


class Decision(StrEnum):
    """What a reviewer settled."""

    PICK = "pick"
    WRITE = "write"
    EXCLUDE_LANGUAGE = "exclude_language"
    EXCLUDE_ALL = "exclude_all"


class Standing(StrEnum):
    """As what a person worked."""

    PROFESSIONAL = "professional"
    COMMUNITY = "community"


class Status(StrEnum):
    """How a row's text was chosen; ``source`` marks the rows of the source language."""

    SOURCE = "source"
    SETTLED = "settled"
    VERIFIED = "verified"
    MACHINE = "machine"
    REJECTED_OPEN = "rejected_open"
    UNSETTLED = "unsettled"
    OUTDATED = "outdated"
    EXCLUDED = "excluded"
    MISSING = "missing"
    UNFIT = "unfit"


NEEDS_LEAVE = frozenset({Status.REJECTED_OPEN, Status.OUTDATED})
OPEN = NEEDS_LEAVE | {Status.UNSETTLED}
LEFT_OUT = frozenset({Status.EXCLUDED, Status.MISSING, Status.UNFIT})
VERIFIED_BY_NOBODY = "none"


@dataclass(frozen=True, slots=True)
class TextVersion:
    """A translation version: its id and the digest of its text, equal for two versions of one text.

    ``outdated`` says that it renders a source text which counts no longer.
    """

    id: int
    digest: str
    outdated: bool = False


@dataclass(frozen=True, slots=True)
class Judgement:
    """A current verification of the current text; ``text`` is what it stands behind (none for a reject)."""

    contributor: str
    standing: Standing
    verdict: Verdict
    text: TextVersion | None = None

    def __post_init__(self) -> None:
        if (self.text is None) == self.is_verification:
            raise ValueError(f"a judgement {self.verdict.value!r} with text {self.text} is no judgement")

    @property
    def is_verification(self) -> bool:
        return self.verdict in (Verdict.ACCEPT, Verdict.EDIT)


@dataclass(frozen=True, slots=True)
class Settlement:
    """A reviewer's standing decision on a task; ``text`` with pick and write alone."""

    decision: Decision
    standing: Standing
    text: TextVersion | None = None

    def __post_init__(self) -> None:
        if (self.text is None) == (self.decision in (Decision.PICK, Decision.WRITE)):
            raise ValueError(f"a settlement {self.decision.value!r} with text {self.text} is no settlement")


@dataclass(frozen=True, slots=True)
class Choice:
    """The version a row carries, how it was chosen, who verified it, and the reason in words."""

    status: Status
    version: int | None
    verified_by: str
    reason: str
    everywhere: bool = False

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def is_left_out(self) -> bool:
        return self.status in LEFT_OUT


def choose_text(
    *,
    imported: TextVersion | None,
    judgements: Sequence[Judgement],
    settlement: Settlement | None = None,
    sent_back: bool = False,
) -> Choice:
    """This function will apply the text rule to one item in one language.

    ``imported`` is the current imported translation (machine text as a rule), ``judgements`` the current
    ones on it, in any order, ``settlement`` the one that stands; ``sent_back`` says that the last decision on
    these texts was to have them judged again.
    """
    if settlement is not None:
        return _settled(settlement, judgements)
    against = [one for one in judgements if not one.is_verification]
    if against:
        return _unverified(Status.REJECTED_OPEN, imported, _tell_rejects(against, judgements))
    if sent_back and not judgements:
        return _unverified(Status.REJECTED_OPEN, imported, "sent back, not judged anew")
    texts = {one.text.digest for one in judgements if one.text is not None}
    if len(texts) > 1:
        reason = f"{len(judgements)} judgements stand behind {len(texts)} different texts"
        return _unverified(Status.UNSETTLED, imported, reason)
    return _verified(judgements) if texts else _unverified(Status.MACHINE, imported, "not judged")


def _settled(settlement: Settlement, judgements: Sequence[Judgement]) -> Choice:
    if settlement.text is None:
        everywhere = settlement.decision is Decision.EXCLUDE_ALL
        reason = "excluded in all languages" if everywhere else "excluded in this language"
        return Choice(Status.EXCLUDED, None, VERIFIED_BY_NOBODY, reason, everywhere)
    behind = [one.standing for one in judgements if one.text and one.text.digest == settlement.text.digest]
    reason = "picked by a reviewer" if settlement.decision is Decision.PICK else "written by a reviewer"
    return Choice(Status.SETTLED, settlement.text.id, _highest([settlement.standing, *behind]), reason)


def _verified(judgements: Sequence[Judgement]) -> Choice:
    version = min(one.text.id for one in judgements if one.text is not None)
    reason = "one judgement" if len(judgements) == 1 else f"{len(judgements)} judgements agree"
    return Choice(Status.VERIFIED, version, _highest(one.standing for one in judgements), reason)


def _unverified(status: Status, imported: TextVersion | None, reason: str) -> Choice:
    if imported is None:
        return Choice(Status.MISSING, None, VERIFIED_BY_NOBODY, "no translation was imported")
    if imported.outdated:
        status = status if status in NEEDS_LEAVE else Status.OUTDATED
        reason = f"{reason}; it translates a source text that was replaced"
    return Choice(status, imported.id, VERIFIED_BY_NOBODY, reason)


def _tell_rejects(against: Sequence[Judgement], judgements: Sequence[Judgement]) -> str:
    kinds = sorted({one.verdict.value.replace("_", " ") for one in against})
    return f"{len(against)} of {len(judgements)} judgements: {', '.join(kinds)}"


def _highest(standings: Iterable[Standing]) -> str:
    return (Standing.PROFESSIONAL if Standing.PROFESSIONAL in set(standings) else Standing.COMMUNITY).value
