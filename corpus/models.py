"""What is verified: benchmarks, items, translations, the votes they were published with, and their imports.

Texts are immutable versions; an item or a translation points at the one that counts now. Rows reach these
tables by `corpus.actions` alone.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from common.models import Job, Language, PublicIdModel, Workspace
from people.models import Contributor


class Origin(models.TextChoices):
    """Where a text comes from."""

    MACHINE = "machine", _("machine translation")
    HUMAN = "human", _("human translation")
    POST_EDIT = "post-edit", _("post-edit")
    BACK_TRANSLATION = "back-translation", _("back-translation")


class Benchmark(models.Model):
    """A set of items of one type, born in one language."""

    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT)
    slug = models.SlugField(max_length=80)
    name = models.CharField(max_length=200)
    item_type = models.CharField(max_length=40)
    source_language = models.ForeignKey(Language, on_delete=models.PROTECT)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "slug"], name="corpus_benchmark_once")]

    def __str__(self) -> str:
        return self.slug


class Source(models.Model):
    """Where rows came from: the record a licence audit starts at. Same answers, same row."""

    benchmark = models.ForeignKey(Benchmark, on_delete=models.PROTECT, related_name="sources")
    language = models.ForeignKey(Language, on_delete=models.PROTECT)
    system = models.CharField(max_length=200, blank=True)
    origin = models.CharField(max_length=20, choices=Origin.choices, blank=True)
    licence = models.CharField(max_length=200, blank=True)
    url = models.CharField(max_length=1000, blank=True)
    maker = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["benchmark", "language", "system", "origin", "licence", "url", "maker"],
                name="corpus_source_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.benchmark} {self.language_id} {self.system}".strip()


class Import(PublicIdModel):
    """One run of an import. `promoted_at` is set in the transaction that made its rows visible."""

    class Kind(models.TextChoices):
        ITEMS = "items", _("items")
        TRANSLATIONS = "translations", _("translations")
        ANNOTATIONS = "annotations", _("published annotations")

    benchmark = models.ForeignKey(Benchmark, on_delete=models.PROTECT, related_name="imports")
    source = models.ForeignKey(Source, on_delete=models.PROTECT)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    files = models.JSONField(default=list)
    options = models.JSONField(default=dict)
    # {"read": …, "created": …, "changed": …, "replaced": …, "unchanged": …, "refused": …, "votes": …}
    counts = models.JSONField(default=dict)
    warnings = models.JSONField(default=dict)
    # The first refusals and changed rows, for the page; the command prints all of them.
    report = models.JSONField(default=list)
    created_by = models.ForeignKey(Contributor, null=True, on_delete=models.PROTECT)
    started_at = models.DateTimeField()
    promoted_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    # What asked for it, where that was a request and no command. A killed run leaves a failed row of its own.
    job = models.ForeignKey(Job, null=True, on_delete=models.PROTECT, related_name="imports")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["job"], condition=models.Q(promoted_at__isnull=False), name="corpus_job_imports_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"


class ReportedRow(models.Model):
    """A refused or changed row of an uploaded import: the first `requests.MOST_REPORTED` of them, in order."""

    class What(models.TextChoices):
        REFUSED = "refused", _("refused")
        CHANGED = "changed", _("changed")

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="reported_rows", db_index=False)
    what = models.CharField(max_length=10, choices=What.choices)
    file = models.TextField()
    line = models.BigIntegerField()
    field = models.TextField(null=True)
    message = models.TextField()
    cure = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["job", "id"])]

    def __str__(self) -> str:
        return f"{self.what} {self.file}:{self.line}"


class StagedRow(models.Model):
    """A row read and found sound, waiting to be promoted. Emptied with its import."""

    imported_by = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="staged")
    number = models.BigIntegerField()
    file = models.SmallIntegerField()
    line = models.BigIntegerField()
    external_id = models.TextField()
    fields = models.JSONField()
    attributes = models.JSONField()
    sha256 = models.BinaryField()
    subject = models.TextField()
    subject_category = models.TextField()
    split = models.TextField()
    position = models.IntegerField()
    votes = models.JSONField(null=True)

    class Meta:
        indexes = [models.Index(fields=["imported_by", "external_id", "number"])]

    def __str__(self) -> str:
        return self.external_id


class Item(models.Model):
    """One item of a benchmark, named by the id it was published with."""

    benchmark = models.ForeignKey(Benchmark, on_delete=models.PROTECT, related_name="items")
    external_id = models.TextField()
    subject = models.TextField()
    subject_category = models.TextField(blank=True)
    split = models.TextField()
    position = models.IntegerField()
    # The version that counts now; made in the same transaction (the constraint is deferred).
    current_version = models.ForeignKey(
        "ItemVersion", on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["benchmark", "external_id"], name="corpus_item_once"),
        ]
        indexes = [models.Index(fields=["benchmark", "split", "subject", "position"])]

    def __str__(self) -> str:
        return self.external_id


class ItemVersion(models.Model):
    """The text of an item as it once stood. `fields` holds texts, `attributes` what is not text (the answer).

    `sha256` is over `corpus.item_types.canonical(fields, attributes)`.
    """

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="versions")
    number = models.IntegerField()
    fields = models.JSONField()
    attributes = models.JSONField()
    sha256 = models.BinaryField()
    imported_by = models.ForeignKey(Import, null=True, on_delete=models.PROTECT, db_index=False)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "number"], name="corpus_item_version_once"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} v{self.number}"


class Translation(models.Model):
    """One system's rendering of an item: a candidate. Its post-edits hang on it as versions."""

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="translations")
    language = models.ForeignKey(Language, on_delete=models.PROTECT, db_index=False)
    system = models.CharField(max_length=200)
    origin = models.CharField(max_length=20, choices=Origin.choices)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, db_index=False)
    # The imported version that counts now; never a post-edit.
    current_version = models.ForeignKey(
        "TranslationVersion", on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "language", "system"], name="corpus_translation_once"),
        ]
        indexes = [models.Index(fields=["language", "system", "item"])]

    def __str__(self) -> str:
        return f"{self.item_id} {self.language_id} {self.system}"


