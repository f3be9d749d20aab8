"""What somebody says of a token they want."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from people.models import AccessToken
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
