"""Tables every room stands on: the workspace, the languages, and what was done by whom."""

from __future__ import annotations

import uuid

from django.contrib.postgres.functions import RandomUUID
from django.db import models

from common.languages import LanguageRecord, find


class PublicIdModel(models.Model):
    """A row that is named in addresses: by an opaque id, never by its bigint."""

    public_id = models.UUIDField(default=uuid.uuid4, db_default=RandomUUID(), unique=True, editable=False)

    class Meta:
        abstract = True


class Workspace(models.Model):
    """The wall between teams: every root row belongs to exactly one."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=200)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Language(models.Model):
    """A row per language of `common.languages`, so that foreign keys can stand on it."""

    tag = models.CharField(max_length=35, primary_key=True)
    name = models.CharField(max_length=100)
    export_name = models.CharField(max_length=35, unique=True)

    class Meta:
        ordering = ["tag"]

    def __str__(self) -> str:
        return self.name

    @property
    def record(self) -> LanguageRecord:
        """This function will return the full record: direction, script, autonym."""
        return find(self.tag)


class AuditEvent(models.Model):
    """One action that was done: who, what, on which row. Rows are only ever added (a trigger sees to it).

    `actor_id` is the id of a contributor (people is a later room, hence no foreign key); null is the system
    or a command. `data` holds ids and figures, never item text or personal data.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT)
    actor_id = models.BigIntegerField(null=True)
    verb = models.CharField(max_length=60)
    object_type = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    data = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["object_type", "object_id", "id"])]

    def __str__(self) -> str:
        return f"{self.verb} {self.object_type} {self.object_id}"
