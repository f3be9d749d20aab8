"""What can be wrong with work that is handed in, in words for the person who did it."""

from __future__ import annotations


class WorkError(Exception):
    """The base: the message is translated and says what to do."""


class CampaignError(WorkError):
    """A campaign cannot be opened or changed as asked; nothing was changed."""


class QueueClosedError(WorkError):
    """The campaign is paused or closed."""


class SlotLostError(WorkError):
    """This person never had the slot."""


class HandedInError(WorkError):
    """This person handed in something else for this task before; that stands until they take it back."""


class TextReplacedError(WorkError):
    """The text was replaced while it was open; the person has to look at the new one."""


class NothingToUndoError(WorkError):
    """There is no judgement of this person on this slot that could be taken back."""
