"""Reads of the review room: what waits for a reviewer. One task whole is in `review.cases`, counts in
`review.progress`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, TextChoices
from django.utils.translation import gettext_lazy as _

from annotation.models import Annotation, Campaign, Kind, Slot, Task
from people.models import Contributor, Role
from people.queries import reviewer_roles
from review.models import Settlement
from review.standing import AGAINST, current_judgements
from review.waiting import Cursor, Waiting, waiting

PAGE = 25


class Why(TextChoices):
    """What brings a task before a reviewer. Differing texts are no conflict: they are shown when asked for."""

    REJECT = "reject", _("Rejected")
    DISAGREEMENT = "disagreement", _("Disagreement")
    REVISION = "revision", _("Sampled for revision")
    TEXTS = "texts", _("Different texts")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reviewer asks the queue for; empty is everything that needs a decision."""

    why: str = ""
    language: str = ""
    campaign: str = ""


@dataclass(frozen=True, slots=True)
class Desk:
    """The campaigns that somebody reviews in, each with the languages they review there."""

    contributor: Contributor
    campaigns: Mapping[Campaign, tuple[str, ...]]

    @property
    def languages(self) -> tuple[str, ...]:
        """This function will return the tags of all languages of the desk, in order."""
        return tuple(sorted({tag for tags in self.campaigns.values() for tag in tags}))


def desk(contributor: Contributor) -> Desk:
    """This function will return the desk of `contributor`; empty for whoever reviews nothing. Three statements."""
    roles = list(reviewer_roles(contributor))
    campaigns = (
        Campaign.objects.filter(workspace__in={role.workspace_id for role in roles})
        .prefetch_related("languages")
        .order_by("opened_at", "pk")
    )
    reviewed = {campaign: _languages(campaign, roles) for campaign in campaigns}
    return Desk(contributor, {campaign: tags for campaign, tags in reviewed.items() if tags})


def _languages(campaign: Campaign, roles: Sequence[Role]) -> tuple[str, ...]:
    own = [role.language_id for role in roles if role.workspace_id == campaign.workspace_id]
    tags = [chosen.language_id for chosen in campaign.languages.all()]
    return tuple(tag for tag in tags if tag in own or None in own)


