from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from tests.rights.world import World


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Thousands of requests, each with its line."""
    logging.disable(logging.INFO)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def world(db: None) -> World:
    return World()
