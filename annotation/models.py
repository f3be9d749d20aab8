"""The work: campaigns, who belongs to them, tasks, the slots people claim, and what they submit.

What holds here is held by the database (constraints below, triggers in the migrations):
a task gets no more slots than its overlap, nobody holds two slots of one task, a slot has one current
judgement, and what was submitted is never changed.
"""

from __future__ import annotations

from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from annotation.labels import Verdict
from common.models import Language, PublicIdModel, Workspace
from corpus.models import Benchmark, Item, ItemVersion, TranslationVersion
from flagging.models import ModelPass
from people.models import Contributor


class Kind(models.TextChoices):
    """The two kinds of work."""

    VERIFICATION = "verification", _("translation verification")
    SENSITIVITY = "sensitivity", _("sensitivity")


class Standing(models.TextChoices):
    """What a member is to a campaign."""

    PROFESSIONAL = "professional", _("professional")
    COMMUNITY = "community", _("community")


class Campaign(models.Model):
    """A piece of a benchmark given to people, under one set of rules."""

    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT)
    slug = models.SlugField(max_length=80)
    name = models.CharField(max_length=200)
    benchmark = models.ForeignKey(Benchmark, on_delete=models.PROTECT, related_name="campaigns")
    verification_overlap = models.PositiveSmallIntegerField(default=1)
    sensitivity_overlap = models.PositiveSmallIntegerField(default=4)
    # Which standings may take a kind of work.
    verification_standings = ArrayField(models.CharField(max_length=20, choices=Standing.choices))
    sensitivity_standings = ArrayField(models.CharField(max_length=20, choices=Standing.choices))
    show_answer = models.BooleanField(default=True)
    show_flags = models.BooleanField(default=True)
    lease_seconds = models.PositiveIntegerField(default=1800)
    # Share of verified tasks that a reviewer looks at again, and share of unflagged tasks mixed in early.
    revision_rate = models.FloatField(default=0.1)
    audit_rate = models.FloatField(default=0.1)
    # Share of tasks whose flags are shown to nobody, so that what flags do to judgements can be measured.
    hidden_flags_rate = models.FloatField(default=0.1)
    seed = models.BigIntegerField(default=0)
    # How the items were chosen: {"sample_per_subject": 50} or {"ids": 400} or {}.
    selection = models.JSONField(default=dict)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(Contributor, null=True, on_delete=models.PROTECT)
    paused_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            # The workspace is part of every look-up; the slug alone names a campaign on the command line.
            models.UniqueConstraint(fields=["slug"], name="annotation_campaign_slug_once"),
            models.CheckConstraint(
                condition=Q(
                    revision_rate__range=(0, 1), audit_rate__range=(0, 1), hidden_flags_rate__range=(0, 1)
                ),
                name="annotation_campaign_rates_are_shares",
            ),
            models.CheckConstraint(
                condition=Q(lease_seconds__gte=1), name="annotation_campaign_lease_has_an_end"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def lease(self) -> timedelta:
        """This function will return for how long a claim or a sign of life keeps a slot."""
        return timedelta(seconds=self.lease_seconds)


class CampaignLanguage(models.Model):
    """A language a campaign verifies, and the system whose translations people start from."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="languages")
    language = models.ForeignKey(Language, on_delete=models.PROTECT)
    system = models.CharField(max_length=200)
    # All that people may start from where there are several: the pass ranks them and the best is offered first
    # (`Task.system`), `system` where nothing ranks them. Empty: `system` alone.
    systems = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    # The pass whose findings put the queue in its present order.
    ordered_by = models.ForeignKey(ModelPass, null=True, on_delete=models.SET_NULL, db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "language"],
                name="annotation_campaign_language_once",
            )
        ]
        ordering = ["language"]

    def __str__(self) -> str:
        return f"{self.campaign} {self.language_id}"


class CheckSetting(models.Model):
    """A check that weighs otherwise in a campaign than it does by itself, or counts for nothing. Releases say so."""

    class Weight(models.TextChoices):
        BROKEN = "broken", _("broken")
        SUSPECT = "suspect", _("suspect")
        NOTICE = "notice", _("notice")
        SILENT = "silent", _("silent")

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="check_settings")
    # Null for all languages; one of a language goes before.
    language = models.ForeignKey(Language, null=True, on_delete=models.PROTECT, related_name="+")
    detector = models.CharField(max_length=60)
    weight = models.CharField(max_length=10, choices=Weight.choices)
    reason = models.CharField(max_length=300)
    set_by = models.ForeignKey(Contributor, null=True, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "language", "detector"],
                name="annotation_check_setting_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="annotation_check_setting_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.detector} {self.weight} in {self.campaign_id} ({self.language_id or 'all'})"


class GuidelineVersion(models.Model):
    """The rules people worked by, in Markdown. A change is a new version; slots name the one they saw."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="guidelines")
    number = models.PositiveIntegerField()
    markdown = models.TextField()
    created_by = models.ForeignKey(Contributor, null=True, on_delete=models.PROTECT)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "number"], name="annotation_guideline_once")
        ]

    def __str__(self) -> str:
        return f"{self.campaign} guidelines {self.number}"


