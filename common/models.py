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


class IdempotencyKey(models.Model):
    """A request that must not be done twice, and what it was answered. Written in its effect's transaction.

    `actor_id` is the id of a contributor, as in `AuditEvent`; `fingerprint` the sha256 of what was sent.
    """

    actor_id = models.BigIntegerField()
    route = models.CharField(max_length=60)
    key = models.CharField(max_length=200)
    fingerprint = models.BinaryField()
    # Null only inside the transaction that does the work.
    status = models.PositiveSmallIntegerField(null=True)
    answer = models.JSONField(null=True)
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["actor_id", "route", "key"], name="common_idempotency_key_once")
        ]

    def __str__(self) -> str:
        return f"{self.route} {self.key}"


class Job(PublicIdModel):
    """Long work that somebody asked for: waiting, worked on, finished or failed, by its instants.

    `task` is the Celery task that does it with this row's id; `error` has the API's error shape. `done` and
    `total` count what the task counts (rows, mostly).
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT)
    task = models.CharField(max_length=60)
    arguments = models.JSONField(default=dict)
    actor_id = models.BigIntegerField(null=True)
    requested_at = models.DateTimeField()
    # When the broker last got it.
    sent_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    # How many of them ended with an exception; in the others, but for the last, the worker died.
    faults = models.PositiveSmallIntegerField(default=0, db_default=0)
    started_at = models.DateTimeField(null=True)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True)
    finished_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    error = models.JSONField(null=True)
    result = models.JSONField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(finished_at=None) | models.Q(failed_at=None), name="common_job_ends_once"
            ),
            models.CheckConstraint(
                condition=models.Q(failed_at=None, error=None)
                | models.Q(failed_at__isnull=False, error__isnull=False),
                name="common_job_fails_with_a_reason",
            ),
        ]
        indexes = [
            models.Index(
                fields=["sent_at"],
                condition=models.Q(finished_at=None, failed_at=None),
                name="common_job_open",
            )
        ]

    def __str__(self) -> str:
        return f"{self.task} {self.public_id}"

    @property
    def state(self) -> str:
        """This function will return `waiting`, `running`, `finished` or `failed`."""
        if self.failed_at:
            return "failed"
        if self.finished_at:
            return "finished"
        return "running" if self.started_at else "waiting"


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
