"""A model worker at a pass: chunk after chunk, two at once where that keeps the device busy; and its signs of life."""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from importlib import import_module

from django.db import connection, connections
from django.db.models import Q

from common import clock
from flagging.actions.chunks import run_one, tell_model_workers
from flagging.models import MOST_ATTEMPTS, Chunk, Worker
from flagging.scorers import ScorerError

# Below the time after which the broker delivers a message again, so that other passes get their turn too.
SERVE_SECONDS = 40.0
SIGN_OF_LIFE_EVERY = 10.0
# In one go at a pass; one chunk that cannot be done is given up within them.
MOST_FAILURES = MOST_ATTEMPTS

logger = logging.getLogger("isogloss.model")


def serve_pass(pass_id: int, *, seconds: float = SERVE_SECONDS, lanes: int | None = None) -> int:
    """This function will score chunks of a pass until none waits or the time is over, and return how many it did.

    With two lanes one chunk is read and written while the other is on the device. A chunk that fails keeps its
    reason and is tried again later; the others go on.
    """
    until = time.monotonic() + seconds
    lanes = lanes or lanes_for(device())
    if lanes == 1:
        return _lane(pass_id, until)
    with ThreadPoolExecutor(lanes, thread_name_prefix="lane") as pool:
        return sum(pool.map(lambda _: _own_connection(pass_id, until), range(lanes)))


def lanes_for(device_name: str) -> int:
    """This function will return how many chunks to have in hand at once: on a processor everything shares it."""
    return 1 if device_name == "cpu" else 2


def _own_connection(pass_id: int, until: float) -> int:
    try:
        return _lane(pass_id, until)
    finally:
        connections.close_all()


def _lane(pass_id: int, until: float) -> int:
    which = Q(model_pass=pass_id, kind=Chunk.Kind.SCORES, attempts__lt=MOST_ATTEMPTS)
    done = failed = 0
    while time.monotonic() < until and failed < MOST_FAILURES:
        try:
            chunk = run_one(which, now=clock.now(), among_others=True)
        except ScorerError as error:
            logger.warning("This worker cannot serve pass %s: %s", pass_id, error)
            if error.is_of_this_machine:
                break
        except Exception:
            # The reason is on the chunk; its tries are counted. A worker that always fails must not use them up.
            logger.exception("A chunk of a model pass failed.")
            failed += 1
        else:
            if chunk is None:
                break
            done += 1
    return done


def device() -> str:
    """This function will name the device that models run on here, as `flagging.scorers` chooses it."""
    opening = import_module("flagging.scorers.opening")
    name: str = opening.device_name(opening.chosen_device("auto"))
    return name


def worker_name() -> str:
    """This function will name this process among the model workers."""
    return f"{socket.gethostname()}:{os.getpid()}"


def sign_of_life(*, device_name: str, now: datetime) -> None:
    """This function will note that this process serves the queue `model`. One statement."""
    Worker.objects.update_or_create(
        name=worker_name(),
        defaults={"device": device_name, "seen_at": now},
        create_defaults={"device": device_name, "seen_at": now, "started_at": now},
    )


def begin_work() -> None:
    """This function will give signs of life from now on, in a thread, and have waiting passes told to this worker."""
    name = device()
    sign_of_life(device_name=name, now=clock.now())
    tell_model_workers(now=clock.now())
    threading.Thread(target=_live, args=[name], name="signs of life", daemon=True).start()


def _live(name: str) -> None:
    while True:
        time.sleep(SIGN_OF_LIFE_EVERY)
        try:
            sign_of_life(device_name=name, now=clock.now())
        except Exception:
            # A database that is away comes back; until then the page rightly says that no worker is seen.
            logger.warning("The database did not take a sign of life.", exc_info=True)
            connection.close()


def end_work() -> None:
    """This function will say that this process serves no longer."""
    Worker.objects.filter(name=worker_name()).delete()
