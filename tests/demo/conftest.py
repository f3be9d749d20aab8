"""A database that a whole module of tests works on: the sample is loaded once, for real, and committed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import override_settings

from tests.emptied import empty


@pytest.fixture(scope="module")
def committed(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Tests of the module share the rows; at its end the tables are as a migration leaves them.

    The tests must be marked `django_db`: without any marked test there is no test database.
    """
    with django_db_blocker.unblock(), override_settings(DEBUG=True):
        assert connection.settings_dict["NAME"].startswith("test_"), "this would empty a real database"
        yield
        empty(connection)
