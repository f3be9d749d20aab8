"""A database that a whole module of tests works on: the sample is loaded once, for real, and committed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import override_settings

from common.languages import LANGUAGES
from common.models import Language


@pytest.fixture(scope="module")
def committed(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Tests of the module share the rows; at its end the tables are as a migration leaves them.

    The tests must be marked `django_db`: without any marked test there is no test database.
    """
    with django_db_blocker.unblock(), override_settings(DEBUG=True):
        assert connection.settings_dict["NAME"].startswith("test_"), "this would empty a real database"
        _write_languages()
        yield
        call_command("flush", interactive=False, verbosity=0)
        _write_languages()


def _write_languages() -> None:
    Language.objects.bulk_create(
        [Language(tag=one.tag, name=one.name, export_name=one.export_name) for one in LANGUAGES],
        ignore_conflicts=True,
    )
