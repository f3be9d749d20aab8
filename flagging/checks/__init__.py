"""The deterministic checks, worst first. A new check is one class in one file and one line here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flagging.checks.aligned import MisalignedQuestion, OptionsSwapped
from flagging.checks.answer_leak import AnswerLeak, AnswerLonger
from flagging.checks.appended import SourceAppended
from flagging.checks.balance import Balance
from flagging.checks.base import (
    JSON,
    SEVERITIES,
    WHOLE_ITEM,
    Check,
    Described,
    Finding,
    Pair,
    SetCheck,
    SetRow,
    Severity,
    Span,
    Text,
    TextCheck,
)
from flagging.checks.blanks import BlanksKept, PlaceholdersKept
from flagging.checks.integrity import (
    BidiOverrides,
    BlankOption,
    ControlCharacters,
    EdgeWhiteSpace,
    EqualOptions,
    Mojibake,
)
from flagging.checks.markup import MarkupKept
from flagging.checks.negation import NegationKept
from flagging.checks.numbers_kept import NumbersKept
from flagging.checks.options import FieldMissing, OptionMissing, OptionOrder, OptionsCollide
from flagging.checks.preamble import Preamble
from flagging.checks.references import ReferencesKept
from flagging.checks.repetition import RepetitionLoop
from flagging.checks.statistics import SetStatistics, measure
from flagging.checks.truncation import Truncation
from flagging.checks.units import UnitsKept
from flagging.checks.untranslated import (
    KeptThroughout,
    NameKept,
    OptionUnlikeSet,
    PartlyUntranslated,
    UntranslatedField,
    UntranslatedItem,
)
from flagging.checks.whole_set import (
    LentToAnother,
    NearlyOneForMany,
    OneForMany,
    TwoForOne,
    summarise_one_for_many,
)
from flagging.checks.wrong_language import WrongLanguage
from flagging.checks.wrong_script import WrongScript

PAIR_CHECKS: tuple[Check, ...] = (
    OptionsCollide(),
    OptionMissing(),
    FieldMissing(),
    OptionOrder(),
    AnswerLeak(),
    UntranslatedItem(),
    UntranslatedField(),
    WrongScript(),
    RepetitionLoop(),
    Preamble(),
    SourceAppended(),
    PlaceholdersKept(),
    PartlyUntranslated(),
    OptionUnlikeSet(),
    NameKept(),
    WrongLanguage(),
    Truncation(),
    NumbersKept(),
    BlanksKept(),
    MarkupKept(),
    NegationKept(),
    ReferencesKept(),
    UnitsKept(),
    Balance(),
    AnswerLonger(),
    KeptThroughout(),
)
TEXT_CHECKS: tuple[TextCheck, ...] = (
    BlankOption(),
    EqualOptions(),
    ControlCharacters(),
    BidiOverrides(),
    Mojibake(),
    EdgeWhiteSpace(),
)
SET_CHECKS: tuple[SetCheck, ...] = (OneForMany(), NearlyOneForMany(), LentToAnother(), TwoForOne())
# These say what a scorer's matrix of similarities shows; the scorer runs them.
MODEL_CHECKS: tuple[Described, ...] = (OptionsSwapped(), MisalignedQuestion())

_BY_NAME: dict[str, Described] = {
    check.name: check for check in (*PAIR_CHECKS, *TEXT_CHECKS, *SET_CHECKS, *MODEL_CHECKS)
}


def by_name(name: str) -> Described:
    """This function will return the check of that name; `KeyError` names the checks there are."""
    try:
        return _BY_NAME[name]
    except KeyError:
        raise KeyError(f"{name!r} is no check. Use one of: {' '.join(_BY_NAME)}.") from None


def evidence(name: str, params: Mapping[str, Any]) -> str:
    """This function will put a finding's params into the English sentence of its check."""
    return by_name(name).message % params


__all__ = [
    "JSON",
    "MODEL_CHECKS",
    "PAIR_CHECKS",
    "SET_CHECKS",
    "SEVERITIES",
    "TEXT_CHECKS",
    "WHOLE_ITEM",
    "Check",
    "Described",
    "Finding",
    "Pair",
    "SetCheck",
    "SetRow",
    "SetStatistics",
    "Severity",
    "Span",
    "Text",
    "TextCheck",
    "by_name",
    "evidence",
    "measure",
    "summarise_one_for_many",
]
