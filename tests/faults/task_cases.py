"""One case a Celery task: what has to be there for it to have something to do.

A task without a case fails `test_tasks.py`.
"""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from django.core.files.base import File
from django.db import transaction

from annotation.actions.campaigns import Plan, add_member, open_campaign
from annotation.actions.claims import claim
from annotation.actions.submissions import Handed, submit_verification
from annotation.labels import Verdict, VerificationAnswer
from annotation.models import Campaign, CampaignLanguage, Slot
from common import jobs
from common.models import IdempotencyKey, Job, Workspace
from corpus.actions import uploads
from corpus.models import Benchmark, Import, Item, Source
from exports.actions import make_release
from exports.orders import order_files, order_release
from flagging.actions import chunks, learning, passes
from flagging.models import ModelPass
from people.actions import create_account, grant_role
from people.models import Contributor, ResetMail, Tally
from review.actions import settle
from tests.conftest import NOW
from tests.factories import add_version, mini_benchmark
from tests.faults.snapshots import Snapshot

LONG_AGO = NOW - timedelta(days=30)


@dataclass(frozen=True)
class Case:
    """What makes a task's work, the columns in which two clean runs may differ, and the tables in which a killed
    run may leave rows that say so."""

    prepare: Callable[[], list[object]]
    ignored: frozenset[str] = frozenset()
    traces: frozenset[str] = frozenset()

    def without_traces(self, found: Snapshot, clean: Snapshot) -> Snapshot:
        """This function will leave out what killed runs may leave and a clean one does not."""
        return {
            model: [row for row in rows if row in clean[model]] if model in self.traces else rows
            for model, rows in found.items()
        }


def workspace() -> tuple[Workspace, Contributor]:
    """This function will make a workspace and its manager."""
    lab = Workspace.objects.create(slug="lab", name="Lab", created_at=LONG_AGO)
    mia = create_account(email="mia@example.org", name="Mia", password=None, now=LONG_AGO)
    grant_role(contributor=mia, workspace=lab, name="manager", by=None, now=LONG_AGO)
    return lab, mia


@transaction.atomic
def campaign() -> tuple[Campaign, Contributor]:
    """This function will open a campaign of four questions in German, in which the manager works too."""
    lab, mia = workspace()
    benchmark = mini_benchmark(lab, LONG_AGO)
    plan = Plan(slug="mini", benchmark=benchmark, languages={"de": None}, sensitivity_overlap=1)
    opened = open_campaign(plan=plan, by=mia, now=LONG_AGO)
    for language in ("de", "en"):
        add_member(
            campaign=opened, contributor=mia, language=language, standing="professional", by=mia, now=LONG_AGO
        )
    return opened, mia


def model_pass() -> ModelPass:
    """This function will ask for a pass over the campaign's translations."""
    opened, _ = campaign()
    return passes.request_pass(benchmark=opened.benchmark, language="de", by=None, now=LONG_AGO)


def the_last_chunk() -> list[object]:
    """This function will leave one chunk of a pass to be done, which then ends the pass."""
    *others, last = model_pass().chunks.order_by("stage", "number")
    for other in others:
        chunks.run_chunk(other.pk, now=LONG_AGO)
    return [last.pk]


def a_long_chunk() -> list[object]:
    """This function will leave the chunk of a pass that learns from the set itself."""
    opened, _ = campaign()
    found = passes.request_pass(benchmark=opened.benchmark, language="de", by=None, now=LONG_AGO, learns=True)
    for first in found.chunks.filter(stage=0):
        chunks.run_chunk(first.pk, now=LONG_AGO)
    return [found.chunks.get(kind="surface").pk]


def lost_chunks() -> list[object]:
    """This function will leave the chunks of a pass that no worker has heard of."""
    model_pass()
    return []


def an_import_without_its_pass() -> list[object]:
    """This function will leave an import whose news was lost."""
    opened, _mia = campaign()
    benchmark = Benchmark.objects.get(pk=opened.benchmark_id)
    Import.objects.create(
        source=Source.objects.get(benchmark=benchmark, language="de"), benchmark=benchmark,
        kind=Import.Kind.TRANSLATIONS, files=[], options={}, started_at=LONG_AGO, promoted_at=LONG_AGO,
        counts={"created": 4},
    )  # fmt: skip
    return []


