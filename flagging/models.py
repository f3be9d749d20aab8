"""The model pass: what was asked, cut into chunks, and what it found.

A pass takes a benchmark and its versions; it does not know who asked. Flags are rows for hits only: what was
covered without a hit is kept per chunk.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.models import Language, PublicIdModel
from corpus.models import Benchmark, ItemVersion, TranslationVersion

# After this many tries a chunk waits for a person: the page shows its error and a button.
MOST_ATTEMPTS = 5


class Severity(models.TextChoices):
    """How much a flag weighs. `broken` overrules any model."""

    BROKEN = "broken", _("broken")
    SUSPECT = "suspect", _("suspect")
    NOTICE = "notice", _("notice")


class ModelPass(PublicIdModel):
    """One run of detectors over the texts of a benchmark in one language."""

    benchmark = models.ForeignKey(Benchmark, on_delete=models.PROTECT, related_name="passes")
    language = models.ForeignKey(Language, on_delete=models.PROTECT)
    # {"untranslated": 1, …}: names and versions of what runs.
    detectors = models.JSONField()
    # By translating system, what the detectors need to know of the whole set
    # (`flagging.checks.statistics.SetStatistics`).
    statistics = models.JSONField(default=dict)
    requested_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["benchmark", "language", "-id"])]

    def __str__(self) -> str:
        return f"{self.benchmark} {self.language_id} {self.public_id}"


class Chunk(models.Model):
    """A piece of a pass that one task does in one transaction, exactly once.

    `rows` chunks read the versions they name; the one `set` chunk reads all versions of the pass.
    """

    class Kind(models.TextChoices):
        ROWS = "rows", _("rows")
        SET = "set", _("whole set")

    model_pass = models.ForeignKey(ModelPass, on_delete=models.CASCADE, related_name="chunks")
    number = models.IntegerField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    # The translating system whose set this is a piece of; empty over the source language.
    system = models.CharField(max_length=200, blank=True)
    # Ids of TranslationVersion, or of ItemVersion when the pass is over the source language.
    version_ids = ArrayField(models.BigIntegerField())
    attempts = models.SmallIntegerField(default=0)
    last_error = models.TextField(blank=True)
    queued_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["model_pass", "number"], name="flagging_chunk_once")]
        indexes = [
            models.Index(fields=["queued_at"], condition=Q(done_at=None), name="flagging_chunk_waiting")
        ]

    def __str__(self) -> str:
        return f"{self.model_pass_id} #{self.number}"


class Flag(models.Model):
    """One thing a detector found in one field of one text, with evidence a person can read.

    `params` fill the detector's sentence (`flagging.checks.evidence`); `spans` are half-open code-point
    offsets `{"side", "field", "start", "end"}`.
    """

    model_pass = models.ForeignKey(ModelPass, on_delete=models.CASCADE, related_name="flags")
    translation_version = models.ForeignKey(
        TranslationVersion, null=True, on_delete=models.PROTECT, related_name="flags"
    )
    item_version = models.ForeignKey(ItemVersion, null=True, on_delete=models.PROTECT, related_name="flags")
    detector = models.CharField(max_length=60)
    detector_version = models.SmallIntegerField()
    field = models.CharField(max_length=40)
    severity = models.CharField(max_length=10, choices=Severity.choices)
    params = models.JSONField(default=dict)
    spans = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["model_pass", "translation_version", "detector", "field"],
                condition=Q(item_version=None),
                name="flagging_flag_once_per_translation",
            ),
            models.UniqueConstraint(
                fields=["model_pass", "item_version", "detector", "field"],
                condition=Q(translation_version=None),
                name="flagging_flag_once_per_item",
            ),
            models.CheckConstraint(
                condition=Q(translation_version=None, item_version__isnull=False)
                | Q(translation_version__isnull=False, item_version=None),
                name="flagging_flag_on_one_text",
            ),
        ]
        indexes = [
            models.Index(F("model_pass"), F("detector"), F("severity"), name="flagging_flag_by_detector")
        ]

    def __str__(self) -> str:
        return f"{self.detector} {self.field}"
