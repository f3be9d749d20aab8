"""What the budget view is asked: a miss rate, a target, and what there is to spend."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from flagging.budget import DEFAULT_MISS, DEFAULT_TARGET
from flagging.figures import MISSES, TARGETS

# Of either unit: more than there is to read anywhere.
MOST = 10_000_000


@dataclass(frozen=True, slots=True)
class Asked:
    """Percent, percent, and an amount in a unit; no amount for no split."""

    miss: int = DEFAULT_MISS
    target: int = DEFAULT_TARGET
    amount: float | None = None
    unit: Literal["hours", "items"] = "hours"
    aim: Literal["clean", "recall"] = "recall"


class BudgetForm(forms.Form):
    """Reads an address: what it leaves out is as `Asked` has it."""

    miss = forms.IntegerField(
        label=_("Miss at most"),
        min_value=MISSES[0],
        max_value=MISSES[-1],
        help_text=_("Percent of the bad translations, in the mean."),
    )
    target = forms.TypedChoiceField(
        label=_("Find"),
        choices=[(one, f"{one} %") for one in TARGETS],
        coerce=int,
        help_text=_("Of the bad translations."),
    )
    amount = forms.FloatField(
        label=_("Spend"),
        required=False,
        min_value=0,
        max_value=MOST,
        help_text=_("From now on, over all languages. Empty: no split is shown."),
    )
    unit = forms.ChoiceField(
        label=_("In"), choices=[("hours", _("hours of one person")), ("items", _("translations"))]
    )
    aim = forms.ChoiceField(
        label=_("Even out"),
        choices=[
            ("recall", _("bad ones found")),
            ("clean", _("good ones afterwards")),
        ],
    )

    @classmethod
    def of(cls, sent: Mapping[str, str]) -> BudgetForm:
        """This function will return the form of an address, bound, so that what is wrong with it can be said."""
        usual = Asked()
        given = {name: sent.get(name) or str(getattr(usual, name) or "") for name in cls.base_fields}
        return cls(given)

    def asked(self) -> Asked:
        """This function will return what is asked; as usual where an answer is none."""
        self.is_valid()
        given = {name: value for name, value in self.cleaned_data.items() if value is not None}
        return Asked(**cast("dict", given))