class TranslationVersion(models.Model):
    """A text of a translation as it once stood: imported, or written by a person on top of another."""

    translation = models.ForeignKey(Translation, on_delete=models.PROTECT, related_name="versions")
    number = models.IntegerField()
    fields = models.JSONField()
    sha256 = models.BinaryField()
    origin = models.CharField(max_length=20, choices=Origin.choices)
    based_on = models.ForeignKey("self", null=True, on_delete=models.PROTECT, db_index=False)
    # The source text this one renders: a new version of the item makes it stale.
    item_version = models.ForeignKey(ItemVersion, on_delete=models.PROTECT, db_index=False)
    imported_by = models.ForeignKey(Import, null=True, on_delete=models.PROTECT, db_index=False)
    created_by = models.ForeignKey(Contributor, null=True, on_delete=models.PROTECT, db_index=False)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["translation", "number"], name="corpus_translation_version_once"),
            models.CheckConstraint(
                condition=models.Q(origin="post-edit", based_on__isnull=False, created_by__isnull=False)
                | (~models.Q(origin="post-edit") & models.Q(based_on=None)),
                name="corpus_post_edit_names_its_base_and_editor",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.translation_id} v{self.number}"


class PublishedVotes(models.Model):
    """Columns 10–17 of a published Global-MMLU row, as published. The lists are not aligned: never zip them."""

    item = models.OneToOneField(Item, on_delete=models.PROTECT, related_name="published_votes")
    # The text that was voted on: on another one the votes are stale.
    item_version = models.ForeignKey(ItemVersion, on_delete=models.PROTECT, db_index=False)
    required_knowledge = ArrayField(models.TextField())
    time_sensitive = ArrayField(models.TextField())
    reference = models.JSONField()
    culture = ArrayField(models.TextField())
    region = ArrayField(models.TextField())
    country = ArrayField(models.TextField())
    # "CS", "CA", "-", or "" where the publisher left it blank: then the label rule decides.
    label = models.TextField(blank=True)
    is_annotated = models.BooleanField()
    imported_by = models.ForeignKey(Import, on_delete=models.PROTECT, db_index=False)

    def __str__(self) -> str:
        return f"votes {self.item_id}"