def an_expired_lease() -> list[object]:
    """This function will leave a slot that somebody took long ago and never came back to."""
    opened, mia = campaign()
    claim(campaign=opened, kind="verification", language="de", by=mia, now=LONG_AGO)
    return []


def a_judgement() -> list[object]:
    """This function will leave a judgement that flagging has not been told of."""
    _judged()
    return []


def a_workspace_to_learn_from() -> list[object]:
    """This function will leave a job that is to learn from a judgement of a text that a pass has looked at."""
    found = model_pass()
    for chunk in found.chunks.order_by("stage", "number"):
        chunks.run_chunk(chunk.pk, now=LONG_AGO)
    opened = Campaign.objects.get()
    _judge(opened, opened.opened_by)
    return [learning.order_learning(workspace=opened.workspace_id, by=opened.opened_by, now=LONG_AGO).pk]


def a_judgement_of_a_replaced_text() -> list[object]:
    """This function will leave a judgement whose text was replaced, with the news of it lost."""
    replace_text(_judged().task.item)
    return []


def _judged() -> Slot:
    return _judge(*campaign())


def _judge(opened: Campaign, mia: Contributor | None) -> Slot:
    assert mia is not None
    slot = claim(campaign=opened, kind="verification", language="de", by=mia, now=LONG_AGO)
    assert slot is not None
    submit_verification(
        slot=slot,
        answer=VerificationAnswer(Verdict.ACCEPT),
        handed=Handed(uuid4(), 1, 1),
        by=mia,
        now=LONG_AGO,
    )
    return slot


@transaction.atomic
def replace_text(item: Item) -> None:
    """This function will give the German text of an item a new version and tell nobody."""
    translation = item.translations.get(language="de")
    translation.current_version = add_version(translation, {"question": "neu"}, LONG_AGO)
    translation.save()


def a_queue_never_told_of_its_pass() -> list[object]:
    """This function will leave a finished pass by which no queue was ordered."""
    finished = model_pass()
    for chunk in finished.chunks.all():
        chunks.run_chunk(chunk.pk, now=LONG_AGO)
    CampaignLanguage.objects.update(ordered_by=None)
    return []


def a_queue_to_be_ordered() -> list[object]:
    """This function will leave a queue whose order is not that of its latest pass, and name it."""
    a_queue_never_told_of_its_pass()
    return [CampaignLanguage.objects.order_by("pk")[0].pk]


def a_job_nobody_heard_of() -> list[object]:
    """This function will leave a job whose message was lost."""
    a_release()
    return []


def old_keys() -> list[object]:
    """This function will leave a key from long ago and one from now."""
    for number, made_at in enumerate((LONG_AGO, NOW)):
        IdempotencyKey.objects.create(
            actor_id=1, route="submission", key=str(number), fingerprint=b"", status=201, created_at=made_at
        )
    return []


def a_release() -> list[object]:
    """This function will leave a release asked for."""
    opened, mia = campaign()
    job = order_release(
        campaign=opened, version="1.0", formats=["jsonl", "parquet"], allow_open=True, by=mia, now=LONG_AGO
    )
    return [job.pk]


def files_of_a_release() -> list[object]:
    """This function will leave a release whose files were asked for."""
    opened, mia = campaign()
    release = make_release(campaign=opened, version="1.0", by=mia, now=LONG_AGO, allow_open=True)
    return [order_files(release=release, formats=["csv", "jsonl"], by=mia, now=LONG_AGO).pk]


def upload(now: datetime) -> Job:
    """This function will send a file of three questions to be imported."""
    lab, mia = workspace()
    rows = [
        {"sample_id": f"sums/test/{n}", "subject": "sums", "subject_category": "STEM",
         "question": f"{n} + 1?", "option_a": str(n), "option_b": str(n + 1), "answer": "B"}
        for n in range(3)
    ]  # fmt: skip
    text = "".join(json.dumps(row) + "\n" for row in rows).encode()
    sent = uploads.sent_file("rows.jsonl", File(io.BytesIO(text), "rows.jsonl"))
    options = {"kind": "items", "benchmark": "sums", "language": "en", "dry_run": False}
    return uploads.request_import(options=options, files=[sent], workspace=lab, by=mia, now=now)


def an_upload() -> list[object]:
    """This function will leave an upload to be imported."""
    return [upload(LONG_AGO).pk]