# The lowest and the highest place in a queue.
START, END = -(2**31), 2**31 - 1


class Membership(models.Model):
    """A person's place in a campaign, language by language. The source language is for sensitivity.

    A language of a campaign has work of one kind, so this is a person's place in one queue too.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="memberships")
    contributor = models.ForeignKey(Contributor, on_delete=models.CASCADE, related_name="memberships")
    language = models.ForeignKey(Language, on_delete=models.PROTECT)
    standing = models.CharField(max_length=20, choices=Standing.choices)
    joined_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    # No task before this position has a free slot for this person. Claims raise it; triggers lower it when
    # something below becomes free, so that nothing is missed.
    low_water = models.IntegerField(default=START, db_default=START, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "contributor", "language"],
                name="annotation_membership_once",
            )
        ]
        indexes = [models.Index(F("campaign"), F("language"), F("low_water"), name="annotation_low_water")]

    def __str__(self) -> str:
        return f"{self.contributor} in {self.campaign} ({self.language_id})"


class Task(PublicIdModel):
    """What one text or one label comes out of: (campaign, kind, item, language)."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="tasks", db_index=False)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="tasks")
    language = models.ForeignKey(Language, on_delete=models.PROTECT, db_index=False)
    # Wanted judgements; sending back raises it.
    overlap = models.PositiveSmallIntegerField()
    # The order of the queue: worst first, audit tasks mixed in.
    position = models.IntegerField()
    # Whose translation is offered first; empty for sensitivity.
    system = models.CharField(max_length=200, blank=True, db_default="")
    # Its flags are shown to nobody.
    flags_hidden = models.BooleanField(default=False, db_default=False)
    # Drawn when the campaign opened; unknown to annotators.
    sampled_for_revision = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "kind", "language", "item"],
                name="annotation_task_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.item_id} {self.language_id}"


