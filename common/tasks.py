"""Celery tasks of the room: each is safe to run twice and at once."""

from __future__ import annotations

from celery import shared_task

from common import clock, idempotency, jobs


@shared_task(name="common.resend_lost_jobs")
def resend_lost_jobs() -> None:
    """This function will send jobs again that were lost on the way."""
    jobs.resend_lost(now=clock.now())


@shared_task(name="common.forget_old_keys")
def forget_old_keys() -> None:
    """This function will delete idempotency keys that nobody repeats any more."""
    idempotency.forget_old_keys(now=clock.now())
