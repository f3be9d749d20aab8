"""How much of a translation was edited: Levenshtein distance over Unicode code points."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein


@dataclass(frozen=True, slots=True)
class Distance:
    """Insertions, deletions and substitutions in code points, and the length they are measured against."""

    edits: int = 0
    longest: int = 0

    @property
    def normalised(self) -> float:
        """0 for equal texts to 1 for nothing in common: edits / longer text; two empty texts are equal."""
        return self.edits / self.longest if self.longest else 0.0

    def __add__(self, other: "Distance") -> "Distance":
        return Distance(self.edits + other.edits, self.longest + other.longest)


def text_distance(before: str, after: str) -> Distance:
    """This function will count the edits from one text to another (Levenshtein 1966, unit costs).

    Normalised as d(a, b) / max(|a|, |b|), the largest distance two texts of these lengths can have.
    """
    if before == after:
        return Distance(0, len(after))
    return Distance(Levenshtein.distance(before, after), max(len(before), len(after)))


def fields_distance(before: Mapping[str, str], after: Mapping[str, str], names: Iterable[str]) -> Distance:
    """This function will sum the distances of the named fields; a field one side lacks counts as empty."""
    return sum((text_distance(before.get(n, ""), after.get(n, "")) for n in names), Distance())
