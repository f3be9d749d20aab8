"""Pages of the budget: what the verdicts say of the review, learning from them, and ordering again."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRefresh

from common import clock
from common.models import Job, Workspace
from common.signed_in import signed_in
from flagging.actions.again import order_again
from flagging.actions.learning import LEARN, latest_learning, order_learning
from flagging.budget import SHOWN_AT, Estimate, LanguageBudget, budgets
from flagging.budget_forms import Asked, BudgetForm
from flagging.charts import Chart, chart
from flagging.splitting import shared
from people.middleware import PersonRequest
from people.queries import managed_workspaces


@dataclass(frozen=True, slots=True)
class Section:
    """A language of the page, with what was asked of it."""

    one: LanguageBudget
    chart: Chart | None
    threshold: float | None
    items: Estimate | None
    hours: Estimate | None

    @classmethod
    def of(cls, one: LanguageBudget, asked: Asked) -> Section:
        """This function will look up what was asked."""
        return cls(
            one,
            chart(one.review.curve) if one.review else None,
            one.share_for_miss(asked.miss),
            one.items_for(asked.target),
            one.hours_for(asked.target),
        )


@signed_in
@require_GET
def budget(request: PersonRequest) -> HttpResponse:
    """This function will show the budget of one of the workspaces somebody manages: the one named, or the first."""
    workspaces = list(managed_workspaces(request.contributor).order_by("name"))
    slug = request.GET.get("workspace", "")
    if not workspaces and not slug:
        return render(request, "flagging/budget.html", {"workspace": None})
    workspace = _named(workspaces, slug or workspaces[0].slug)
    form = BudgetForm.of(request.GET.dict())
    languages = budgets(workspace.pk)
    # A wrong field takes its usual value, and is said to be wrong.
    asked = form.asked()
    split = shared(languages, asked.amount, unit=asked.unit, aim=asked.aim) if asked.amount else None
    context = {
        "workspace": workspace, "workspaces": workspaces, "form": form, "asked": asked, "split": split,
        "sections": [Section.of(one, asked) for one in languages], "shown_at": SHOWN_AT,
        "learned_at": max((one.learned_at for one in languages if one.learned_at), default=None),
        "job": latest_learning(workspace),
    }  # fmt: skip
    return render(request, "flagging/budget.html", context, status=200 if form.is_valid() else 422)


def _named(workspaces: list[Workspace], slug: str) -> Workspace:
    for one in workspaces:
        if one.slug == slug:
            return one
    raise Http404(_("There is no such workspace, or it is not yours to manage."))


def _posted(request: PersonRequest) -> Workspace:
    return _named(list(managed_workspaces(request.contributor)), request.POST.get("workspace", ""))


def _page(workspace: Workspace) -> str:
    return f"{reverse('flagging:budget')}?workspace={workspace.slug}"


@signed_in
@require_POST
def learn(request: PersonRequest) -> HttpResponse:
    """This function will ask a worker to learn from the verdicts of a workspace."""
    workspace = _posted(request)
    order_learning(workspace=workspace, by=request.contributor, now=clock.now())
    return redirect(_page(workspace))


@signed_in
@require_GET
def learning(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """This function will show how far learning is; once it has ended the page around it is shown anew."""
    jobs = Job.objects.filter(workspace__in=managed_workspaces(request.contributor), task=LEARN)
    job = get_object_or_404(jobs.select_related("workspace"), public_id=public_id)
    if not request.htmx:
        return redirect(_page(job.workspace))
    if job.finished_at:
        return HttpResponseClientRefresh()
    response = render(request, "flagging/_learning.html", {"job": job, "learned_at": None})
    patch_vary_headers(response, ["HX-Request"])
    return response


@signed_in
@require_POST
def again(request: PersonRequest) -> HttpResponse:
    """This function will have the queues of a workspace ordered again with what was learned."""
    workspace = _posted(request)
    done = order_again(workspace=workspace, by=request.contributor, now=clock.now())
    for language, reason in done.refused:
        messages.error(request, f"{language}: {reason}")
    count = len(done.passes)
    if count:
        asked = ngettext(
            "%d pass was asked for. The queues take its order when it has finished.",
            "%d passes were asked for. The queues take their order when they have finished.",
            count,
        )
        messages.success(request, asked % count)
    elif not done.refused:
        messages.info(request, _("Every order knows all that was learned already."))
    return redirect(_page(workspace))