def a_leftover() -> list[object]:
    """This function will leave the file of an import that ended without removing it."""
    job = upload(LONG_AGO)
    jobs.fail(job.pk, jobs.JobRefusedError("gave_up", "It ended.", cure="None."), now=LONG_AGO)
    for file in job.arguments["files"]:
        os.utime(uploads.storage().path(file["stored"]), (LONG_AGO.timestamp(), LONG_AGO.timestamp()))
    return []


def a_mail_to_be_sent() -> list[object]:
    """This function will leave a mail that somebody asked for."""
    workspace()
    asked = ResetMail.objects.create(
        email="mia@example.org",
        site="https://example.org",
        language="en",
        asked_at=NOW - timedelta(minutes=10),
    )
    return [asked.pk]


def a_mail_nobody_heard_of() -> list[object]:
    """This function will leave a mail whose message was lost."""
    a_mail_to_be_sent()
    return []


def old_tallies() -> list[object]:
    """This function will leave a count whose window is over and one whose window is not."""
    for number, ends_at in enumerate((LONG_AGO, NOW + timedelta(days=1))):
        Tally.objects.create(digest=bytes([number]), count=1, ends_at=ends_at)
    return []


def a_decision_on_a_replaced_text() -> list[object]:
    """This function will leave a task whose decision stands no more, with the news of it lost and its slots closed."""
    opened, mia = campaign()
    rui = create_account(email="rui@example.org", name="Rui", password=None, now=LONG_AGO)
    grant_role(contributor=rui, workspace=opened.workspace, name="reviewer", by=mia, now=LONG_AGO)
    task = opened.tasks.filter(kind="verification").order_by("pk").first()
    assert task is not None
    settle(task=task, outcome="exclude_language", reason="Bound to English.", by=rui, now=LONG_AGO)
    replace_text(task.item)
    return []


def touched_counts() -> list[object]:
    """This function will leave judgements that no count knows of yet."""
    a_judgement_of_a_replaced_text()
    return []


# Two releases of the same rows differ in who made them and when, and in nothing else.
SAID_IN_FILES = frozenset(
    {"exports.releasefile.sha256", "exports.releasefile.size", "exports.releaserow.row", "common.job.result"}
)
# An upload is kept under a name that nobody can guess, which stands in the job.
RANDOM_NAMES = frozenset({"common.job.arguments"})
# Which import it was, counted with those that were killed; and ids that were drawn and never used.
AFTER_FAILURES = frozenset({"common.auditevent.object_id", "common.auditevent.data"})
# Rows name ids that killed runs drew and never used.
DRAWN_IDS = frozenset({"flagging.fit.verdict_ids"})
# How long a chunk took.
TIMES = frozenset({"flagging.chunk.seconds"})
CASES = {
    "annotation.free_expired_leases": Case(an_expired_lease),
    "annotation.order_late_queues": Case(a_queue_never_told_of_its_pass, TIMES),
    "annotation.order_queue": Case(a_queue_to_be_ordered, TIMES),
    "annotation.reopen_stale_slots": Case(a_judgement_of_a_replaced_text),
    "common.forget_old_keys": Case(old_keys),
    "common.resend_lost_jobs": Case(a_job_nobody_heard_of),
    "corpus.import_upload": Case(
        an_upload, RANDOM_NAMES | AFTER_FAILURES, traces=frozenset({"corpus.import"})
    ),
    "corpus.sweep_imports": Case(a_leftover, RANDOM_NAMES),
    "exports.make_release": Case(a_release, SAID_IN_FILES),
    "exports.render_files": Case(files_of_a_release, SAID_IN_FILES),
    "flagging.check_unchecked_imports": Case(an_import_without_its_pass),
    "flagging.gather_verdicts": Case(a_judgement),
    "flagging.learn": Case(a_workspace_to_learn_from, TIMES | DRAWN_IDS),
    "flagging.requeue_waiting_chunks": Case(lost_chunks, TIMES),
    "flagging.run_chunk": Case(the_last_chunk, TIMES),
    "flagging.run_long_chunk": Case(a_long_chunk, TIMES),
    "people.forget_old_tallies": Case(old_tallies),
    "people.resend_reset_mails": Case(a_mail_nobody_heard_of),
    "people.send_reset_mail": Case(a_mail_to_be_sent),
    "review.fold_counts": Case(touched_counts),
    "review.open_undecided": Case(a_decision_on_a_replaced_text),
}
