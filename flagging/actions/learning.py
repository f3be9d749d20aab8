"""Learning from verdicts: for each language of a workspace a head, where it gains, and a calibration, where it can.

What was learned is a row that later passes name; no score or suspicion of an earlier pass changes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from common import audit, jobs
from common.models import Job, Workspace
from flagging.actions.learned import SMALLEST_SET, observed
from flagging.models import Fit, ModelPass, SampleFrame, Suspicion, VerdictSample
from flagging.signals import verdicts_wanted
from flagging.texts import pairs, text_sets
from people.models import Contributor

if TYPE_CHECKING:
    from flagging.learning import head
    from flagging.measures.calibration import Calibration
    from flagging.measures.sample import Sample
    from flagging.measures.trust import Trust

LEARN = "flagging.learn"
FLAGGED, AUDIT, REST = "flagged", "audit", "rest"


def order_learning(*, workspace: Workspace | int, by: Contributor | None, now: datetime) -> Job:
    """This function will ask a worker to learn from all verdicts of a workspace, and return the job."""
    return jobs.request(task=LEARN, workspace=workspace, arguments={}, by=by, now=now)


def learn(job_id: int, *, now: datetime) -> None:
    """This function will do such a job: minutes for tens of thousands of translations a language."""
    with jobs.work_on(job_id, task=LEARN, now=now) as job:
        if job is None:
            return
        verdicts_wanted.send(Job, workspace_id=job.workspace_id)
        told = learned_of(job.workspace_id, now=now, job=job)
        with transaction.atomic():
            jobs.finish(job, result=told, now=now)


def learned_of(workspace: int, *, now: datetime, job: Job | None = None) -> dict[str, Any]:
    """This function will fit and keep heads and calibrations of every language with verdicts; it returns the
    sentences of each language. Each language is kept as it is done."""
    verdicts = standing_verdicts(workspace)
    told: dict[str, Any] = {}
    for done, (language, of_language) in enumerate(verdicts.items(), start=1):
        fitted = _fit_head(of_language, workspace, language)
        if fitted is not None:
            _keep(workspace, language, Fit.Kind.HEAD, fitted[0], now=now, job=job, **fitted[1])
            told[language] = {"head": fitted[0].reason}
        if job is not None:
            jobs.tell(job, done, 2 * len(verdicts))
    samples = {language: sampled(rows) for language, rows in verdicts.items()}
    for language, report in _calibrations(samples).items():
        ids = [one.pk for one in samples[language].verdicts]
        _keep_calibration(workspace, language, report, ids, now=now, job=job)
        told.setdefault(language, {})["trust"] = report["trust"]["sentence"]
    return told
