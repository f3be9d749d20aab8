"""What is written to the log, and above all what is not."""

from __future__ import annotations

import contextlib
import io
import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from config import logs, task_log
from tests.annotation.test_views import form_of

PASSWORD = "correct-horse-battery"
GUESS = "a-wrong-guess-of-somebody"
ADDRESS = "203.0.113.77"
TEXT = "Which river flows through Iquitos?"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """Everything that any logger writes, at any level, in the form that the settings give it."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.formatter(as_json=True))
    root = logging.getLogger()
    quiet = {name: logging.getLogger(name).level for name in ("", "isogloss", "django.request")}
    root.addHandler(handler)
    for name in quiet:
        logging.getLogger(name).setLevel(logging.DEBUG)
    yield stream
    root.removeHandler(handler)
    for name, level in quiet.items():
        logging.getLogger(name).setLevel(level)


@pytest.fixture(autouse=True)
def _nothing_counted_yet() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def work(cast, now):
    from annotation.actions.campaigns import Plan, add_member, open_campaign
    from tests.factories import mini_benchmark

    plan = Plan(slug="mini", benchmark=mini_benchmark(cast.workspace, now), languages={"de": None})
    campaign = open_campaign(plan=plan, by=cast.mia, now=now)
    add_member(
        campaign=campaign, contributor=cast.ana, language="de", standing="professional", by=cast.mia, now=now
    )
    return campaign


def lines(stream: io.StringIO, event: str | None = None) -> list[dict]:
    told = [json.loads(line) for line in stream.getvalue().splitlines()]
    return [one for one in told if event in (None, one["event"])]


def sign_in(email: str, password: str) -> Client:
    client = Client(REMOTE_ADDR=ADDRESS, raise_request_exception=False)
    client.post(f"{reverse('account_login')}?next=/%3Ffrom={email}", {"login": email, "password": password})
    return client


@pytest.mark.django_db
def test_the_log_of_a_day_names_nobody_and_quotes_nothing(
    work, cast, written, settings, tmp_path: Path
) -> None:
    from annotation.models import Annotation, Slot
    from common import clock
    from people.tokens import make_token

    settings.ROOT_URLCONF = "tests.config.broken_urls"
    user = cast.ana.user
    user.email, user.name = "anastasia.private@example.org", "Anastasia Quillabamba"
    user.set_password(PASSWORD)
    user.save()
    for _ in range(9):
        sign_in(user.email, GUESS)
    cache.clear()
    from axes.utils import reset

    reset()
    ana = sign_in(user.email, PASSWORD)

    slot = ana.post(reverse("next", args=["mini", "de", "verification"]))["Location"]
    page = ana.get(slot).content.decode()
    hidden = form_of(page)
    said = {"verdict": "reject", "reason": "fluency", "note": TEXT}
    ana.post(slot, {**hidden, **said})
    ana.get(f"/?email={user.email}")
    for failing in ("/broken/", "/twice/"):
        assert ana.post(failing, {"text": TEXT}).status_code == 500

    _row, token = make_token(
        contributor=cast.ana, name=TEXT, scopes=["campaigns:read"],
        expires_at=clock.now().replace(year=2040), now=clock.now(),
    )  # fmt: skip
    program = Client(REMOTE_ADDR=ADDRESS)
    bearer = {"Authorization": f"Bearer {token}"}
    assert program.get(reverse("api-campaigns"), headers=bearer).status_code == 200
    program.get(reverse("api-campaigns"), headers={"Authorization": "Bearer isog_not-a-token-at-all"})

    items = tmp_path / "items.jsonl"
    good = {"sample_id": "geo/test/0", "question": TEXT, "answer": "A", "subject": "geo",
            **{f"option_{letter}": f"{TEXT} {letter}" for letter in "abcd"}}  # fmt: skip
    items.write_text(json.dumps(good) + "\n" + json.dumps({**good, "answer": TEXT}) + "\n")
    out = io.StringIO()
    with contextlib.suppress(CommandError):
        call_command("import_items", str(items), benchmark="geo", language="en", stdout=out, stderr=out)
    assert "created" in out.getvalue()

    told = written.getvalue()
    assert Annotation.objects.filter(note=TEXT).exists()
    assert Slot.objects.filter(contributor=cast.ana).exclude(submitted_at=None).exists()
    assert len(lines(written, "request")) >= 15
    for secret in (
        user.email, "anastasia", "Quillabamba", PASSWORD, GUESS, ADDRESS, TEXT, "Iquitos", token[5:],
        "not-a-token-at-all", hidden["csrfmiddlewaretoken"], ana.session.session_key, slot.split("/")[-2],
    ):  # fmt: skip
        assert secret.lower() not in told.lower(), secret


@pytest.mark.django_db
def test_a_request_is_one_line_with_its_pattern_and_whose_it_was(work, cast, written) -> None:
    client = Client()
    client.force_login(cast.ana.user)
    answer = client.get(reverse("guidelines", args=["mini"]), headers={"X-Request-ID": "from-the-proxy-1"})
    (line,) = lines(written, "request")
    assert (line["method"], line["status"], line["level"]) == ("GET", answer.status_code, "INFO")
    assert "<slug:" in line["route"]
    assert line["contributor"] == str(cast.ana.public_id)
    assert line["request_id"] == "from-the-proxy-1" == answer["X-Request-ID"]
    assert line["ms"] > 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    "given", ["", "short", "x" * 65, "ana@example.org", "with space", 'quote"quote"', "line\nline"]
)
def test_an_id_that_is_none_is_replaced(client, given) -> None:
    made = client.get(reverse("account_login"), headers={"X-Request-ID": given})["X-Request-ID"]
    assert re.fullmatch("[0-9a-f]{32}", made)


@pytest.mark.django_db
def test_a_failure_is_told_by_type_state_and_place_without_a_message(cast, written, settings) -> None:
    settings.ROOT_URLCONF = "tests.config.broken_urls"
    client = Client(raise_request_exception=False)
    client.force_login(cast.ana.user)
    client.post("/twice/", {"text": TEXT})
    (line,) = lines(written, "request")
    assert (line["status"], line["level"]) == (500, "ERROR")
    assert line["exception"] == "IntegrityError from UniqueViolation"
    assert line["sqlstate"] == "23505"
    assert any(place.startswith("tests/config/broken_urls.py:") for place in line["at"])


def test_other_peoples_records_keep_their_template_and_lose_their_arguments(written) -> None:
    logging.getLogger("somebody.else").warning("cannot mail %s", "ana@example.org")
    logging.getLogger("isogloss.queue").warning("sent %d tasks", 3)
    logging.getLogger("gunicorn.error").warning(f"Invalid request from ip={ADDRESS}: GET /?q={TEXT}")
    assert [line["event"] for line in lines(written)] == ["cannot mail %s", "sent 3 tasks", "Invalid request"]


def test_a_task_bears_the_id_of_the_request_that_asked_for_it(written) -> None:
    from common.tasks import forget_old_keys as task

    headers: dict[str, str] = {}
    before = logs.context.set({"request_id": "the-request"})
    task_log.carry_request_id(headers=headers)
    logs.context.reset(before)
    assert headers == {"isogloss_request_id": "the-request"}

    task.push_request(id="the-task", **headers)
    task_log.begin(task=task, task_id="the-task")
    task_log.end(task=task, state="SUCCESS")
    task.pop_request()
    (line,) = lines(written, "task")
    assert (line["request_id"], line["task_id"]) == ("the-request", "the-task")
    assert (line["task"], line["outcome"], line["level"]) == ("common.forget_old_keys", "success", "INFO")


def test_a_person_at_a_terminal_reads_columns(written) -> None:
    record = logging.makeLogRecord(
        {"name": "isogloss.request", "msg": "request", "levelname": "INFO", "told": {"status": 200}}
    )
    assert logs.formatter(as_json=False).format(record).endswith("INFO isogloss.request request status=200")


def test_an_unknown_form_is_refused() -> None:
    with pytest.raises(ValueError, match="LOG_FORMAT=xml"):
        logs.logging_settings(level="INFO", own_level="INFO", form="xml")
