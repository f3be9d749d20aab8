"""What an import is asked to do, what it tells while it runs, and what it gives back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from corpus.formats import RowError
from corpus.models import Import

# The page shows this many refusals and changed rows of an import; the command prints all of them.
REPORTED_ROWS = 200

# Takes a function that writes a line; gives False when something failed.
FollowUp = Callable[[Callable[[str], object]], bool]


class ImportRefusedError(ValueError):
    """The import as a whole cannot be done as asked. Nothing was changed."""

    def __init__(self, message: str, *, cure: str = "") -> None:
        """This function will keep what is wrong and, apart from it, what cures it."""
        super().__init__(f"{message}: {cure}" if cure else message)
        self.message, self.cure = message, cure


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """One import: which files, into what, and where they come from.

    `language` is a tag; `mapping` goes column → field; `split` stands where a row names none. `licence`,
    `url`, `maker`, `system` and `origin` are kept with the source. `dry_run` checks all and changes nothing.
    `workspace` is a slug; left out, it is the only one there is, made when there is none. `names` are what
    the files were called by whoever sent them.
    """

    kind: Import.Kind
    benchmark: str
    language: str
    files: tuple[Path, ...]
    item_type: str = "mcq"
    split: str = ""
    system: str = ""
    origin: str = ""
    mapping: Mapping[str, str] = field(default_factory=dict)
    licence: str = ""
    url: str = ""
    maker: str = ""
    replace: bool = False
    dry_run: bool = False
    workspace: str = ""
    names: tuple[str, ...] = ()

    @property
    def labels(self) -> tuple[str, ...]:
        """This function will return what the files are called in errors: `names`, else their paths."""
        return self.names or tuple(str(path) for path in self.files)

    def as_options(self) -> dict[str, object]:
        """This function will return what is kept with the import, beside its source and files."""
        return {"item_type": self.item_type, "split": self.split, "replace": self.replace} | (
            {"map": dict(self.mapping)} if self.mapping else {}
        )


class Watch:
    """What an import tells whoever runs it, as it goes. This one listens to nothing."""

    def on_read(self, rows: int) -> None:
        """This function will hear how many rows have been read so far, after every chunk is committed."""

    def on_promotion(self) -> None:
        """This function will hear that all rows are read, and that the one transaction begins."""

    def on_refused(self, row: RowError) -> None:
        """This function will hear of a row that is not imported, and why."""

    def on_changed(self, row: RowError) -> None:
        """This function will hear of a row that differs from the one kept, which stays as it is."""

    def on_promoted(self, counts: Mapping[str, int], warnings: Mapping[str, int]) -> None:
        """This function will hear the figures inside the one transaction; what it raises takes the rows out."""

    def on_failed(self, counts: Mapping[str, int]) -> None:
        """This function will hear the figures of an import that ends with no row taken."""


@dataclass(slots=True)
class Tally:
    """The figures of an import, and its first refused and changed rows."""

    watch: Watch
    counts: Counter[str] = field(default_factory=Counter)
    warnings: Counter[str] = field(default_factory=Counter)
    report: list[dict[str, object]] = field(default_factory=list)

    def refuse(self, faults: Sequence[RowError]) -> None:
        """This function will count one refused row and tell of each of its faults."""
        self.counts["refused"] += 1
        for fault in faults:
            self.watch.on_refused(fault)
            self._keep("refused", fault)

    def leave(self, row: RowError) -> None:
        """This function will tell of a changed row that stays as it is."""
        self.watch.on_changed(row)
        self._keep("changed", row)

    def _keep(self, what: str, row: RowError) -> None:
        if len(self.report) < REPORTED_ROWS:
            entry = {"file": row.file, "line": row.line, "field": row.field, "message": row.told}
            self.report.append({"what": what} | entry)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an import did: counts `read created changed replaced unchanged refused votes`, rows per warning.

    `changed` counts every row that differs from the one kept, `replaced` those of them that were taken.
    `follow_ups` are what later rooms made ready after the commit, for a command to see through.
    """

    import_id: int | None
    counts: dict[str, int]
    warnings: dict[str, int]
    follow_ups: tuple[FollowUp, ...]
