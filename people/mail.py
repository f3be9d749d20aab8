"""The mails of people."""

from __future__ import annotations

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from people.models import User


def send_reset_mail_to(user: User, *, site: str, language: str) -> None:
    """This function will send the link with which somebody sets a new password; the mail server's error is raised."""
    key = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    context = {"url": site + reverse("account_reset_password_from_key", kwargs=key), "site": site}
    with translation.override(language):
        subject = render_to_string("people/mail/reset_subject.txt").strip()
        body = render_to_string("people/mail/reset.txt", context)
    EmailMessage(subject, body, to=[user.email]).send()
