"""Server time of the list and progress pages: one request through the whole of Django, its statements included.

The campaign is half judged, one judgement in twenty a reject, and one reject in four settled.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from bench.gauges import cpu_seconds, median
from bench.scratch import Scratch, database
from bench.sizes import Sizes
from bench.states import NOW, State, judge, make_state, run, settle
from bench.sweeps import measure_sweeps

GOAL = 100
# Above so many translations the checks of constraints are left out while the rows are written.
CHECKED = 100_000


def measure(scratch: Scratch, sizes: Sizes) -> Iterator[str]:
    """This function will yield a line for each page at each size, in milliseconds of the middle request.

    CPU is that of this process and of its PostgreSQL backend, a request.
    """
    for items, languages in sizes.page_cases:
        with database(scratch, "pages"):
            state = make_busy_state(items, languages)
            for name, spent, cpu, statements in _pages(state, sizes.repeats):
                yield (
                    f"pages: {items * languages:>9,} translations  {name:<16} {spent:>7.1f} ms (goal {GOAL})"
                    f"   {cpu:>6.1f} ms CPU   {statements} statements"
                )
            yield from measure_sweeps(state, f"{items * languages:>9,} translations")


def make_busy_state(items: int, languages: int) -> State:
    """This function will make a campaign in the middle of its work, with a pass that found flags, and a release."""
    from review.tasks import fold_counts

    unchecked = items * languages > CHECKED
    state = make_state(items=items, languages=languages, sensitivity=1, unchecked=unchecked)
    judge(state, share=0.5, unchecked=unchecked)
    settle(state, every=80, unchecked=unchecked)
    run(_PASS, {"benchmark": state.benchmark, "now": NOW})
    run(_CHUNKS, {"now": NOW})
    run(_FLAGS, {})
    run(_RELEASE, {"campaign": state.campaign, "now": NOW})
    if unchecked:
        run("INSERT INTO review_tasktouched (task_id) SELECT id FROM annotation_task", {})
    while run("SELECT 1 FROM review_tasktouched LIMIT 1", {}):
        fold_counts()
    run(
        "VACUUM ANALYZE review_taskstanding, review_queuecount, review_tasktouched, flagging_flag, flagging_chunk",
        {},
    )
    return state


def _pages(state: State, repeats: int) -> Iterator[tuple[str, float, float, int]]:
    from flagging.models import ModelPass
    from people.models import Contributor

    manager = Contributor.objects.get(pk=state.manager)
    annotator = Contributor.objects.get(pk=state.annotators[0])
    one_pass = ModelPass.objects.latest("pk").public_id
    pages = {
        "home": (annotator, "/"),
        "review queue": (manager, "/review/queue/"),
        "its next page": (manager, _next_of(manager)),
        "campaigns": (manager, "/review/progress/"),
        "a campaign": (manager, "/review/progress/bench/"),
        "source reports": (manager, "/review/source-reports/"),
        "checks": (manager, "/checks/"),
        "a pass": (manager, f"/checks/{one_pass}/"),
        "findings": (manager, f"/checks/{one_pass}/blank_option/"),
        "releases": (manager, "/releases/"),
    }
    for name, (person, address) in pages.items():
        yield name, *_timed(person, address, repeats)


def _next_of(manager: Any) -> str:
    from review.queries import review_queue

    cursor = review_queue(manager).next
    return f"/review/queue/?at={cursor}" if cursor else "/review/queue/"


def _timed(person: Any, address: str, repeats: int) -> tuple[float, float, int]:
    from django.db import connection
    from django.test import Client

    client = Client()
    client.force_login(person.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    statements: list[str] = []

    def note(execute: Any, statement: str, *rest: Any) -> Any:
        statements.append(statement)
        return execute(statement, *rest)

    # The first one compiles the templates, the second counts.
    client.get(address, HTTP_HOST="localhost")
    with connection.execute_wrapper(note):
        answer = client.get(address, HTTP_HOST="localhost")
    if answer.status_code != 200:
        raise RuntimeError(f"{address} answered {answer.status_code}")
    spent = []
    backend = connection.connection.info.backend_pid
    before = time.process_time() + cpu_seconds(backend)
    for _ in range(repeats):
        started = time.perf_counter()
        client.get(address, HTTP_HOST="localhost")
        spent.append((time.perf_counter() - started) * 1000)
    cpu = (time.process_time() + cpu_seconds(backend) - before) / repeats * 1000
    return median(spent), cpu, len(statements)


_PASS = """
INSERT INTO flagging_modelpass (benchmark_id, language_id, detectors, statistics, requested_at, finished_at)
SELECT %(benchmark)s, language_id, '{"blank_option": 1}', '{}', %(now)s, %(now)s
FROM annotation_campaignlanguage ORDER BY language_id
"""
_CHUNKS = """
INSERT INTO flagging_chunk (model_pass_id, number, kind, system, version_ids, attempts, last_error, queued_at, done_at)
SELECT p.id, r.number, 'rows', 'mt-alpha', r.ids, 1, '', %(now)s, %(now)s
FROM flagging_modelpass p CROSS JOIN LATERAL (
    SELECT place / 500 AS number, array_agg(version) AS ids FROM (
        SELECT t.current_version_id AS version, row_number() OVER (ORDER BY t.id) AS place FROM corpus_translation t
        WHERE t.language_id = p.language_id) placed
    GROUP BY 1) r
"""
# One text in ten, in one of its fields.
_FLAGS = """
INSERT INTO flagging_flag (model_pass_id, translation_version_id, detector, detector_version, field, severity, params,
    spans)
SELECT p.id, t.current_version_id, 'blank_option', 1, 'question', 'suspect', '{"letter": "A"}', '[]'
FROM flagging_modelpass p JOIN corpus_translation t ON t.language_id = p.language_id AND t.id %% 10 = 0
"""
_RELEASE = """
INSERT INTO exports_release (campaign_id, version, text_rule, label_rule, code_version, options, counts, licence,
    made_at)
SELECT %(campaign)s, n::text, '2', '1', 'bench', '{}', '{}', '', %(now)s FROM generate_series(1, 30) n
"""
