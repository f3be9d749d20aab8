"""What can be wrong with a release that somebody asks for; every message says what to do."""

from typing import ClassVar


class ReleaseError(Exception):
    """A release cannot be made or rendered as asked. Nothing was written. `code` is for programs."""

    code: ClassVar[str] = "release_refused"
    cure: ClassVar[str] = "Mend what the message names and ask again."


class NoVersionNameError(ReleaseError):
    """The version is no name."""

    code = "version_unusable"
    cure = "Use letters, digits, dots and dashes, such as 1.0."


class VersionTakenError(ReleaseError):
    """A release of that version is there already."""

    code = "version_taken"
    cure = "Choose another version: a release never changes."


class OpenRejectsError(ReleaseError):
    """Rows are rejected and not settled."""

    code = "open_rejects"
    cure = (
        "Settle them in review, replace outdated translations, or ask with allow_open: they then carry the text as "
        "imported, and say so."
    )


class SplitNameError(ReleaseError):
    """A split's name cannot be the name of a file."""

    code = "split_unusable"
    cure = "Import the items again with a split named by letters, digits, dots, dashes and underscores."


class ChangedBytesError(ReleaseError):
    """A release renders to other bytes than it once did."""

    code = "changed_bytes"
    cure = "Render the release with the code that made it, or use the files that were published."
