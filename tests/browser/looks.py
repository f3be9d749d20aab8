"""The looks of a page that accessibility is checked in: language and direction, light or dark, width in pixels.

Four of the eight show every pair of two of these; the other four are run by `make long`.
"""

from __future__ import annotations

from itertools import product

import pytest

SHORT = {("en", "light", 1280), ("en", "dark", 320), ("ar", "light", 320), ("ar", "dark", 1280)}

every_look = pytest.mark.parametrize(
    ("language", "scheme", "width"),
    [
        pytest.param(*look, marks=() if look in SHORT else pytest.mark.long)
        for look in product(("en", "ar"), ("light", "dark"), (320, 1280))
    ],
)
