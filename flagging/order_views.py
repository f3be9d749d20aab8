"""Pages of ordering a model pass: what is asked for, what that would be, and the order itself."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from common import clock
from common.api.errors import ApiError
from common.idempotency import Answer, once
from common.signed_in import signed_in
from corpus.models import Benchmark
from flagging import order_queries
from flagging.actions.orders import Order, estimates, order_passes, planned
from flagging.catalogue import shelf
from flagging.forms import Asked, read_order
from people.middleware import PersonRequest

REFUSED = 422


@signed_in
@require_http_methods(["GET", "POST"])
def order(request: PersonRequest) -> HttpResponse:
    """This function will ask what to order, or show what an order would be before it is given."""
    if request.method == "GET":
        return _form(request, _chosen(request, request.GET.get("benchmark", "")), Asked())
    benchmark = _sent_benchmark(request)
    asked = read_order(request.POST, benchmark)
    if asked.order is None or "change" in request.POST:
        return _form(request, benchmark, asked)
    return render(request, "flagging/order_preview.html", _preview(asked, asked.order))


@signed_in
@require_POST
def confirm(request: PersonRequest) -> HttpResponse:
    """This function will give an order, and go to its pass; to the list where it is several."""
    benchmark = _sent_benchmark(request)
    asked = read_order(request.POST, benchmark)
    given = asked.order
    if given is None:
        return _form(request, benchmark, asked)
    now = clock.now()

    def do() -> Answer:
        made = order_passes(order=given, by=request.contributor, now=now)
        return Answer(201, {"passes": [str(one.public_id) for one in made]})

    told = [_name(benchmark), given.languages, given.scorers, given.item_ids]
    try:
        key = request.POST.get("key")
        answer = once(key=key, route="pass order", sent=told, by=request.contributor.pk, now=now, do=do)
    except ApiError as error:
        asked.refuse("", str(error))
        return _form(request, benchmark, asked)
    made = answer.body["passes"]
    if len(made) == 1:
        return redirect("flagging:pass", made[0])
    messages.success(
        request, ngettext("%d pass is on its way.", "%d passes are on their way.", len(made)) % len(made)
    )
    return redirect("flagging:passes")


def _form(request: PersonRequest, benchmark: Benchmark | None, asked: Asked) -> HttpResponse:
    context: dict[str, Any] = {
        "benchmarks": [(_name(one), one) for one in order_queries.managed_benchmarks(request.contributor)],
        "benchmark": benchmark,
        "asked": asked,
    }
    if benchmark is not None:
        context |= {
            "chosen": _name(benchmark),
            "languages": order_queries.translated_languages(benchmark),
            "scorers": shelf(),
            "accepted": order_queries.accepted_scorers(benchmark),
        }
    return render(request, "flagging/order.html", context, status=REFUSED if asked.errors else 200)


def _preview(asked: Asked, given: Order) -> dict[str, Any]:
    plans = planned(given)
    texts = sum(plan.texts for plan in plans)
    times = estimates(given, texts)
    return {
        "asked": asked,
        "benchmark": given.benchmark,
        "chosen": _name(given.benchmark),
        "plans": plans,
        "texts": texts,
        "chunks": sum(plan.chunks for plan in plans),
        "items": None if given.item_ids is None else len(given.item_ids),
        "times": times,
        "whole_time": _sum_of_known([time.seconds for time in times]),
        "key": uuid4(),
    }


def _sum_of_known(seconds: list[float | None]) -> float | None:
    known = [one for one in seconds if one is not None]
    return sum(known) if known and len(known) == len(seconds) else None


def _sent_benchmark(request: PersonRequest) -> Benchmark:
    benchmark = _chosen(request, request.POST.get("benchmark", ""), alone=False)
    if benchmark is None:
        raise Http404(_("There is no such benchmark, or it is not yours to check."))
    return benchmark


def _chosen(request: PersonRequest, name: str, *, alone: bool = True) -> Benchmark | None:
    """The benchmark of a name as `_name` writes it; without one, the only one there is."""
    managed = order_queries.managed_benchmarks(request.contributor)
    if not name and alone:
        found = list(managed[:2])
        return found[0] if len(found) == 1 else None
    workspace, _slash, slug = name.partition("/")
    return managed.filter(workspace__slug=workspace, slug=slug).first()


def _name(benchmark: Benchmark) -> str:
    return f"{benchmark.workspace.slug}/{benchmark.slug}"
