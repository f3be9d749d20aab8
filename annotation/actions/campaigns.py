"""Opening campaigns, their guidelines and who belongs to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from annotation.actions.claims import FREE
from annotation.actions.ordering import order_queue
from annotation.actions.places import hold_place
from annotation.errors import CampaignError
from annotation.models import (
    Campaign,
    CampaignLanguage,
    GuidelineVersion,
    Kind,
    Membership,
    Slot,
    Standing,
    Task,
)
from common import audit
from common.languages import find
from common.models import Language
from corpus.models import Benchmark, Item, Origin, Translation
from people.models import Contributor

DEFAULT_GUIDELINES = (
    "Compare each field with the source. Accept what is right, mend what is nearly right, reject the rest and "
    "say why."
)


@dataclass(frozen=True, slots=True)
class Selection:
    """Which items a campaign takes: all, `sample_per_subject` drawn with the campaign's seed from `split`, or
    exactly `ids`."""

    sample_per_subject: int | None = None
    split: str | None = None
    ids: Sequence[str] | None = None

    def as_json(self) -> dict[str, Any]:
        """This function will return what is kept of the choice."""
        return {
            "sample_per_subject": self.sample_per_subject,
            "split": self.split,
            "ids": None if self.ids is None else len(self.ids),
        }


@dataclass(frozen=True, slots=True)
class Plan:
    """What a manager decides when opening a campaign."""

    slug: str
    benchmark: Benchmark
    # Tag to translating system; None takes the only one there is. Several joined by "+" are all offered, the best by
    # the model pass first, the first named where nothing ranks them. The source language has none.
    languages: Mapping[str, str | None]
    name: str = ""
    verification_overlap: int = 1
    sensitivity_overlap: int = 4
    selection: Selection = field(default_factory=Selection)
    guidelines: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)


@transaction.atomic
def open_campaign(*, plan: Plan, by: Contributor | None, now: datetime) -> Campaign:
    """This function will open a campaign with its tasks and slots, ordered worst first, and return it.

    Sensitivity tasks stand on the source items whenever `sensitivity_overlap` is not 0; verification tasks
    in every language named but the source. Raises `CampaignError` for anything that cannot be done as asked.
    """
    _check_plan(plan)
    campaign = Campaign.objects.create(
        workspace_id=plan.benchmark.workspace_id,
        slug=plan.slug,
        name=plan.name or plan.slug,
        benchmark=plan.benchmark,
        verification_overlap=plan.verification_overlap,
        sensitivity_overlap=plan.sensitivity_overlap,
        selection=plan.selection.as_json(),
        opened_at=now,
        opened_by=by,
        **{
            "verification_standings": list(Standing),
            "sensitivity_standings": list(Standing),
            **plan.settings,
        },
    )
    write_guidelines(
        campaign=campaign,
        markdown=plan.guidelines or str(DEFAULT_GUIDELINES),
        by=by,
        now=now,
    )
    items = _chosen_items(plan, campaign)
    for tag, system in plan.languages.items():
        if tag != plan.benchmark.source_language_id:
            _add_language(campaign, tag, system, items)
    if plan.sensitivity_overlap:
        _add_tasks(
            campaign,
            Kind.SENSITIVITY,
            plan.benchmark.source_language_id,
            items,
            plan.sensitivity_overlap,
        )
    audit.record(
        "campaign.opened", campaign, workspace=campaign.workspace_id, by=by, now=now,
        items=len(items), languages=sorted(plan.languages),
    )  # fmt: skip
    return campaign


def _check_plan(plan: Plan) -> None:
    if Campaign.objects.filter(slug=plan.slug).exists():
        raise CampaignError(
            _("A campaign “%(slug)s” exists already. Choose another name.") % {"slug": plan.slug}
        )
    if plan.verification_overlap < 1 or plan.sensitivity_overlap < 0:
        raise CampaignError(
            _("An overlap is a number of judgements: at least 1 (0 for no sensitivity tasks).")
        )
    if not plan.languages:
        raise CampaignError(_("Name at least one language."))


def _chosen_items(plan: Plan, campaign: Campaign) -> list[int]:
    if plan.selection.ids is not None:
        return _items_by_id(plan.benchmark, plan.selection.ids)
    items = Item.objects.filter(benchmark=plan.benchmark)
    if plan.selection.split:
        items = items.filter(split=plan.selection.split)
    if plan.selection.sample_per_subject:
        return _sample(plan, campaign.seed)
    chosen = list(items.values_list("pk", flat=True))
    if not chosen:
        raise CampaignError(_("There are no items to open. Import some with import_items first."))
    return chosen


def _items_by_id(benchmark: Benchmark, ids: Sequence[str]) -> list[int]:
    found = dict(
        Item.objects.filter(benchmark=benchmark, external_id__in=ids).values_list("external_id", "pk")
    )
    missing = [wanted for wanted in ids if wanted not in found]
    if missing:
        raise CampaignError(
            _("%(count)d ids are not in benchmark %(benchmark)s, first %(id)s. Mend the list of ids.")
            % {"count": len(missing), "benchmark": benchmark.slug, "id": missing[0]}
        )
    return list(found.values())


def _sample(plan: Plan, seed: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT id FROM (
                SELECT id, row_number() OVER (PARTITION BY subject ORDER BY md5(%s || external_id)) AS drawn
                FROM corpus_item WHERE benchmark_id = %s AND (%s::text IS NULL OR split = %s)
            ) ranked WHERE drawn <= %s
            """,
            [
                f"{seed}/", plan.benchmark.pk, plan.selection.split, plan.selection.split,
                plan.selection.sample_per_subject,
            ],
        )  # fmt: skip
        return [row[0] for row in cursor.fetchall()]


