"""What can be wrong with a release that somebody asks for; every message says what to do."""


class ReleaseError(Exception):
    """A release cannot be made or rendered as asked. Nothing was written."""


class OpenRejectsError(ReleaseError):
    """Rows are rejected and not settled."""


class ChangedBytesError(ReleaseError):
    """A release renders to other bytes than it once did."""
