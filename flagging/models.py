"""The model pass: what was asked, cut into chunks, what it found, and what was learned from verdicts.

A pass takes a benchmark and its versions; it does not know which campaign asked. Flags are rows for hits only: what
was covered without a hit is kept per chunk. Scores, suspicions, fits are added and never changed.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.models import Language, PublicIdModel, Workspace
from corpus.models import Benchmark, ItemVersion, TranslationVersion
from people.models import Contributor

# After this many tries a chunk waits for a person: the page shows its error and a button.
MOST_ATTEMPTS = 5
# A model worker that said nothing for so long is taken for gone.
WORKER_IS_GONE_AFTER = timedelta(seconds=45)


class Severity(models.TextChoices):
    """How much a flag weighs. `broken` overrules any model."""

    BROKEN = "broken", _("broken")
    SUSPECT = "suspect", _("suspect")
    NOTICE = "notice", _("notice")


class ScorerBuild(models.Model):
    """What decides the values of a scorer: model, commit, precision, libraries, settings. One row for each."""

    digest = models.CharField(max_length=64, unique=True)
    detector = models.CharField(max_length=60)
    # `flagging.scorers.base.Build` without the digest.
    about = models.JSONField()
    first_used_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.detector} {self.digest[:12]}"


class LicenceAcceptance(models.Model):
    """Somebody with the right said for their workspace that the licence of a scorer was accepted."""

    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="+")
    detector = models.CharField(max_length=60)
    # As the registry worded it at that moment.
    licence = models.TextField()
    accepted_by = models.ForeignKey(Contributor, on_delete=models.PROTECT, related_name="+")
    accepted_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "detector"],
                condition=Q(withdrawn_at=None),
                name="flagging_licence_accepted_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.workspace_id} {self.detector}"


class Worker(models.Model):
    """A process that serves the queue `model`, as it last said of itself."""

    name = models.CharField(max_length=200, unique=True)
    device = models.CharField(max_length=200)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class VerdictSample(models.Model):
    """What somebody found of one translation: what flagging learns from. The rooms that have verdicts write it.

    Rows are added; one whose judgement was taken back or corrected gets `withdrawn_at`.
    """

    class Source(models.TextChoices):
        JUDGEMENT = "judgement", _("judgement")
        SETTLEMENT = "settlement", _("settlement")

    source = models.CharField(max_length=12, choices=Source.choices)
    # The judgement's or settlement's own id; no foreign key, since their rooms come after this one.
    source_id = models.BigIntegerField()
    benchmark = models.ForeignKey(Benchmark, on_delete=models.PROTECT, related_name="+", db_index=False)
    language = models.ForeignKey(Language, on_delete=models.PROTECT, related_name="+", db_index=False)
    translation_version = models.ForeignKey(
        TranslationVersion, on_delete=models.PROTECT, related_name="verdict_samples"
    )
    # Whose taste it is: the group of the cross-validation.
    contributor = models.ForeignKey(Contributor, on_delete=models.PROTECT, related_name="+")
    bad = models.BooleanField()
    # `flagging.measures.verdicts.BAD_VERSION` by which `bad` was decided, and the first of its grounds.
    definition = models.SmallIntegerField()
    why = models.CharField(max_length=20, blank=True)
    # False where the verdict is about the item and says nothing of its translation.
    counts = models.BooleanField(default=True)
    # The translation that was offered first was judged, not another system's.
    offered = models.BooleanField(default=True)
    # Word (or character) edit rate of the post-edit; 0 where nothing was changed, null where there is no text.
    hter = models.FloatField(null=True)
    # The queue it was drawn in (`SampleFrame.name`), and how.
    frame = models.CharField(max_length=120)
    stratum = models.CharField(max_length=10)
    inclusion_probability = models.FloatField()
    flags_shown = models.BooleanField()
    active_ms = models.BigIntegerField(default=0)
    judged_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "source_id"], name="flagging_verdict_once"),
            models.CheckConstraint(
                condition=Q(inclusion_probability__gt=0, inclusion_probability__lte=1),
                name="flagging_verdict_inclusion_probability",
            ),
        ]
        indexes = [models.Index(fields=["benchmark", "language"], name="flagging_verdict_by_language")]

    def __str__(self) -> str:
        return f"{self.source} {self.source_id}"


class SampleFrame(models.Model):
    """How many translations of one queue lie in a stratum: what its verdicts were drawn from."""

    benchmark = models.ForeignKey(Benchmark, on_delete=models.PROTECT, related_name="+")
    language = models.ForeignKey(Language, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    stratum = models.CharField(max_length=10)
    size = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name", "language", "stratum"], name="flagging_frame_once")
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.language_id} {self.stratum}"


class Fit(PublicIdModel):
    """What was learned for one language from verdicts: a head, or a calibration. A later fit is another row.

    A pass names the fits it used, so that a new one never changes what an old pass said.
    """

    class Kind(models.TextChoices):
        HEAD = "head", _("head")
        CALIBRATION = "calibration", _("calibration")

    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="+")
    language = models.ForeignKey(Language, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    # What is needed to apply it (`flagging.learning.head`, `flagging.measures.calibration`): numbers, no code.
    parameters = models.JSONField()
    # What it is worth: figures with intervals, and the sentence that says why it is on or off.
    report = models.JSONField()
    switched_on = models.BooleanField()
    verdict_ids = ArrayField(models.BigIntegerField())
    fitted_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["workspace", "language", "kind", "-id"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.language_id} {self.public_id}"


class ModelPass(PublicIdModel):
    """One run of detectors over the texts of a benchmark in one language: all of them, or those of a set of items.

    An order of several languages is a pass for each, which share `batch`.
    """

    batch = models.UUIDField(default=uuid4, db_default=RandomUUID(), db_index=True)
    # Ids of Item; null for all.
    item_ids = ArrayField(models.BigIntegerField(), null=True)
    # Names of `flagging.scorers`, in the order they are run in.
    scorers = ArrayField(models.CharField(max_length=60), default=list)
    # Also what the set itself and our own verdicts teach (`flagging.learning`); imports are checked without.
    learns = models.BooleanField(default=False)
    # {"head": id, "calibration": id} of the fits that count in it.
    fits = models.JSONField(default=dict)
    requested_by = models.ForeignKey(Contributor, null=True, on_delete=models.PROTECT, related_name="+")

    benchmark = models.ForeignKey(Benchmark, on_delete=models.PROTECT, related_name="passes")
    language = models.ForeignKey(Language, on_delete=models.PROTECT)
    # {"untranslated": 1, …}: names and versions of what runs.
    detectors = models.JSONField()
    # By translating system, what the detectors need to know of the whole set
    # (`flagging.checks.statistics.SetStatistics`).
    statistics = models.JSONField(default=dict)
    requested_at = models.DateTimeField()
    paused_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["benchmark", "language", "-id"])]

    def __str__(self) -> str:
        return f"{self.benchmark} {self.language_id} {self.public_id}"


class Chunk(models.Model):
    """A piece of a pass that one task does in one transaction, exactly once.

    A pass that is not cut yet has one `cut` chunk, which makes the others. `rows` and `scores` chunks read the
    versions they name; `set` reads all of one system and split, `surface` and `suspicion` all of one system,
    `ranking` the translations of all systems.
    """

    class Kind(models.TextChoices):
        CUT = "cut", _("cutting")
        ROWS = "rows", _("rows")
        SET = "set", _("whole set")
        SCORES = "scores", _("scores")
        SURFACE = "surface", _("surface")
        SUSPICION = "suspicion", _("suspicion")
        RANKING = "ranking", _("ranking")

    model_pass = models.ForeignKey(ModelPass, on_delete=models.CASCADE, related_name="chunks")
    number = models.IntegerField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    # The translating system whose set this is a piece of; empty over the source language.
    system = models.CharField(max_length=200, blank=True)
    # No chunk is begun while one of a lower stage is not done.
    stage = models.SmallIntegerField(default=0)
    # The scorer of a `scores` chunk.
    detector = models.CharField(max_length=60, blank=True)
    # Ids of TranslationVersion, or of ItemVersion when the pass is over the source language.
    version_ids = ArrayField(models.BigIntegerField())
    attempts = models.SmallIntegerField(default=0)
    last_error = models.TextField(blank=True)
    queued_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    # Wall time of the work, for pairs a second; the device it ran on; texts whose score was there already.
    seconds = models.FloatField(null=True)
    device = models.CharField(max_length=200, blank=True)
    reused = models.IntegerField(default=0)

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


class Score(models.Model):
    """What one scorer said of one text of a translation. Rows are never changed; the latest counts.

    `value` is the same way round for every scorer, higher is better; null where the text cannot be scored, with
    the reason in `note`.
    """

    model_pass = models.ForeignKey(ModelPass, on_delete=models.CASCADE, related_name="scores", db_index=False)
    translation_version = models.ForeignKey(
        TranslationVersion, on_delete=models.PROTECT, related_name="scores", db_index=False
    )
    detector = models.CharField(max_length=60)
    field = models.CharField(max_length=40, blank=True)
    build = models.ForeignKey(ScorerBuild, on_delete=models.PROTECT, related_name="scores", db_index=False)
    # Of the source and target texts that were read: the same pair is not scored twice by the same build.
    text_digest = models.BinaryField(max_length=16)
    value = models.FloatField(null=True)
    raw = models.FloatField(null=True)
    truncated = models.BooleanField(default=False)
    note = models.CharField(max_length=200, blank=True)
    # What the scorer found beside its value, as rows of `Flag` want it: [{"detector", "field", "params"}].
    findings = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["model_pass", "translation_version", "detector", "field"], name="flagging_score_once"
            ),
        ]
        indexes = [
            models.Index(fields=["build", "text_digest"], name="flagging_score_by_text"),
            models.Index(fields=["translation_version", "detector", "-id"], name="flagging_score_latest"),
        ]

    def __str__(self) -> str:
        return f"{self.detector} {self.translation_version_id}"


class Suspicion(models.Model):
    """How suspect one translation is within its language and system, all signals of a pass together.

    Order: `tier` first (2 a check says broken, 1 suspect, 0), then `value`, higher is more suspect. `probability` of
    being bad stands only where verdicts allow a calibration.
    """

    model_pass = models.ForeignKey(
        ModelPass, on_delete=models.CASCADE, related_name="suspicions", db_index=False
    )
    translation_version = models.ForeignKey(
        TranslationVersion, on_delete=models.PROTECT, related_name="suspicions", db_index=False
    )
    tier = models.SmallIntegerField()
    value = models.FloatField()
    # The part of `value` that comes from scores, 0 … 1: a campaign that weighs the checks otherwise adds its own.
    signal = models.FloatField()
    probability = models.FloatField(null=True)
    # In the worst fifth of its set by a model's score, or a head's.
    by_model = models.BooleanField(default=False)
    # Worst first: {"detector", "severity"} of a check, {"detector", "value", "rank"} of a score.
    reasons = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["model_pass", "translation_version"], name="flagging_suspicion_once"
            ),
            models.CheckConstraint(condition=Q(tier__in=[0, 1, 2]), name="flagging_suspicion_tier"),
        ]
        indexes = [
            models.Index(fields=["translation_version", "-model_pass"], name="flagging_suspicion_latest")
        ]

    def __str__(self) -> str:
        return f"{self.tier} {self.value:.3f}"


class Candidate(models.Model):
    """Where one system's translation stands among all systems' of its item, in one pass. Place 1 is offered first."""

    model_pass = models.ForeignKey(
        ModelPass, on_delete=models.CASCADE, related_name="candidates", db_index=False
    )
    translation_version = models.ForeignKey(
        TranslationVersion, on_delete=models.PROTECT, related_name="candidates", db_index=False
    )
    place = models.SmallIntegerField()
    # Mean share of all systems' translations that the scorers put below it; null where none scored it.
    quality = models.FloatField(null=True)
    # First by what its system is worth in this language alone: nothing tells the translations themselves apart.
    tied = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["model_pass", "translation_version"], name="flagging_candidate_once"
            ),
            models.CheckConstraint(condition=Q(place__gte=1), name="flagging_candidate_place"),
        ]
        indexes = [
            models.Index(fields=["translation_version", "-model_pass"], name="flagging_candidate_latest")
        ]

    def __str__(self) -> str:
        return f"{self.place} {self.translation_version_id}"
