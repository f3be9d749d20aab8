"""Learning from verdicts: for each language of a workspace a head, where it gains, and a calibration, where it can.

What was learned is a row that later passes name; no score or suspicion of an earlier pass changes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from math import isnan
from typing import TYPE_CHECKING, Any

from django.db import transaction

from common import audit, jobs
from common.models import Job, Workspace
from flagging.actions.learned import SMALLEST_SET, observed
from flagging.actions.suspicions import signals_of
from flagging.audit_sample import (
    Drawn,
    Labelled,
    all_suspicions,
    drawn,
    pulls,
    seconds_each,
    standing_verdicts,
)
from flagging.figures import figures
from flagging.models import Fit, ModelPass
from flagging.signals import verdicts_wanted
from flagging.texts import pairs, text_sets
from people.models import Contributor

if TYPE_CHECKING:
    from flagging.learning import head
    from flagging.measures.calibration import Calibration

LEARN = "flagging.learn"


def order_learning(*, workspace: Workspace | int, by: Contributor | None, now: datetime) -> Job:
    """This function will ask a worker to learn from all verdicts of a workspace, and return the job: the one that is
    open, where somebody asked before."""
    asked = latest_learning(workspace)
    if asked is not None and asked.state in ("waiting", "running"):
        return asked
    return jobs.request(task=LEARN, workspace=workspace, arguments={}, by=by, now=now)


def latest_learning(workspace: Workspace | int) -> Job | None:
    """This function will return the job of learning that was asked for last; None where none was. One statement."""
    return Job.objects.filter(workspace=workspace, task=LEARN).order_by("-pk").first()


def gather_verdicts() -> None:
    """This function will have the rooms that hold verdicts write down those that are new, workspace by workspace."""
    for workspace in Workspace.objects.values_list("pk", flat=True):
        verdicts_wanted.send(Workspace, workspace_id=workspace)


def learn(job_id: int, *, now: datetime) -> None:
    """This function will do such a job: minutes for tens of thousands of translations a language."""
    with jobs.work_on(job_id, task=LEARN, now=now) as job:
        if job is not None:
            learned_of(job.workspace_id, now=now, job=job)


def learned_of(workspace: int, *, now: datetime, job: Job | None = None) -> dict[str, Any]:
    """This function will fit and keep heads and calibrations of every language with verdicts, and return by language
    the sentences that say what came of it. All are kept together at the end, which is the end of the job too."""
    verdicts_wanted.send(Job, workspace_id=workspace)
    verdicts = standing_verdicts(workspace)
    told: dict[str, Any] = {language: {} for language in verdicts}
    fits = []
    for fit in _fits(workspace, verdicts):
        fit.fitted_at = now
        fits.append(fit)
        told[fit.language_id] |= _told(fit)
        if job is not None:
            jobs.tell(job, len(fits), 2 * len(verdicts))
    with transaction.atomic():
        for fit in fits:
            _keep(fit)
        if job is not None:
            jobs.finish(job, result=told, now=now)
    return told


def _told(fit: Fit) -> dict[str, str]:
    if fit.kind == Fit.Kind.HEAD:
        return {"head": fit.report["sentence"]}
    return {"trust": fit.report["trust"]["sentence"]}


def _keep(fit: Fit) -> None:
    fit.save(force_insert=True)
    audit.record(
        f"fit.{fit.kind}", fit, workspace=fit.workspace_id, by=None, now=fit.fitted_at,
        language=fit.language_id, switched_on=fit.switched_on, verdicts=len(fit.verdict_ids),
    )  # fmt: skip


def _fits(workspace: int, verdicts: Mapping[str, Sequence[Labelled]]) -> Iterator[Fit]:
    """All fits, unsaved, one after the other."""
    samples = {language: drawn(language, rows) for language, rows in verdicts.items()}
    for language, sample in samples.items():
        if few := _too_few(sample.rows):
            # Looking at a whole language takes a minute, and nothing could come of it.
            yield _fit(workspace, language, Fit.Kind.HEAD, {}, few, sample.rows, on=False)
        elif (found := fitted_head(language, sample)) is not None:
            yield _head(workspace, language, *found)
    yield from _calibrations(workspace, verdicts, samples)


def _too_few(rows: Sequence[Labelled]) -> dict[str, Any] | None:
    """The report on a language with fewer verdicts than a head takes; None where there are enough."""
    from flagging.learning.head import FEWEST_BAD, FEWEST_LABELS

    bad = sum(row.bad for row in rows)
    if len(rows) >= FEWEST_LABELS and bad >= FEWEST_BAD:
        return None
    found = f"{len(rows)} verdicts, {bad} of them bad"
    return {
        "sentence": f"Off: {found}; a head needs {FEWEST_LABELS} and {FEWEST_BAD}.", "best": None, "gain": None,
        "gain_lower": None, "auroc": None, "saw": {"labels": len(rows), "bad": bad},
        "needs": {"labels": FEWEST_LABELS, "bad": FEWEST_BAD},
    }  # fmt: skip


def fitted_head(language: str, sample: Drawn) -> tuple[head.Fit, list[Labelled]] | None:
    """This function will fit a head to a language's sample and return it with the verdicts it saw; None where no set
    of translations is large enough.

    Each verdict weighs what it stands for: among those read worst first a score looks worse than it is, and anything
    beside it better. The verdicts' own texts have to be those that count now.
    """
    from flagging.learning import head
    from flagging.learning.joining import joined

    parts = list(_labelled_parts(language, sample.rows))
    if not parts:
        return None
    weights = {row.version: 1 / chance for row, chance in zip(sample.rows, sample.inclusion, strict=True)}
    return head.fit(joined([_rows(found, seen, weights) for found, seen in parts])), [
        row for found, _ in parts for row in found
    ]


def _labelled_parts(
    language: str, verdicts: Sequence[Labelled]
) -> Iterator[tuple[list[Labelled], head.Observed]]:
    """For each system's set the verdicts on it and what is seen of their texts, in that order."""
    import numpy as np

    by_benchmark: dict[int, dict[int, Labelled]] = defaultdict(dict)
    for row in verdicts:
        by_benchmark[row.benchmark][row.version] = row
    for benchmark, rows in by_benchmark.items():
        model_pass = _latest_pass(benchmark, language)
        if model_pass is None:
            continue
        for ids in _systems(model_pass).values():
            texts = dict(pairs(model_pass, ids))
            places = [place for place, pk in enumerate(texts) if pk in rows]
            if places and len(texts) >= SMALLEST_SET:
                seen = observed(model_pass, list(texts), texts)
                order = list(texts)
                yield [rows[order[place]] for place in places], seen.take(np.array(places))