def _add_language(campaign: Campaign, tag: str, system: str | None, items: list[int]) -> None:
    systems = _systems(campaign.benchmark, tag, system)
    for one in systems:
        _check_complete(items, tag, one)
    candidates = systems if len(systems) > 1 else []
    CampaignLanguage.objects.create(campaign=campaign, language_id=tag, system=systems[0], systems=candidates)
    _add_tasks(campaign, Kind.VERIFICATION, tag, items, campaign.verification_overlap, system=systems[0])


def _systems(benchmark: Benchmark, tag: str, said: str | None) -> list[str]:
    """The systems named, in that order; a name that holds a "+" itself goes before."""
    if not said:
        return [_only_system(benchmark, tag)]
    if Translation.objects.filter(item__benchmark=benchmark, language=tag, system=said).exists():
        return [said]
    return list(dict.fromkeys(said.split("+")))


def _check_complete(items: list[int], tag: str, system: str) -> None:
    missing = len(items) - Translation.objects.filter(item__in=items, language=tag, system=system).count()
    if missing:
        raise CampaignError(
            _("%(count)d of the %(all)d items have no translation into %(language)s by %(system)s.")
            % {
                "count": missing,
                "all": len(items),
                "language": find(tag).name,
                "system": system,
            }
        )


def _only_system(benchmark: Benchmark, tag: str) -> str:
    systems = list(
        Translation.objects.filter(item__benchmark=benchmark, language=tag)
        .exclude(origin=Origin.BACK_TRANSLATION)
        .values_list("system", flat=True)
        .distinct()
        .order_by("system")
    )
    if len(systems) == 1:
        return systems[0]
    if not systems:
        raise CampaignError(
            _("There are no translations into %(tag)s. Import them with import_translations first.")
            % {"tag": tag}
        )
    raise CampaignError(
        _(
            "Translations into %(tag)s come from %(systems)s. Say which, as %(tag)s=SYSTEM, or several as "
            "%(tag)s=SYSTEM+SYSTEM to have the best of them offered."
        )
        % {"tag": tag, "systems": ", ".join(systems)}
    )


def _add_tasks(
    campaign: Campaign, kind: str, language: str, items: list[int], overlap: int, *, system: str = ""
) -> None:
    """Tasks and slots are written by the database from its own rows: 14,000 of them take a second."""
    wanted: dict[str, Any] = {
        "campaign": campaign.pk, "kind": kind, "language": language, "items": items, "overlap": overlap,
        "system": system, "hidden": campaign.hidden_flags_rate if kind == Kind.VERIFICATION else 0,
        "seed": f"{campaign.seed}/", "rate": campaign.revision_rate if kind == Kind.VERIFICATION else 0,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_ADD_TASKS, wanted)
        cursor.execute(_ADD_SLOTS, wanted)
        # The planner knows nothing yet of rows that this transaction wrote, and would loop over them.
        cursor.execute("ANALYZE annotation_task, annotation_slot")
    order_queue(campaign=campaign, kind=kind, language=language)


_ADD_TASKS = """
INSERT INTO annotation_task (public_id, campaign_id, kind, item_id, language_id, overlap, position,
    system, sampled_for_revision, flags_hidden)
SELECT gen_random_uuid(), %(campaign)s, %(kind)s, i.id, %(language)s, %(overlap)s,
    row_number() OVER (ORDER BY md5(%(seed)s || i.external_id)), %(system)s,
    -- The first 28 bits of a seeded hash, as a share of one.
    ('x' || left(md5('revision/' || d.drawn), 7))::bit(28)::int < %(rate)s * (1 << 28),
    ('x' || left(md5('flags/' || d.drawn), 7))::bit(28)::int < %(hidden)s * (1 << 28)
FROM corpus_item i, LATERAL (SELECT %(seed)s || %(language)s || i.external_id AS drawn) d
WHERE i.id = ANY(%(items)s)
"""
_ADD_SLOTS = """
INSERT INTO annotation_slot (public_id, task_id, number, campaign_id, kind, language_id, position, stratum,
    inclusion_probability, active_ms)
SELECT gen_random_uuid(), t.id, n, t.campaign_id, t.kind, t.language_id, t.position, 'rest', 1, 0
FROM annotation_task t, generate_series(1, %(overlap)s) n
WHERE t.campaign_id = %(campaign)s AND t.kind = %(kind)s AND t.language_id = %(language)s
ORDER BY t.position, n
"""


