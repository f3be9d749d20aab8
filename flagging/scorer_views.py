"""Pages of the scorers: what there is, and whose licence somebody accepted for a workspace."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from common import clock
from common.models import Workspace
from common.signed_in import signed_in
from flagging import catalogue
from flagging.actions.licences import accept_licence, withdraw_licence
from flagging.scorers import ScorerEntry, entry
from people.middleware import PersonRequest
from people.queries import managed_workspaces


@signed_in
@require_GET
def scorers(request: PersonRequest) -> HttpResponse:
    """This function will list the scorers, with the licences that a manager's workspaces accepted."""
    context = {"scorers": catalogue.shelf(), "consents": catalogue.consents(request.contributor)}
    return render(request, "flagging/scorers.html", context)


@signed_in
@require_http_methods(["GET", "POST"])
def licence(request: PersonRequest, scorer: str, workspace: str) -> HttpResponse:
    """This function will show the licence of a scorer and what is recorded of it, or record that it is accepted."""
    chosen, where = _gated(scorer), _workspace(request, workspace)
    if request.method == "GET":
        context = {
            "scorer": catalogue.shelved(chosen),
            "workspace": where,
            "accepted": catalogue.acceptance(chosen, where),
        }
        return render(request, "flagging/licence.html", context)
    accept_licence(scorer=chosen, workspace=where, by=request.contributor, now=clock.now())
    told = _("Recorded: the licence of %(title)s is accepted for %(workspace)s.")
    messages.success(request, told % {"title": chosen.title, "workspace": where.name})
    return redirect("flagging:scorers")


@signed_in
@require_POST
def withdraw(request: PersonRequest, scorer: str, workspace: str) -> HttpResponse:
    """This function will take back that the licence of a scorer was accepted."""
    chosen, where = _gated(scorer), _workspace(request, workspace)
    if withdraw_licence(scorer=chosen, workspace=where, by=request.contributor, now=clock.now()):
        told = _("%(title)s is off for %(workspace)s. Scores that are there stay.")
        messages.success(request, told % {"title": chosen.title, "workspace": where.name})
    return redirect("flagging:scorers")


def _gated(name: str) -> ScorerEntry:
    try:
        found = entry(name)
    except KeyError:
        raise Http404 from None
    if not found.gated:
        raise Http404
    return found


def _workspace(request: PersonRequest, slug: str) -> Workspace:
    return get_object_or_404(managed_workspaces(request.contributor), slug=slug)