class Slot(PublicIdModel):
    """One wanted judgement of a task: open, held under a lease, or submitted.

    A slot without a number is an extra one: somebody handed in so late that all numbered slots were gone. It
    is closed and set aside from the first, so that its judgement is kept and counts nowhere.

    campaign, kind, language and position repeat the task's, so that one index serves the claim; a composite
    foreign key keeps them true, and moving a task moves its slots.
    """

    class Stratum(models.TextChoices):
        FLAGGED = "flagged", _("flagged")
        AUDIT = "audit", _("audit sample")
        REST = "rest", _("rest")

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="slots")
    number = models.PositiveSmallIntegerField(null=True)
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, db_index=False)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    language = models.ForeignKey(Language, on_delete=models.PROTECT, db_index=False)
    position = models.IntegerField()
    # Why this task stands where it stands, and with what probability it was drawn: not to be had later.
    stratum = models.CharField(max_length=10, choices=Stratum.choices)
    inclusion_probability = models.FloatField()

    contributor = models.ForeignKey(Contributor, null=True, on_delete=models.PROTECT, db_index=False)
    claimed_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    flags_shown = models.BooleanField(null=True)
    guideline = models.ForeignKey(GuidelineVersion, null=True, on_delete=models.PROTECT, db_index=False)
    active_ms = models.BigIntegerField(default=0)
    # Nobody is to take it any more: its task was settled or its item left out.
    closed_at = models.DateTimeField(null=True)
    # Its judgement counts nowhere and stays as it is: a reviewer sent the task back, or it is an extra one.
    set_aside_at = models.DateTimeField(null=True)
    # Not null exactly while the last judgement of the slot stands (a deferred trigger sees to it).
    submitted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["task", "number"], name="annotation_slot_once"),
            models.UniqueConstraint(fields=["task", "contributor"], name="annotation_slot_one_per_person"),
            models.CheckConstraint(
                condition=Q(
                    contributor=None,
                    claimed_at=None,
                    lease_until=None,
                    submitted_at=None,
                )
                | Q(
                    contributor__isnull=False,
                    claimed_at__isnull=False,
                    lease_until__isnull=False,
                ),
                name="annotation_slot_open_or_held",
            ),
            models.CheckConstraint(
                condition=Q(inclusion_probability__gt=0, inclusion_probability__lte=1),
                name="annotation_slot_inclusion_probability",
            ),
            models.CheckConstraint(
                condition=Q(number__isnull=False)
                | Q(number=None, closed_at__isnull=False, set_aside_at__isnull=False),
                name="annotation_slot_extra_counts_nowhere",
            ),
        ]
        indexes = [
            models.Index(
                F("campaign"), F("kind"), F("language"), F("position"), F("id"),
                condition=Q(contributor=None, closed_at=None),
                name="annotation_slot_free",
            ),
            models.Index(
                F("campaign"), F("kind"), F("language"), F("lease_until"),
                condition=Q(contributor__isnull=False, submitted_at=None, closed_at=None),
                name="annotation_slot_leased",
            ),
            models.Index(
                F("contributor"), F("campaign"), F("kind"), F("language"),
                condition=Q(contributor__isnull=False, submitted_at=None),
                name="annotation_slot_held",
            ),
            models.Index(F("contributor"), F("submitted_at").desc(), name="annotation_slot_done"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.task_id} #{self.number or 'extra'}"

    @property
    def shows_flags(self) -> bool:
        """This function will say whether its holder sees flags: as was noted when they first did, else as is due."""
        if self.flags_shown is None:
            return self.campaign.show_flags and not self.task.flags_hidden
        return self.flags_shown

    @property
    def is_extra(self) -> bool:
        """This function will say whether the slot stands outside the overlap of its task."""
        return self.number is None


class PastHold(models.Model):
    """Somebody had a slot and lost it: what is known of their work, should they hand it in late.

    Written by a trigger whenever a slot changes hands.
    """

    slot = models.ForeignKey(Slot, on_delete=models.PROTECT, related_name="past_holds", db_index=False)
    contributor = models.ForeignKey(Contributor, on_delete=models.PROTECT, db_index=False)
    opened_at = models.DateTimeField(null=True)
    flags_shown = models.BooleanField(null=True)
    guideline = models.ForeignKey(GuidelineVersion, null=True, on_delete=models.PROTECT, db_index=False)
    active_ms = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["slot", "contributor"], name="annotation_past_hold_once")
        ]

    def __str__(self) -> str:
        return f"{self.slot_id} {self.contributor_id}"