@transaction.atomic
def write_guidelines(
    *, campaign: Campaign, markdown: str, by: Contributor | None, now: datetime
) -> GuidelineVersion:
    """This function will add a version of the guidelines; what people saw before stays as it was."""
    Campaign.objects.select_for_update().get(pk=campaign.pk)
    last = campaign.guidelines.aggregate(last=Max("number"))["last"] or 0
    guideline = campaign.guidelines.create(number=last + 1, markdown=markdown, created_by=by, created_at=now)
    audit.record(
        "guidelines.written",
        guideline,
        workspace=campaign.workspace_id,
        by=by,
        now=now,
        number=last + 1,
    )
    return guideline


@transaction.atomic
def add_member(
    *,
    campaign: Campaign,
    contributor: Contributor,
    language: str,
    standing: str,
    by: Contributor | None,
    now: datetime,
) -> Membership:
    """This function will let somebody work in one language of a campaign; again, it renews a withdrawn place."""
    membership, _created = Membership.objects.update_or_create(
        campaign=campaign,
        contributor=contributor,
        language=Language.objects.get(pk=language),
        defaults={"standing": standing, "withdrawn_at": None},
        create_defaults={"standing": standing, "joined_at": now},
    )
    audit.record(
        "member.added", membership, workspace=campaign.workspace_id, by=by, now=now,
        language=language, standing=standing,
    )  # fmt: skip
    return membership


@transaction.atomic
def withdraw_member(*, membership: Membership, by: Contributor | None, now: datetime) -> None:
    """This function will end a place in a campaign: nothing more can be taken or handed in under it.

    What the person holds there and has not handed in is free for others at once.
    """
    hold_place(membership.campaign_id, membership.contributor_id)
    # Slots before memberships, as everybody takes them: two that took them the other way round would deadlock.
    held = Slot.objects.filter(
        campaign=membership.campaign_id, language=membership.language_id,
        contributor=membership.contributor_id, submitted_at=None,
    )  # fmt: skip
    ids = list(held.select_for_update().order_by("pk").values_list("pk", flat=True))
    Slot.objects.filter(pk__in=ids).update(**FREE)
    Membership.objects.filter(pk=membership.pk, withdrawn_at=None).update(withdrawn_at=now)
    audit.record(
        "member.withdrawn",
        membership,
        workspace=membership.campaign.workspace_id,
        by=by,
        now=now,
    )


def pause(*, campaign: Campaign, by: Contributor | None, now: datetime) -> None:
    """This function will stop claims from a campaign; what is open may still be handed in."""
    _set(campaign, "campaign.paused", by, now, paused_at=now)


def resume(*, campaign: Campaign, by: Contributor | None, now: datetime) -> None:
    """This function will allow claims again."""
    _set(campaign, "campaign.resumed", by, now, paused_at=None)


def close(*, campaign: Campaign, by: Contributor | None, now: datetime) -> None:
    """This function will end claims from a campaign for good; closing it again keeps the first time."""
    if campaign.closed_at is None:
        _set(campaign, "campaign.closed", by, now, closed_at=now)


@transaction.atomic
def _set(
    campaign: Campaign,
    verb: str,
    by: Contributor | None,
    now: datetime,
    **fields: datetime | None,
) -> None:
    Campaign.objects.filter(pk=campaign.pk).update(**fields)
    audit.record(verb, campaign, workspace=campaign.workspace_id, by=by, now=now)


@transaction.atomic
def add_slot(*, task: Task, by: Contributor | None, now: datetime) -> None:
    """This function will ask for one more judgement of a task, from somebody who has given none."""
    task = Task.objects.select_for_update(of=("self",)).select_related("campaign").get(pk=task.pk)
    last = task.slots.exclude(number=None).latest("number")
    # Slots are numbered from 1 without a gap, up to the overlap.
    task.overlap += 1
    task.save(update_fields=["overlap"])
    task.slots.create(
        number=task.overlap, campaign_id=task.campaign_id, kind=task.kind, language_id=task.language_id,
        position=task.position, stratum=last.stratum, inclusion_probability=last.inclusion_probability,
    )  # fmt: skip
    audit.record(
        "task.reopened",
        task,
        workspace=task.campaign.workspace_id,
        by=by,
        now=now,
        overlap=task.overlap,
    )
