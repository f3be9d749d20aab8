"""What a text looks like from outside: lengths, marks, numbers, repetitions; no language is known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import regex

from flagging.learning.words import Floats

# Counted by class of character: Unicode's, and the marks of the scripts at hand.
_CLASSES = {
    "punctuation": regex.compile(r"\p{P}"),
    "commas": regex.compile(r"[,،、，;；]"),
    "brackets": regex.compile(r"[()（）\[\]]"),
    "quotes": regex.compile(r"""[\p{Pi}\p{Pf}"'„]"""),
    "dashes": regex.compile(r"\p{Pd}"),
    "ends": regex.compile(r"[.!?。！？।॥።؟۔]"),
    "digits": regex.compile(r"\p{Nd}"),
    "symbols": regex.compile(r"\p{S}"),
    "capitals": regex.compile(r"\p{Lu}"),
    "latin": regex.compile(r"\p{Script=Latin}"),
}
_NUMBER = regex.compile(r"\d+")
# Letters at which length itself doubles the variance of a length ratio.
NOISY_LENGTH = 40
# Median absolute deviation to standard deviation, in a normal distribution.
MAD_TO_SIGMA = 1.4826

TEXT_NAMES = (
    "letters",
    "units",
    "unit_length",
    "longest_unit",
    "types",
    "repeated",
    "names",
    "closed",
    "lower_start",
    *_CLASSES,
)
PAIR_NAMES = ("ratio_z", "ratio_far", "copied", "copied_count", "numbers_lost")


def measured(texts: Sequence[str], units: Sequence[list[str]]) -> Floats:
    """This function will measure each text: [texts, len(TEXT_NAMES)]; counts as log(1 + count)."""
    return np.array([_one(text, cut) for text, cut in zip(texts, units, strict=True)]).reshape(
        -1, len(TEXT_NAMES)
    )


def _one(text: str, units: list[str]) -> list[float]:
    count = max(len(units), 1)
    pairs = Counter(pairwise(units))
    lengths = [len(unit) for unit in units] or [0]
    named = sum(word[:1].isupper() for word in text.split()[1:])
    stripped = text.strip()
    return [
        float(np.log1p(len(stripped))),
        float(np.log(count)),
        sum(lengths) / count,
        float(max(lengths)),
        len(set(units)) / count,
        float(max(pairs.values(), default=1)),
        named / count,
        float(bool(_CLASSES["ends"].match(stripped[-1:]))),
        float(stripped[:1].islower()),
        *(float(np.log1p(len(pattern.findall(text)))) for pattern in _CLASSES.values()),
    ]


def compared(pairs: Sequence[tuple[str, str]], units: Sequence[tuple[list[str], list[str]]]) -> Floats:
    """This function will compare each pair's two texts: [pairs, len(PAIR_NAMES)]; the length ratio as a
    robust z within these pairs, damped for short sources."""
    columns = [*_ratios(pairs), *np.array([_common(*pair) for pair in units]).reshape(-1, 2).T]
    return np.stack([*columns, np.array([_numbers_lost(*pair) for pair in pairs], dtype=np.float64)], axis=1)


def _ratios(pairs: Sequence[tuple[str, str]]) -> tuple[Floats, Floats]:
    lengths = np.array([(len(source.strip()), len(target.strip())) for source, target in pairs]).reshape(
        -1, 2
    )
    ratio = np.log1p(lengths[:, 1]) - np.log1p(lengths[:, 0])
    far = (ratio - np.median(ratio)) * np.sqrt(lengths[:, 0] / (lengths[:, 0] + NOISY_LENGTH))
    z = far / max(float(np.median(np.abs(far))) * MAD_TO_SIGMA, 1e-6)
    return z, np.abs(z)


def _common(source: list[str], target: list[str]) -> tuple[float, float]:
    """Share and number of the target's distinct units that the source has too."""
    common, own = len(set(source) & set(target)), len(set(target))
    return common / max(own, 1), float(common)


def _numbers_lost(source: str, target: str) -> float:
    """Numbers that stand on one side alone, compared by value of their digits."""
    return float(len(_numbers(source) ^ _numbers(target)))


def _numbers(text: str) -> set[int]:
    return {int(hit[:40]) for hit in _NUMBER.findall(text)}
