"""What every page needs to know: where the person may go."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from people.queries import managed_workspaces, reviewer_roles


def navigation(request: HttpRequest) -> dict[str, Any]:
    """This function will return `can_manage` and `can_review` for the header; two statements when signed in."""
    if not request.user.is_authenticated:
        return {"can_manage": False, "can_review": False}
    contributor = request.contributor  # type: ignore[attr-defined]
    return {
        "can_manage": managed_workspaces(contributor).exists(),
        "can_review": reviewer_roles(contributor).exists(),
    }
