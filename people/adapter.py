"""How accounts are made: by invitation or command, never by walking in."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Closes the open sign-up page."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """This function will say that nobody registers without an invitation."""
        return False
