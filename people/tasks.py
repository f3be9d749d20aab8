"""Celery tasks of the room: each is safe to run twice and at once."""

from __future__ import annotations

from celery import shared_task

from common import clock
from people import actions, limits


@shared_task(name="people.send_reset_mail")
def send_reset_mail(reset_mail_id: int) -> None:
    """This function will send a link for a new password."""
    actions.send_reset_mail(reset_mail_id)


@shared_task(name="people.resend_reset_mails")
def resend_reset_mails() -> None:
    """This function will send again the mails that were lost on the way."""
    actions.resend_reset_mails(now=clock.now())


@shared_task(name="people.forget_old_tallies")
def forget_old_tallies() -> None:
    """This function will delete counts of tries that matter no more."""
    limits.forget_old_tallies(now=clock.now())