def _latest_pass(benchmark: int, language: str) -> ModelPass | None:
    passes = ModelPass.objects.filter(benchmark=benchmark, language=language, finished_at__isnull=False)
    return passes.select_related("benchmark").order_by("-pk").first()


def _systems(model_pass: ModelPass) -> Mapping[str, list[int]]:
    ids: dict[str, list[int]] = defaultdict(list)
    for one in text_sets(model_pass.benchmark, model_pass.language_id):
        ids[one.system] += one.version_ids
    return ids


def _rows(verdicts: Sequence[Labelled], seen: head.Observed, weights: Mapping[int, float]) -> head.Rows:
    import numpy as np

    from flagging.learning import head

    bad = np.array([row.bad for row in verdicts])
    # Among those that are not bad, one that needed less change is better.
    change = np.array([min(1.0, row.hter or 0.0) for row in verdicts])
    return head.Rows(
        keys=tuple(str(row.version) for row in verdicts),
        observed=seen,
        goodness=np.where(bad, 0.0, 1.0 - change),
        bad=bad,
        groups=np.array([row.group for row in verdicts]),
        weight=np.array([weights[row.version] for row in verdicts]),
    )


def _head(workspace: int, language: str, fit: head.Fit, verdicts: Sequence[Labelled]) -> Fit:
    from flagging.learning.head import FEWEST_BAD, FEWEST_LABELS

    report = {
        "sentence": fit.reason, "best": fit.best, "gain": _number(fit.gain),
        "gain_lower": _number(fit.gain_lower), "auroc": _number(fit.auroc_cv), "saw": fit.saw,
        "needs": {"labels": FEWEST_LABELS, "bad": FEWEST_BAD},
    }  # fmt: skip
    parameters = fit.to_json() if fit.switched_on else {}
    return _fit(workspace, language, Fit.Kind.HEAD, parameters, report, verdicts, on=fit.switched_on)


def _number(value: float) -> float | None:
    return None if isnan(value) else value


def _calibrations(
    workspace: int, verdicts: Mapping[str, Sequence[Labelled]], samples: Mapping[str, Drawn]
) -> Iterator[Fit]:
    """The calibrations of all languages, fitted together since those with few verdicts lean on the others; each with
    how far its language may be trusted, and the figures of its review."""
    calibration = _calibrated(workspace, samples)
    pull = pulls(workspace)
    for language, sample in samples.items():
        own = calibration.languages.get(language)
        report = {
            "trust": _trust(sample),
            "calibration": _calibration(calibration, language, sample),
            "of": _signals(workspace, language),
            "budget": figures(
                verdicts[language], sample, pull=pull.get(language), seconds=seconds_each(workspace, language)
            ),
        }
        parameters = calibration.to_json() if own else {}
        kind = Fit.Kind.CALIBRATION
        yield _fit(workspace, language, kind, parameters, report, sample.rows, on=own is not None)


def _signals(workspace: int, language: str) -> dict[str, object] | None:
    passes = ModelPass.objects.filter(
        benchmark__workspace=workspace, language=language, finished_at__isnull=False, item_ids=None
    )
    latest = passes.order_by("-pk").first()
    return None if latest is None else signals_of(latest)


def _calibrated(workspace: int, samples: Mapping[str, Drawn]) -> Calibration:
    import numpy as np

    from flagging.measures.calibration import calibrate
    from flagging.measures.fits import scale_of

    scales = {
        language: scale_of(np.array(values))
        for language in samples
        if (values := all_suspicions(workspace, language))
    }
    return calibrate({language: one.as_sample() for language, one in samples.items()}, scales)


def _trust(sample: Drawn) -> dict[str, Any]:
    from flagging.measures.trust import trust

    found = trust(sample.in_order_of_review())
    return {
        "state": found.state.value, "template": found.template, "params": dict(found.params),
        "sentence": found.sentence, "auroc": list(found.auroc) if found.auroc else None,
    }  # fmt: skip


def _calibration(found: Calibration, language: str, sample: Drawn) -> dict[str, Any]:
    own, why_not = found.languages.get(language), found.why_not(language)
    return {
        "source": own.source if own else None, "labels": len(sample.rows),
        "bad": sum(row.bad for row in sample.rows), "error": list(own.error) if own else None,
        "brier": own.brier if own else None, "why_not": list(why_not) if why_not else None,
    }  # fmt: skip


def _fit(
    workspace: int,
    language: str,
    kind: str,
    parameters: dict[str, Any],
    report: dict[str, Any],
    verdicts: Sequence[Labelled],
    *,
    on: bool,
) -> Fit:
    return Fit(
        workspace_id=workspace, language_id=language, kind=kind, parameters=parameters, report=report,
        switched_on=on, verdict_ids=sorted(pk for row in verdicts for pk in row.ids),
    )  # fmt: skip
