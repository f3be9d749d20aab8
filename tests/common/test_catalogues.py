"""The catalogues of the interface."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

CATALOGUES = sorted(Path(__file__).parents[2].joinpath("locale").glob("*/LC_MESSAGES/django.po"))


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parent.parent.name)
def test_what_is_compiled_is_what_was_translated(path: Path) -> None:
    with path.open("rb") as source, path.with_suffix(".mo").open("rb") as compiled:
        written = {_key(message.id): list(message.string) for message in read_po(source) if message.string}
        shipped = {_key(message.id): list(message.string) for message in read_mo(compiled)}
    assert {key: text for key, text in shipped.items() if key} == {
        key: text for key, text in written.items() if key
    }


def _key(message_id: str | list[str] | tuple[str, ...]) -> str:
    return message_id if isinstance(message_id, str) else message_id[0]


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parent.parent.name)
def test_no_translation_loses_what_is_filled_into_it(path: Path) -> None:
    with path.open("rb") as source:
        errors = [(message.id, error) for message, found in read_po(source).check() for error in found]
    assert errors == []
