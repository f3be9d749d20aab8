"""Undoes what a browser's textarea does to line breaks, so that an untouched save changes no byte. Pure.

A textarea shows CR, LF and CRLF alike as a line break and submits every one of them as CRLF (HTML Standard,
"value sanitization" and "form submission: newline normalization"); a script reads them as LF.
"""

from __future__ import annotations

import re
from collections import Counter
from difflib import SequenceMatcher
from itertools import zip_longest

_LINE_BREAK = re.compile(r"\r\n|\r|\n")


def restore(original: str, submitted: str) -> str:
    """This function will return `submitted` with the line breaks of `original` put back.

    A text that differs in nothing but the form of its line breaks comes back as `original`, byte for byte.
    In an edited text every line found in the original keeps the break that followed it there; a new line
    gets the original's commonest break, LF where it had none.
    """
    lines, breaks = _LINE_BREAK.split(original), _LINE_BREAK.findall(original)
    wanted = _LINE_BREAK.split(submitted)
    if wanted == lines:
        return original
    usual = Counter(breaks).most_common(1)[0][0] if breaks else "\n"
    kept = {line: breaks[place] for line, place in _same_places(lines, wanted).items() if place < len(breaks)}
    ends = [kept.get(line, usual) for line in range(len(wanted) - 1)]
    for line in range(len(ends) - 1):
        # CR, an empty line and LF would be read as one break.
        if ends[line] == "\r" and not wanted[line + 1] and ends[line + 1] == "\n":
            ends[line] = "\r\n"
    return "".join(line + end for line, end in zip_longest(wanted, ends, fillvalue=""))


def _same_places(lines: list[str], wanted: list[str]) -> dict[int, int]:
    """This function will return, for lines of `wanted`, the place in `lines` they came from.

    Within a block of changed lines the first came from the first, and so on.
    """
    places: dict[int, int] = {}
    matcher = SequenceMatcher(None, lines, wanted, autojunk=False)
    for _, from_start, from_end, start, end in matcher.get_opcodes():
        places |= dict(zip(range(start, end), range(from_start, from_end), strict=False))
    return places
