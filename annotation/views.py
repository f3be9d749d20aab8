"""Pages of the workbench: what is mine to do, one item after the other, and the rules to do it by."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect, replace_url

from annotation import drafts, forms, queries
from annotation.actions import claims, submissions
from annotation.candidates import Candidate, candidates, chosen
from annotation.errors import QueueClosedError, TextReplacedError, WorkError
from annotation.labels import LabelError, is_storable
from annotation.models import Annotation, Campaign, Kind, Slot
from annotation.permissions import can_take
from common import clock
from common.signed_in import signed_in
from people.middleware import PersonRequest

REFUSED = 422
MODES = {"edit": "edit", "reject": "reject", "cannot_translate": "cannot_translate"}
PARTIALS = {
    Kind.VERIFICATION: "annotation/_verification.html",
    Kind.SENSITIVITY: "annotation/_sensitivity.html",
}


@signed_in
@require_GET
def home(request: PersonRequest) -> HttpResponse:
    """This function will show somebody's queues and what they did last."""
    context = {
        "queues": queries.queues(request.contributor),
        "recent": queries.last_submitted(request.contributor),
    }
    return render(request, "annotation/home.html", context)


@signed_in
@require_GET
def guidelines(request: PersonRequest, slug: str) -> HttpResponse:
    """This function will show the rules of a campaign, as they stand."""
    campaign = _campaign(request, slug)
    context = {"campaign": campaign, "guideline": queries.latest_guideline(campaign)}
    return render(request, "annotation/guidelines.html", context)


@signed_in
@require_POST
def next_slot(request: PersonRequest, slug: str, language: str, kind: str) -> HttpResponse:
    """This function will take the next item of a queue and go to it."""
    return _go_on(request, _campaign(request, slug), kind, language)


