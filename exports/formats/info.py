"""What a release says of itself, beside its rows: the input of the dataset card and the manifest."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

import pyarrow as pa

from exports.formats.batches import batches_of, batches_of_json
from exports.formats.schema import Row, schema_of


@dataclass(frozen=True, slots=True)
class LanguageInfo:
    """A language of the release: the config's name, the BCP 47 tag, the English name."""

    export_name: str
    tag: str
    name: str


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """Where texts came from: an imported source with its licence."""

    language: str
    system: str
    origin: str
    licence: str
    url: str
    maker: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An item that is not in a language of the release, and why."""

    sample_id: str
    language: str
    status: str
    reason: str


@dataclass(frozen=True, slots=True)
class ScorerInfo:
    """The model of a pass that scored texts: enough to run the same one again."""

    name: str
    model: str
    commit: str
    dtype: str
    libraries: dict[str, str]
    digest: str


@dataclass(frozen=True, slots=True)
class FitInfo:
    """What was learned from verdicts and counted in a pass: ``kind`` is head or calibration."""

    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class PassInfo:
    """A pass whose flags stand in the rows, and over how many texts it is the latest; ``detectors`` are names with
    versions."""

    id: str
    finished_at: str
    texts: int
    detectors: dict[str, int]
    scorers: tuple[ScorerInfo, ...] = ()
    fits: tuple[FitInfo, ...] = ()


@dataclass(frozen=True, slots=True)
class WeighedInfo:
    """A check that weighed otherwise in the campaign than ``itself``: ``silent`` was shown to nobody."""

    check: str
    itself: str
    weight: str
    reason: str
    all_languages: bool


@dataclass(frozen=True, slots=True)
class CheckingInfo:
    """By what a language was checked, and how far that can be trusted (None where nothing is told)."""

    language: str
    passes: tuple[PassInfo, ...]
    weighed: tuple[WeighedInfo, ...]
    trust: str | None


@dataclass(frozen=True, slots=True)
class Versions:
    """What the release was made by."""

    guidelines: int | None
    label_rule: str
    text_rule: str
    code: str


@dataclass(frozen=True, slots=True)
class ReleaseInfo:
    """A release: ``id`` is its public id, ``counts`` is {language: {split: {status: rows}}}."""

    id: str
    name: str
    campaign: str
    benchmark: str
    version: str
    licence: str
    made_at: str
    source_language: str
    languages: tuple[LanguageInfo, ...]
    versions: Versions
    counts: dict[str, dict[str, dict[str, int]]]
    labels: dict[str, int]
    sources: tuple[SourceInfo, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    # Empty for a release made before this was told: its files stay as they are.
    checking: tuple[CheckingInfo, ...] = ()
    options: dict[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Table:
    """One file: ``config`` is a language's export name or a side config; ``rows`` starts a fresh pass.

    Where rows lie as JSON text, ``lines`` starts a pass over that instead: one object a line.
    """

    config: str
    split: str
    rows: Callable[[], Iterable[Row]]
    lines: Callable[[], Iterable[bytes]] | None = None

    def batches(self) -> Iterator[pa.Table]:
        """This function will start a pass over the rows in batches of 1,000."""
        schema = schema_of(self.config)
        return (
            batches_of(schema, self.rows()) if self.lines is None else batches_of_json(schema, self.lines())
        )
