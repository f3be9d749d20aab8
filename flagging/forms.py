"""Reads what the page sends that orders a model pass. What was sent is kept, refused or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.languages import find
from common.templatetags.texts import language_name
from corpus.models import Benchmark
from flagging import order_queries
from flagging.actions.orders import Order, check_judges, planned
from flagging.scorers import SameFamilyError, entries

ALL, SOME = "all", "some"
# A page names so many wrong lines; their number is always said.
MOST_LINES_NAMED = 10


@dataclass(slots=True)
class Asked:
    """What somebody asked for, in the form's words; `errors` are sentences by field, in the page's language.

    `order` stands where nothing was refused.
    """

    languages: tuple[str, ...] = ()
    scope: str = ALL
    ids: str = ""
    scorers: tuple[str, ...] = ()
    errors: dict[str, list[str]] = field(default_factory=dict)
    order: Order | None = None

    def refuse(self, name: str, *sentences: str) -> None:
        """This function will note why a field is refused."""
        self.errors.setdefault(name, []).extend(sentences)


def read_order(sent: QueryDict, benchmark: Benchmark) -> Asked:
    """This function will read an order over a benchmark. At most five statements."""
    asked = Asked(
        languages=tuple(dict.fromkeys(sent.getlist("languages"))),
        scope=SOME if sent.get("scope") == SOME else ALL,
        ids=sent.get("ids", ""),
        scorers=tuple(dict.fromkeys(sent.getlist("scorers"))),
    )
    _check_languages(asked, benchmark)
    _check_scorers(asked, benchmark)
    items = _items(asked, benchmark) if asked.scope == SOME else None
    if not asked.errors:
        order = Order(benchmark, asked.languages, asked.scorers, items)
        _check_order(asked, order)
        asked.order = None if asked.errors else order
    return asked


def _check_languages(asked: Asked, benchmark: Benchmark) -> None:
    known = {one.tag for one in order_queries.translated_languages(benchmark)}
    if not asked.languages:
        asked.refuse("languages", _("Choose at least one language."))
    for tag in asked.languages:
        if tag not in known:
            asked.refuse(
                "languages", _("Nothing is translated into “%(language)s” here.") % {"language": tag}
            )


def _check_scorers(asked: Asked, benchmark: Benchmark) -> None:
    known = {one.name: one for one in entries()}
    accepted = order_queries.accepted_scorers(benchmark)
    for name in asked.scorers:
        if name not in known:
            asked.refuse("scorers", _("There is no scorer “%(name)s”.") % {"name": name})
        elif known[name].gated and name not in accepted:
            told = _("%(title)s stays off until its licence is accepted on the page of the scorers.")
            asked.refuse("scorers", told % {"title": known[name].title})


def _items(asked: Asked, benchmark: Benchmark) -> tuple[int, ...]:
    lines = [line.strip() for line in asked.ids.splitlines()]
    named = {line for line in lines if line}
    if not named:
        asked.refuse("ids", _("Give at least one item id, one a line, or choose all items."))
        return ()
    known = order_queries.ids_of_items(benchmark, named)
    _refuse_lines(asked, lines, known)
    return tuple(known.values())


def _refuse_lines(asked: Asked, lines: Sequence[str], known: Mapping[str, int]) -> None:
    unknown = order_queries.unknown_lines(lines, known)
    if not unknown:
        return
    told = _("Line %(number)d: this benchmark has no item “%(id)s”.")
    asked.refuse(
        "ids", *(told % {"number": number, "id": line} for number, line in unknown[:MOST_LINES_NAMED])
    )
    more = len(unknown) - MOST_LINES_NAMED
    if more > 0:
        asked.refuse(
            "ids", ngettext("%d more line names no item.", "%d more lines name no item.", more) % more
        )


def _check_order(asked: Asked, order: Order) -> None:
    for plan in planned(order):
        if not plan.texts:
            told = _("None of these items is translated into %(language)s.")
            asked.refuse("languages", told % {"language": language_name(find(plan.language))})
    try:
        check_judges(order)
    except SameFamilyError as error:
        asked.refuse(
            "scorers", _("A model does not judge its own family's translations. %(why)s") % {"why": error}
        )