class Skip(models.Model):
    """Somebody passed a task by, with a reason: it is not handed back to them."""

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="skips")
    contributor = models.ForeignKey(Contributor, on_delete=models.PROTECT)
    reason = models.CharField(max_length=500)
    skipped_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["task", "contributor"], name="annotation_skip_once")]

    def __str__(self) -> str:
        return f"{self.task_id} {self.contributor_id}"


class Annotation(PublicIdModel):
    """One judgement as it was submitted. Rows are never changed: a correction or a retraction is a new row.

    A verification has verdict (and reason, severity, post-edit); a sensitivity judgement has `answers`
    (`annotation.labels.SensitivityAnswers`); a retraction has neither.
    """

    class Retraction(models.TextChoices):
        NONE = "", _("none")
        UNDONE = "undone", _("undone by its author")
        STALE = "stale", _("the text it judged was replaced")

    slot = models.ForeignKey(Slot, on_delete=models.PROTECT, related_name="annotations")
    contributor = models.ForeignKey(Contributor, on_delete=models.PROTECT, db_index=False)
    standing = models.CharField(max_length=20, choices=Standing.choices)
    corrects = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="corrected_by")
    retraction = models.CharField(max_length=10, choices=Retraction.choices, blank=True)
    # What was judged.
    item_version = models.ForeignKey(ItemVersion, on_delete=models.PROTECT, db_index=False)
    translation_version = models.ForeignKey(
        TranslationVersion,
        null=True,
        on_delete=models.PROTECT,
        related_name="judgements",
    )
    # Values and wording: annotation.labels.
    verdict = models.CharField(max_length=20, blank=True)
    # The post-edit of an edit; the judged version itself for an accept.
    result_version = models.ForeignKey(
        TranslationVersion,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    reason = models.CharField(max_length=40, blank=True)
    severity = models.CharField(max_length=10, blank=True)
    answers = models.JSONField(null=True)
    note = models.TextField(blank=True)
    flags_shown = models.BooleanField()
    guideline = models.ForeignKey(GuidelineVersion, on_delete=models.PROTECT, db_index=False)
    active_ms = models.BigIntegerField(default=0)
    # Made by the page before it sends: the same submission arriving twice is one row.
    key = models.UUIDField(unique=True)
    submitted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["slot"],
                condition=Q(corrects=None),
                name="annotation_one_chain_per_slot",
            ),
            models.CheckConstraint(
                condition=(~Q(retraction="") & Q(verdict="", answers__isnull=True, corrects__isnull=False))
                | Q(
                    retraction="",
                    verdict="",
                    answers__isnull=False,
                    translation_version=None,
                )
                | (
                    Q(retraction="", answers__isnull=True, translation_version__isnull=False) & ~Q(verdict="")
                ),
                name="annotation_is_verdict_answers_or_retraction",
            ),
            models.CheckConstraint(
                condition=Q(verdict__in=["accept", "edit"], result_version__isnull=False)
                | (~Q(verdict__in=["accept", "edit"]) & Q(result_version=None)),
                name="annotation_text_comes_from_accept_or_edit",
            ),
            models.CheckConstraint(
                condition=Q(verdict__in=["", *Verdict]),
                name="annotation_verdict_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(verdict__in=["reject", "cannot_translate"]) | ~Q(reason=""),
                name="annotation_reject_has_a_reason",
            ),
        ]
        indexes = [
            models.Index(
                F("contributor"), F("submitted_at").desc(), F("id").desc(), name="annotation_by_contributor"
            )
        ]

    def __str__(self) -> str:
        return f"{self.verdict or self.retraction or 'answers'} {self.slot_id}"


class SourceReport(models.Model):
    """The source text itself is wrong: one report on the item's version, for all languages.

    Who said so are the judgements with reason `source_wrong` on that version.
    """

    item_version = models.OneToOneField(ItemVersion, on_delete=models.PROTECT, related_name="source_report")
    reported_by = models.ForeignKey(Contributor, on_delete=models.PROTECT)
    reported_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"source report {self.item_version_id}"
