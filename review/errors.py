"""What can stand in the way of a decision, in words for the reviewer."""

from __future__ import annotations

from annotation.errors import WorkError


class SettlementError(WorkError):
    """The decision does not hold together, or the task is no longer as it was; nothing was written."""


class SettledMeanwhileError(SettlementError):
    """Somebody else has decided since the page was opened."""


class CaseChangedError(SettlementError):
    """Judgements or texts are not those that the reviewer saw."""