def _pairs(at: Desk, wanted: Wanted) -> list[tuple[int, str]]:
    """The campaigns and languages of a desk, as far as they are wanted."""
    return [
        (campaign.pk, tag)
        for campaign, tags in at.campaigns.items()
        for tag in tags
        if wanted.campaign in ("", campaign.slug) and wanted.language in ("", tag)
    ]


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A task in the queue: why it is there, what was said, and the question it is about."""

    task: Task
    why: tuple[Why, ...]
    judgements: tuple[Annotation, ...]

    @property
    def question(self) -> str:
        """This function will return the first text of the source item."""
        texts: Mapping[str, str] = self.task.item.current_version.fields
        return texts.get("question") or next(iter(texts.values()), "")


@dataclass(frozen=True, slots=True)
class QueuePage:
    """A page of the queue; a cursor is None where nothing follows on that side."""

    desk: Desk
    rows: tuple[QueueRow, ...]
    previous: Cursor | None
    next: Cursor | None


def review_queue(
    contributor: Contributor,
    wanted: Wanted = Wanted(),
    cursor: Cursor | None = None,
    *,
    limit: int = PAGE,
) -> QueuePage:
    """This function will return one page of what waits for `contributor`, worst first. Six statements.

    Only workspaces, campaigns and languages that they review; an unknown one gives an empty page.
    """
    at = desk(contributor)
    pairs = _pairs(at, wanted)
    found = waiting(pairs, why=wanted.why, by=contributor.pk, cursor=cursor, limit=limit + 1)
    more, found = len(found) > limit, found[:limit]
    if backwards := bool(cursor and cursor.backwards):
        found.reverse()
    rows = _rows(found)
    return QueuePage(
        at,
        rows,
        previous=_cursor(rows[:1], backwards=True) if (more if backwards else cursor) else None,
        next=_cursor(rows[-1:], backwards=False) if (cursor if backwards else more) else None,
    )


def _cursor(rows: Sequence[QueueRow], *, backwards: bool) -> Cursor | None:
    return Cursor(rows[0].task.position, rows[0].task.public_id, backwards) if rows else None


def _rows(found: Sequence[Waiting]) -> tuple[QueueRow, ...]:
    ids = [one.task for one in found]
    tasks = Task.objects.select_related("campaign__benchmark", "item__current_version").in_bulk(ids)
    said: dict[int, list[Annotation]] = defaultdict(list)
    for judgement in current_judgements(ids).select_related("slot").order_by("submitted_at", "pk"):
        said[judgement.slot.task_id].append(judgement)
    return tuple(
        QueueRow(tasks[one.task], _why(one), tuple(said[one.task])) for one in found if one.task in tasks
    )


def _why(found: Waiting) -> tuple[Why, ...]:
    return tuple(why for why in Why if getattr(found, why.value))


def is_drawn(task: Task) -> bool:
    """This function will say whether a task was drawn for revision and lacks no judgement. At most one statement."""
    return task.sampled_for_revision and not task.slots.filter(submitted_at=None, closed_at=None).exists()


def reasons_to_review(judgements: Sequence[Annotation], drawn: bool) -> tuple[Why, ...]:
    """This function will say of rows what `review.waiting` says in SQL. `judgements` are those that count;
    `drawn` says that the task was drawn for revision and lacks none of them."""
    severities = {one.severity for one in judgements} - {""}
    texts = {bytes(one.result_version.sha256) for one in judgements if one.result_version}
    found = {
        Why.REJECT: any(one.verdict in AGAINST for one in judgements),
        Why.DISAGREEMENT: len({one.verdict for one in judgements}) > 1 or len(severities) > 1,
        Why.REVISION: drawn and bool(judgements),
        Why.TEXTS: len(texts) > 1,
    }
    return tuple(why for why, applies in found.items() if applies)


def next_task(contributor: Contributor, wanted: Wanted, done: Task) -> Task | None:
    """This function will return the task that follows `done` in the queue, from its start again at the end; None
    when nothing else waits. Five or six statements."""
    pairs = _pairs(desk(contributor), wanted)
    after = Cursor(done.position, done.public_id)
    found = waiting(pairs, why=wanted.why, by=contributor.pk, cursor=after, limit=1)
    # Two, because the first of all may be the one that is left for later.
    found = found or waiting(pairs, why=wanted.why, by=contributor.pk, limit=2)
    following = next((one.task for one in found if one.task != done.pk), None)
    return None if following is None else Task.objects.get(pk=following)


def reviewed_task(contributor: Contributor, public_id: UUID) -> Task:
    """This function will return a task that `contributor` reviews; `Task.DoesNotExist` for any other, and while
    they hold it to judge it: until then they are to see nobody else's judgement. Four statements."""
    held = Slot.objects.filter(task=OuterRef("pk"), contributor=contributor, submitted_at=None)
    reviewed = Q(pk__in=[])
    for campaign, tags in desk(contributor).campaigns.items():
        reviewed |= Q(campaign=campaign, language__in=tags)
    return (
        Task.objects.filter(reviewed, ~Exists(held), kind=Kind.VERIFICATION)
        .select_related("campaign__benchmark", "item__current_version")
        .get(public_id=public_id)
    )


def last_settled(at: Desk, *, limit: int = 10) -> QuerySet[Settlement]:
    """This function will return a reviewer's latest decisions that nothing replaced. One statement."""
    return (
        Settlement.objects.filter(
            decided_by=at.contributor, replaced_by=None, task__campaign__in=list(at.campaigns)
        )
        .select_related("task__item", "task__campaign")
        .order_by("-decided_at", "-pk")[:limit]
    )
