"""Texts cut into the units that are counted: stems where words are spaced, letter pairs where not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import regex
from numpy.typing import NDArray

# Scripts that put no space between words.
_UNSPACED = "".join(
    rf"\p{{Script={name}}}" for name in ("Han", "Hiragana", "Katakana", "Thai", "Lao", "Khmer", "Myanmar")
)
_TOKEN = regex.compile(rf"[{_UNSPACED}]+|[\p{{L}}\p{{M}}\p{{N}}--[{_UNSPACED}]]+", regex.VERSION1)
_RUN = regex.compile(rf"[{_UNSPACED}]", regex.VERSION1)
# Letters of a word that are kept: what stands after them is mostly inflection.
STEM = 6
# Units of one text that are counted; the rest of a longer one says nothing new.
LONGEST = 160

Ids = NDArray[np.int64]
Floats = NDArray[np.float64]


def share(budget: int, count: int, least: int, most: int) -> int:
    """This function will return what each of `count` texts may take of a budget, within bounds: a large
    set of long texts is looked at by its beginnings."""
    return min(max(budget // max(count, 1), least), most)


def units(text: str, stem: int = STEM, longest: int = LONGEST) -> list[str]:
    """This function will return the text's units in lower case: spaced words and numbers cut to `stem`
    letters, and every two neighbouring letters of a script without spaces; `longest` of them at most."""
    found: list[str] = []
    for token in _TOKEN.findall(text.lower()):
        if _RUN.match(token):
            found.extend(token[index : index + 2] for index in range(max(len(token) - 1, 1)))
        else:
            found.append(token[:stem])
        if len(found) >= longest:
            break
    return found[:longest]


@dataclass(frozen=True, slots=True)
class Ragged:
    """Rows of ids of unequal length: `ids` end to end, row r being ids[starts[r]:starts[r + 1]].

    `names` number the same units by one dictionary for both sides, so that equal strings are seen.
    """

    ids: Ids
    starts: Ids
    names: Ids

    @property
    def lengths(self) -> Ids:
        """Ids of each row."""
        return np.diff(self.starts)

    @property
    def rows(self) -> Ids:
        """The row of each id."""
        return np.repeat(np.arange(len(self.starts) - 1), self.lengths)

    def take(self, rows: Ids) -> Ragged:
        """This function will return these rows alone, in this order."""
        lengths = self.lengths[rows]
        starts = np.concatenate([[0], np.cumsum(lengths)])
        places = np.arange(starts[-1]) + np.repeat(self.starts[rows] - starts[:-1], lengths)
        return Ragged(self.ids[places], starts, self.names[places])

    def named(self, texts: Iterable[list[str]], names: dict[str, int]) -> Ragged:
        """This function will return the rows with `names` of their units, numbered on as they come."""
        flat = [names.setdefault(unit, len(names)) for text in texts for unit in text]
        return Ragged(self.ids, self.starts, np.array(flat, dtype=np.int64))


def encode(texts: Iterable[list[str]], ids: dict[str, int], *, grow: bool = False) -> Ragged:
    """This function will number the units by `ids`, which is added to when `grow`, else an unknown unit
    becomes `len(ids)`."""
    flat: list[int] = []
    starts = [0]
    for text in texts:
        if grow:
            flat.extend(ids.setdefault(unit, len(ids)) for unit in text)
        else:
            flat.extend(ids.get(unit, len(ids)) for unit in text)
        starts.append(len(flat))
    numbers = np.array(flat, dtype=np.int64)
    return Ragged(numbers, np.array(starts, dtype=np.int64), numbers)


def sums(where: Ids, values: Floats, size: int) -> Floats:
    """This function will add up the values that bear one number: [size]."""
    return np.asarray(np.bincount(where, values, minlength=size), dtype=np.float64)
