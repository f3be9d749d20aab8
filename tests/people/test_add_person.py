"""Taking roles back by command."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from common.models import AuditEvent, Language
from people.actions import grant_role
from people.permissions import can_manage, can_review


def test_a_role_is_withdrawn_and_the_audit_knows(cast) -> None:
    call_command("add_person", "Rui@example.org", "--role", "reviewer", "--withdraw")
    assert not can_review(cast.rui, cast.workspace, "de")
    assert can_manage(cast.mia, cast.workspace)
    assert AuditEvent.objects.filter(verb="role.withdrawn").count() == 1


def test_a_reviewer_of_two_languages_loses_the_one_named(cast, now) -> None:
    for tag in ("de", "ar"):
        language = Language.objects.get(pk=tag)
        grant_role(
            contributor=cast.oz,
            workspace=cast.workspace,
            name="reviewer",
            language=language,
            by=None,
            now=now,
        )
    call_command("add_person", "oz@example.org", "--role", "reviewer", "--language", "de", "--withdraw")
    assert not can_review(cast.oz, cast.workspace, "de")
    assert can_review(cast.oz, cast.workspace, "ar")


def test_a_role_that_nobody_has_cannot_be_withdrawn(cast) -> None:
    with pytest.raises(CommandError, match=r"'ana@example\.org' is no manager"):
        call_command("add_person", "ana@example.org", "--role", "manager", "--withdraw")
    with pytest.raises(CommandError, match="with --role"):
        call_command("add_person", "ana@example.org", "--withdraw")