@signed_in
@require_http_methods(["GET", "POST"])
def slot(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """This function will show an item that is somebody's, another translation of it with all that was typed kept, or
    take their judgement and show the next."""
    own = _own_slot(request, public_id)
    if request.method == "POST":
        return _swap(request, own) if "to" in request.POST else _submit(request, own)
    return _workbench(request, own) if _is_open(request, own) else _gone(request)


@signed_in
@require_POST
def skip(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """This function will pass an item by for good and go on to the next."""
    own = _own_slot(request, public_id)
    reason = request.POST.get("reason", "").strip()
    if not reason or not is_storable(reason):
        messages.error(request, _("Say why you skip it."))
        return _to(request, reverse("slot", args=[public_id]))
    claims.skip(slot=own, reason=reason, by=request.contributor, now=clock.now())
    return _go_on(request, own.campaign, own.kind, own.language_id)


@signed_in
@require_POST
def give_back(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """This function will put an item back and return to the start page."""
    if claims.give_back(slot=_own_slot(request, public_id), by=request.contributor):
        messages.success(request, _("The item is free for others again."))
    return _to(request, reverse("home"))


@signed_in
@require_POST
def undo(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """This function will take a judgement back and open its item again."""
    try:
        submissions.undo(slot=_own_slot(request, public_id), by=request.contributor, now=clock.now())
    except WorkError as error:
        messages.error(request, str(error))
        return _to(request, reverse("home"))
    messages.success(request, _("Taken back. The item is open again as you left it."))
    return _to(request, reverse("slot", args=[public_id]))


@signed_in
@require_POST
def heartbeat(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """This function will keep an item with the person at the page; 409 where it has gone to somebody else."""
    counted = forms.active_ms(request.POST)
    own = _own_slot(request, public_id)
    alive = claims.heartbeat(slot=own, active_ms=counted, by=request.contributor, now=clock.now())
    return HttpResponse(status=204 if alive else 409)


def _campaign(request: PersonRequest, slug: str) -> Campaign:
    try:
        return queries.campaign_for(request.contributor, slug)
    except Campaign.DoesNotExist:
        raise Http404 from None


def _own_slot(request: PersonRequest, public_id: UUID) -> Slot:
    try:
        return queries.own_slot(request.contributor, public_id)
    except Slot.DoesNotExist:
        raise Http404 from None


def _to(request: PersonRequest, address: str) -> HttpResponse:
    """A script's request is told where to go: it would put the answer to a redirect inside the page."""
    return HttpResponseClientRedirect(address) if request.htmx else redirect(address)


def _go_on(request: PersonRequest, campaign: Campaign, kind: str, language: str) -> HttpResponse:
    try:
        taken = claims.claim(
            campaign=campaign, kind=kind, language=language, by=request.contributor, now=clock.now()
        )
    except QueueClosedError as error:
        messages.warning(request, str(error))
        return _to(request, reverse("home"))
    if taken is None:
        messages.success(request, _("Nothing is left for you in this queue now. Thank you."))
        return _to(request, reverse("home"))
    address = reverse("slot", args=[taken.public_id])
    if not request.htmx:
        return redirect(address)
    return replace_url(_workbench(request, taken), address)


def _is_open(request: PersonRequest, own: Slot) -> bool:
    theirs = own.contributor_id == request.contributor.pk and not own.submitted_at
    return theirs and can_take(request.contributor, own.campaign, own.kind, own.language_id)


def _gone(request: PersonRequest) -> HttpResponse:
    messages.info(request, _("That item is no longer open with you. Go on with the next, or undo it here."))
    return _to(request, reverse("home"))


def _swap(request: PersonRequest, own: Slot) -> HttpResponse:
    """Another translation of the same item; nothing is judged by looking at it."""
    if not _is_open(request, own):
        return _gone(request)
    offered = candidates(own)
    try:
        shown, to = (chosen(offered, request.POST.get(name, "")) for name in ("candidate", "to"))
    except TextReplacedError as error:
        return _refused(request, own, str(error), offered=offered, lost_texts=_sent_texts(request))
    if shown is None or to is None:
        return _workbench(request, own)
    counted = forms.active_ms(request.POST)
    claims.heartbeat(slot=own, active_ms=counted, by=request.contributor, now=clock.now())
    said, kept = drafts.swapped(request.POST, offered, shown=shown, to=to)
    return _workbench(request, own, said=said, offered=offered, shown=to, kept=kept)


def _submit(request: PersonRequest, own: Slot) -> HttpResponse:
    offered = candidates(own)
    try:
        shown = chosen(offered, request.POST.get("candidate", ""))
    except TextReplacedError as error:
        return _refused(request, own, str(error), offered=offered, lost_texts=_sent_texts(request))
    texts = dict(shown.fields if shown else own.task.item.current_version.fields)
    page: dict[str, Any] = {
        "offered": offered, "shown": shown, "kept": drafts.as_json(drafts.drafts(request.POST, offered)),
    }  # fmt: skip
    try:
        kept = _hand_in(request, own, shown, texts, several=len(offered) > 1)
    except LabelError as error:
        said = forms.said_in(request.POST, texts)
        return _refused(request, own, _(error.template) % error.params, said=said, **page)
    except TextReplacedError as error:
        return _refused(request, own, str(error), lost_texts=_sent_texts(request), **page)
    except WorkError as error:
        return _refused(request, own, str(error), said=forms.said_in(request.POST, texts), **page)
    if submissions.place_of(kept, own) is submissions.Place.EXTRA:
        messages.info(
            request,
            _("Your time on that item had run out, and others have judged it. Yours is kept beside theirs."),
        )
    return _go_on(request, own.campaign, own.kind, own.language_id)


def _sent_texts(request: PersonRequest) -> list[str]:
    return [str(value) for name, value in request.POST.items() if name.startswith(forms.TEXT_PREFIX)]


def _hand_in(
    request: PersonRequest, own: Slot, shown: Candidate | None, texts: dict[str, str], *, several: bool
) -> Annotation:
    post, by, now = request.POST, request.contributor, clock.now()
    handed = forms.handed(post, shown.system if shown and several else "")
    submissions.check_handed(slot=own, handed=handed, judged=shown.version if shown else None)
    if own.kind == Kind.VERIFICATION:
        answer = forms.verification_answer(post, texts)
        return submissions.submit_verification(slot=own, answer=answer, handed=handed, by=by, now=now)
    answers = forms.sensitivity_answers(post, texts.get("question", ""))
    return submissions.submit_sensitivity(
        slot=own, answers=answers, note=post.get("note", ""), handed=handed, by=by, now=now
    )


def _refused(request: PersonRequest, own: Slot, error: str, **shown: Any) -> HttpResponse:
    """Somebody at work keeps their slot, whatever was wrong with what they sent."""
    counted = forms.active_ms(request.POST)
    claims.heartbeat(slot=own, active_ms=counted, by=request.contributor, now=clock.now())
    return _workbench(request, own, errors=[error], **shown)


def _workbench(
    request: PersonRequest,
    own: Slot,
    *,
    said: forms.Said | None = None,
    errors: list[str] | None = None,
    lost_texts: list[str] | None = None,
    offered: tuple[Candidate, ...] | None = None,
    shown: Candidate | None = None,
    kept: str = "",
) -> HttpResponse:
    """`errors` make the answer a refusal; without `said` the form shows what had been said before an undo. `kept` are
    the drafts on other candidates than the one that is `shown`."""
    if own.opened_at is None:
        claims.open_slot(slot=own, by=request.contributor, now=clock.now())
        own = _own_slot(request, own.public_id)
    work = queries.work_item(own, offered=offered, shown=shown)
    if said is None:
        before = work.previous if work.shows_what_was_judged else None
        said = forms.said_before(before, {field.name: field.target for field in work.fields})
    context = {
        "work": work,
        "rows": [(field, said.texts.get(field.name)) for field in work.fields],
        "said": said,
        "mode": MODES.get(said.verdict, ""),
        "errors": errors,
        "lost_texts": lost_texts,
        "drafts": kept,
        "key": forms.new_key(),
        "last": queries.last_submitted(request.contributor, limit=1).first(),
        "partial": PARTIALS[Kind(own.kind)],
    }
    template = "annotation/_swap.html" if request.htmx else "annotation/workbench.html"
    return render(request, template, context, status=REFUSED if errors else 200)
