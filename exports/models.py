"""Releases: rows written once in one transaction, and the files rendered from them alone."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from annotation.models import Campaign, GuidelineVersion
from common.models import Job, PublicIdModel
from people.models import Contributor


class Release(PublicIdModel):
    """A published state of a campaign's benchmark. It never changes."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="releases")
    version = models.CharField(max_length=40)
    text_rule = models.CharField(max_length=40)
    label_rule = models.CharField(max_length=40)
    code_version = models.CharField(max_length=80)
    guideline = models.ForeignKey(GuidelineVersion, null=True, on_delete=models.PROTECT)
    options = models.JSONField(default=dict)
    # Counts by language, split and status, as in the manifest.
    counts = models.JSONField(default=dict)
    licence = models.CharField(max_length=200, blank=True)
    made_by = models.ForeignKey(Contributor, null=True, on_delete=models.PROTECT)
    made_at = models.DateTimeField()
    # Which job made it: a job makes one release. Without a constraint, whose check would wait for whoever tells
    # the job's progress.
    job = models.OneToOneField(
        Job, null=True, on_delete=models.PROTECT, db_constraint=False, related_name="release"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "version"], name="exports_release_once")]
        ordering = ["-made_at"]

    def __str__(self) -> str:
        return f"{self.campaign.slug} {self.version}"


class ReleaseRow(models.Model):
    """One row of one file: `row` holds every column; the order of columns is the config's schema in code."""

    class Config(models.TextChoices):
        DATA = "data", _("labelled split")
        PROVENANCE = "provenance", _("who verified what")
        ANNOTATIONS = "annotations", _("every judgement")

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="rows", db_index=False)
    config = models.CharField(max_length=20, choices=Config.choices)
    # The export name of the language; empty for configs that hold all languages in one file.
    language = models.CharField(max_length=35, blank=True)
    split = models.CharField(max_length=40)
    number = models.IntegerField()
    row = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["release", "config", "language", "split", "number"], name="exports_row_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.config} {self.language} {self.split} {self.number}"


class ReleaseFile(models.Model):
    """A file of a release as rendered: its hash is what a reader compares."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="files")
    path = models.CharField(max_length=300)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    rows = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["release", "path"], name="exports_file_once")]
        ordering = ["path"]

    def __str__(self) -> str:
        return self.path
