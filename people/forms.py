"""Forms of people: a token somebody wants, a link for a new password."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from allauth.account.fields import EmailField
from django import forms
from django.http import HttpRequest
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from common import clock
from people.actions import ask_for_reset_mail
from people.models import LONGEST_ADDRESS, AccessToken
from people.scopes import Scope
from people.tokens import LIFETIMES


class TokenForm(forms.Form):
    """Name, scopes and lifetime of a token."""

    name = forms.CharField(
        label=_("Name"),
        max_length=AccessToken._meta.get_field("name").max_length,
        help_text=_("Which program will use it, so that you know later what you revoke."),
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        choices=Scope.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one.")},
    )
    days = forms.TypedChoiceField(label=_("Lifetime"), coerce=int, initial=90)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lifetime = self.fields["days"]
        assert isinstance(lifetime, forms.ChoiceField)
        lifetime.choices = [(days, ngettext("%d day", "%d days", days) % days) for days in LIFETIMES]

    def expires_at(self, now: datetime) -> datetime:
        """This function will return when the token is to end."""
        ends: datetime = now + timedelta(days=self.cleaned_data["days"])
        return ends


class ResetPasswordForm(forms.Form):
    """Stands in for allauth's, which looks the address up and sends the mail while the page waits: who has an
    account could be told by the time that takes."""

    # What the tables hold; no address that can be mailed is longer.
    email = EmailField(required=True, max_length=LONGEST_ADDRESS)

    def save(self, request: HttpRequest, **_kwargs: Any) -> str:
        """This function will note what was asked for, the same for known and unknown addresses."""
        email: str = self.cleaned_data["email"]
        site = request.build_absolute_uri("/").rstrip("/")
        ask_for_reset_mail(email=email, site=site, language=get_language() or "", now=clock.now())
        return email
