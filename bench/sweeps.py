"""What runs by the clock whether there is work or not, on the state that the pages are measured on.

CPU time counts here, not patience: a sweep every ten minutes that takes a second of one core takes 0.2 % of it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

from bench.gauges import cpu_seconds
from bench.states import State


def measure_sweeps(state: State, size: str) -> Iterator[str]:
    """This function will yield a line for each sweep with nothing to do, and one for a queue put in order."""
    from django.db import connection

    backend = connection.connection.info.backend_pid
    for name, every, sweep in _sweeps(state):
        started, before = time.perf_counter(), time.process_time() + cpu_seconds(backend)
        sweep()
        spent = time.perf_counter() - started
        cpu = time.process_time() + cpu_seconds(backend) - before
        often = f"every {every:,.0f} s: {cpu / every:.2%} of a core" if every else "after each pass"
        yield f"sweeps: {size}  {name:<22} {spent * 1000:>9.1f} ms   {cpu * 1000:>7.0f} ms CPU   {often}"


def _sweeps(state: State) -> list[tuple[str, float, Callable[[], Any]]]:
    from annotation.actions.claims import free_expired_leases
    from annotation.actions.ordering import order_queue
    from annotation.actions.stale import reopen_stale_slots
    from annotation.models import Campaign
    from common import clock
    from config.celery import app
    from review.actions import open_undecided
    from review.tasks import fold_counts

    every = {entry["task"]: float(entry["schedule"]) for entry in app.conf.beat_schedule.values()}
    campaign = Campaign.objects.get(pk=state.campaign)
    return [
        ("stale slots", every["annotation.reopen_stale_slots"], lambda: reopen_stale_slots(now=clock.now())),
        ("undecided tasks", every["review.open_undecided"], open_undecided),
        (
            "expired leases",
            every["annotation.free_expired_leases"],
            lambda: free_expired_leases(now=clock.now()),
        ),
        ("counts", every["review.fold_counts"], fold_counts),
        (
            "one queue in order",
            0,
            lambda: order_queue(campaign=campaign, kind="verification", language=state.languages[0]),
        ),
    ]
