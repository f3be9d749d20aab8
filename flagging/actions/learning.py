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
from flagging.audit_sample import Drawn, Labelled, all_suspicions, drawn, standing_verdicts
from flagging.models import Fit, ModelPass
from flagging.signals import verdicts_wanted
from flagging.texts import pairs, text_sets
from people.models import Contributor

if TYPE_CHECKING:
    from flagging.learning import head
    from flagging.measures.calibration import Calibration
    from flagging.measures.trust import Trust

LEARN = "flagging.learn"


def order_learning(*, workspace: Workspace | int, by: Contributor | None, now: datetime) -> Job:
    """This function will ask a worker to learn from all verdicts of a workspace, and return the job."""
    return jobs.request(task=LEARN, workspace=workspace, arguments={}, by=by, now=now)


def gather_verdicts() -> None:
    """This function will have the rooms that hold verdicts write down those that are new, workspace by workspace."""
    for workspace in Workspace.objects.values_list("pk", flat=True):
        verdicts_wanted.send(Workspace, workspace_id=workspace)


def learn(job_id: int, *, now: datetime) -> None:
    """This function will do such a job: minutes for tens of thousands of translations a language."""
    with jobs.work_on(job_id, task=LEARN, now=now) as job:
        if job is not None:
            told = learned_of(job.workspace_id, now=now, job=job)
            with transaction.atomic():
                jobs.finish(job, result=told, now=now)


def learned_of(workspace: int, *, now: datetime, job: Job | None = None) -> dict[str, Any]:
    """This function will fit and keep heads and calibrations of every language with verdicts, and return by language
    the sentences that say what came of it. Each language is kept once it is done."""
    verdicts_wanted.send(Job, workspace_id=workspace)
    verdicts = standing_verdicts(workspace)
    keep = _Keeper(workspace, now)
    told: dict[str, Any] = {language: {} for language in verdicts}
    for done, (language, rows) in enumerate(verdicts.items(), start=1):
        fit = fitted_head(language, rows)
        if fit is not None:
            keep.head(language, fit, rows)
            told[language]["head"] = fit.reason
        if job is not None:
            jobs.tell(job, done, len(verdicts) + 1)
    samples = {language: drawn(language, rows) for language, rows in verdicts.items()}
    for language, trust in keep.calibrations(samples).items():
        told[language]["trust"] = trust.sentence
    return told


def fitted_head(language: str, verdicts: Sequence[Labelled]) -> head.Fit | None:
    """This function will fit a head to a language's verdicts; None where no set of translations is large enough.

    The verdicts' own texts have to be those that count now.
    """
    from flagging.learning import head
    from flagging.learning.joining import joined

    parts = list(_labelled_parts(language, verdicts))
    if not parts:
        return None
    return head.fit(joined([_rows(found, seen) for found, seen in parts]))


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


def _rows(verdicts: Sequence[Labelled], seen: head.Observed) -> head.Rows:
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
        weight=np.ones(len(verdicts)),
    )


class _Keeper:
    """Writes fits of one workspace down, each with its audit row."""

    def __init__(self, workspace: int, now: datetime) -> None:
        self.workspace, self.now = workspace, now

    def head(self, language: str, fit: head.Fit, verdicts: Sequence[Labelled]) -> None:
        """This function will keep a head, on or off."""
        report = {
            "sentence": fit.reason, "best": fit.best, "gain": fit.gain, "gain_lower": fit.gain_lower,
            "auroc": None if isnan(fit.auroc_cv) else fit.auroc_cv, "saw": fit.saw,
        }  # fmt: skip
        parameters = fit.to_json() if fit.switched_on else {}
        self._keep(language, Fit.Kind.HEAD, parameters, report, verdicts, on=fit.switched_on)

    def calibrations(self, samples: Mapping[str, Drawn]) -> dict[str, Trust]:
        """This function will fit and keep the calibrations of all languages together, since those with few verdicts
        lean on the others, and return how far each language may be trusted."""
        import numpy as np

        from flagging.measures.calibration import calibrate
        from flagging.measures.fits import scale_of
        from flagging.measures.trust import trust

        usable = {language: one.as_sample() for language, one in samples.items()}
        scales = {
            language: scale_of(np.array(values))
            for language in usable
            if (values := all_suspicions(self.workspace, language))
        }
        calibration = calibrate(usable, scales)
        found = {language: trust(one) for language, one in usable.items()}
        for language, state in found.items():
            self._calibration(language, calibration, state, samples[language])
        return found

    def _calibration(self, language: str, found: Calibration, trust: Trust, sample: Drawn) -> None:
        own = found.languages.get(language)
        why_not = found.why_not(language)
        report = {
            "trust": {
                "state": trust.state.value, "template": trust.template, "params": dict(trust.params),
                "sentence": trust.sentence, "auroc": list(trust.auroc) if trust.auroc else None,
            },
            "calibration": {
                "source": own.source if own else None, "labels": len(sample.rows),
                "bad": sum(row.bad for row in sample.rows), "error": list(own.error) if own else None,
                "brier": own.brier if own else None,
                "why_not": [why_not[0], why_not[1]] if why_not else None,
            },
        }  # fmt: skip
        parameters = found.to_json() if own else {}
        self._keep(language, Fit.Kind.CALIBRATION, parameters, report, sample.rows, on=own is not None)

    @transaction.atomic
    def _keep(
        self,
        language: str,
        kind: str,
        parameters: dict[str, Any],
        report: dict[str, Any],
        verdicts: Sequence[Labelled],
        *,
        on: bool,
    ) -> None:
        fit = Fit.objects.create(
            workspace_id=self.workspace, language_id=language, kind=kind, parameters=parameters, report=report,
            switched_on=on, verdict_ids=sorted(pk for row in verdicts for pk in row.ids), fitted_at=self.now,
        )  # fmt: skip
        audit.record(
            f"fit.{kind}", fit, workspace=self.workspace, by=None, now=self.now,
            language=language, switched_on=on, verdicts=len(verdicts),
        )  # fmt: skip
