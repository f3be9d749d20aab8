"""Reads of the review room: what waits for a reviewer. One task whole is in `review.cases`, counts in
`review.progress`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, TextChoices
from django.utils.translation import gettext_lazy as _

from annotation.models import Annotation, Campaign, Kind, Slot, Task
from people.models import Contributor, Role
from people.queries import reviewer_roles
from review.models import Settlement
from review.standing import (
    AGAINST,
    current_judgements,
    differing_texts,
    disputed,
    rejected,
    sampled,
    still_wanted,
    undecided,
)

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
class Cursor:
    """A place in the queue: tasks go by `position`, those of one position by their public id."""

    position: int
    public_id: UUID
    backwards: bool = False

    def __str__(self) -> str:
        return f"{'before' if self.backwards else 'after'}.{self.position}.{self.public_id.hex}"

    @classmethod
    def parse(cls, value: str) -> Cursor:
        """This function will read a cursor from an address; `ValueError` for anything that is none."""
        side, position, public_id = value.split(".")
        if side not in ("before", "after"):
            raise ValueError(f"{side!r} is no side of a cursor; it is before or after")
        return cls(int(position), UUID(hex=public_id), side == "before")


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


def reviewed_tasks(at: Desk, wanted: Wanted = Wanted()) -> QuerySet[Task]:
    """This function will return the verification tasks that a desk covers, whatever their state."""
    scope = Q(pk__in=[])
    for campaign, tags in at.campaigns.items():
        if wanted.campaign in ("", campaign.slug):
            chosen = [tag for tag in tags if wanted.language in ("", tag)]
            scope |= Q(campaign=campaign, language__in=chosen)
    return Task.objects.filter(scope, kind=Kind.VERIFICATION)


def waiting_tasks(at: Desk, wanted: Wanted = Wanted()) -> QuerySet[Task]:
    """This function will return the tasks that wait for a decision by this reviewer, in no order.

    Those the reviewer judged, even if taken back, or holds are for somebody else.
    """
    held = Slot.objects.filter(task=OuterRef("pk"), contributor=at.contributor)
    judged = Annotation.objects.filter(slot__task=OuterRef("pk"), contributor=at.contributor)
    tasks = undecided(reviewed_tasks(at, wanted)).filter(~Exists(held), ~Exists(judged))
    return tasks.filter(_conditions(at.campaigns, wanted.why))


def _conditions(campaigns: Iterable[Campaign], why: str) -> Q:
    judgements = current_judgements().filter(slot__campaign__in=list(campaigns))
    if why == Why.TEXTS:
        return differing_texts(judgements)
    conditions = {
        Why.REJECT.value: rejected(judgements),
        Why.DISAGREEMENT.value: disputed(judgements),
        Why.REVISION.value: sampled(judgements),
    }
    if why:
        return conditions[why]
    return conditions["reject"] | conditions["disagreement"] | conditions["revision"]


def needs_a_decision(campaigns: Iterable[Campaign]) -> QuerySet[Task]:
    """This function will return the tasks of some campaigns that wait for a decision by anybody."""
    campaigns = list(campaigns)
    return undecided(Task.objects.filter(campaign__in=campaigns)).filter(_conditions(campaigns, ""))


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
    """This function will return one page of what waits for `contributor`, worst first. Five statements.

    Only workspaces, campaigns and languages that they review; an unknown one gives an empty page.
    """
    at = desk(contributor)
    tasks = waiting_tasks(at, wanted).select_related("campaign__benchmark", "item__current_version")
    tasks = tasks.annotate(complete=~still_wanted())
    found = list(_from(tasks, cursor)[: limit + 1])
    more, found = len(found) > limit, found[:limit]
    if backwards := bool(cursor and cursor.backwards):
        found.reverse()
    return QueuePage(
        at,
        _rows(found),
        previous=_cursor(found[:1], backwards=True) if (more if backwards else cursor) else None,
        next=_cursor(found[-1:], backwards=False) if (cursor if backwards else more) else None,
    )


def _from(tasks: QuerySet[Task], cursor: Cursor | None) -> QuerySet[Task]:
    if cursor is None:
        return tasks.order_by("position", "public_id")
    side, order = ("lt", "-") if cursor.backwards else ("gt", "")
    beyond = Q(**{f"position__{side}": cursor.position}) | Q(
        **{"position": cursor.position, f"public_id__{side}": cursor.public_id}
    )
    return tasks.filter(beyond).order_by(f"{order}position", f"{order}public_id")


def _cursor(tasks: Sequence[Task], *, backwards: bool) -> Cursor | None:
    return Cursor(tasks[0].position, tasks[0].public_id, backwards) if tasks else None


def _rows(tasks: Sequence[Task]) -> tuple[QueueRow, ...]:
    said: dict[int, list[Annotation]] = defaultdict(list)
    judgements = current_judgements().filter(slot__task__in=tasks).select_related("slot", "result_version")
    for judgement in judgements.order_by("submitted_at", "pk"):
        said[judgement.slot.task_id].append(judgement)
    return tuple(
        QueueRow(task, reasons_to_review(said[task.pk], is_drawn(task)), tuple(said[task.pk]))
        for task in tasks
    )


def is_drawn(task: Task) -> bool:
    """This function will say whether a task was drawn for revision and lacks no judgement; one statement, none
    where the task was read with `complete`."""
    if not task.sampled_for_revision:
        return False
    complete: bool | None = getattr(task, "complete", None)
    return not task.slots.filter(submitted_at=None).exists() if complete is None else complete


def reasons_to_review(judgements: Sequence[Annotation], drawn: bool) -> tuple[Why, ...]:
    """This function will say of rows what `review.standing` says in SQL. `judgements` are those that count;
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
    when nothing waits. Four or five statements."""
    tasks = waiting_tasks(desk(contributor), wanted).exclude(pk=done.pk)
    return _from(tasks, Cursor(done.position, done.public_id)).first() or _from(tasks, None).first()


def reviewed_task(contributor: Contributor, public_id: UUID) -> Task:
    """This function will return a task that `contributor` reviews; `Task.DoesNotExist` for any other, and while
    they hold it to judge it: until then they are to see nobody else's judgement. Four statements."""
    held = Slot.objects.filter(task=OuterRef("pk"), contributor=contributor, submitted_at=None)
    return (
        reviewed_tasks(desk(contributor))
        .filter(~Exists(held))
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
