"""What reviewers decide about tasks that annotators left open."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from annotation.models import Annotation, Campaign, Task
from common.models import Language, PublicIdModel
from corpus.models import ItemVersion, TranslationVersion
from people.models import Contributor


class Settlement(PublicIdModel):
    """One decision on one task. Rows are never changed: a new decision names the one it replaces.

    `send_back` opens another slot: judgements submitted before it no longer count. The exclusions take the
    item out of the releases of this campaign: in this language, or in all of them.
    """

    class Outcome(models.TextChoices):
        PICK = "pick", _("take one judgement")
        WRITE = "write", _("write the text")
        EXCLUDE_LANGUAGE = "exclude_language", _("leave out in this language")
        EXCLUDE_ALL = "exclude_all", _("leave out in all languages")
        SEND_BACK = "send_back", _("send back for another judgement")

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="settlements")
    replaces = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="replaced_by")
    outcome = models.CharField(max_length=20, choices=Outcome.choices)
    picked = models.ForeignKey(Annotation, null=True, on_delete=models.PROTECT, db_index=False)
    # The text that comes out: the picked judgement's, or the one written here.
    result_version = models.ForeignKey(
        TranslationVersion, null=True, on_delete=models.PROTECT, db_index=False
    )
    # The texts that were settled: when others count, the settlement is stale. An exclusion from all languages is
    # about the source alone.
    item_version = models.ForeignKey(ItemVersion, on_delete=models.PROTECT, related_name="+", db_index=False)
    translation_version = models.ForeignKey(
        TranslationVersion, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    reason = models.TextField()
    decided_by = models.ForeignKey(Contributor, on_delete=models.PROTECT)
    decided_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["task"], condition=Q(replaces=None), name="review_one_chain_per_task"
            ),
            models.CheckConstraint(
                condition=Q(outcome="pick", picked__isnull=False, result_version__isnull=False)
                | Q(outcome="write", picked=None, result_version__isnull=False)
                | (~Q(outcome__in=["pick", "write"]) & Q(picked=None, result_version=None)),
                name="review_text_comes_from_pick_or_write",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="review_settlement_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} {self.task_id}"


class TaskStanding(models.Model):
    """What `review.counting` found a task to be when it last looked; one that was touched since is looked at anew.

    The four last are false on a decided task. Ids and place repeat the task's, for the index.
    """

    task = models.OneToOneField(Task, primary_key=True, on_delete=models.PROTECT, related_name="+")
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=20)
    language = models.ForeignKey(Language, on_delete=models.PROTECT, related_name="+", db_index=False)
    position = models.IntegerField()
    public_id = models.UUIDField()
    wanted = models.IntegerField()
    submitted = models.IntegerField()
    complete = models.BooleanField()
    settled = models.BooleanField()
    excluded = models.BooleanField()
    reject = models.BooleanField()
    disagreement = models.BooleanField()
    revision = models.BooleanField()
    texts = models.BooleanField()

    class Meta:
        indexes = [
            models.Index(
                fields=["campaign", "language", "position", "public_id"],
                condition=Q(reject=True) | Q(disagreement=True) | Q(revision=True) | Q(texts=True),
                name="review_standing_waiting",
            )
        ]

    def __str__(self) -> str:
        return f"{self.task_id}"


class TaskTouched(models.Model):
    """Something happened to a task since it was last looked at: written by triggers, taken by `review.counting`."""

    # No foreign key: checking it would cost each submission more than the row itself.
    task_id = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.task_id}"


class QueueCount(models.Model):
    """The sums of `TaskStanding` over one queue of a campaign."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=20)
    language = models.ForeignKey(Language, on_delete=models.PROTECT, related_name="+", db_index=False)
    tasks = models.BigIntegerField()
    wanted = models.BigIntegerField()
    submitted = models.BigIntegerField()
    complete = models.BigIntegerField()
    waiting = models.BigIntegerField()
    settled = models.BigIntegerField()
    excluded = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "kind", "language"], name="review_count_once")
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id} {self.kind} {self.language_id}"
