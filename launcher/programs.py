"""The programs of the installation beside its servers: web, workers and beat."""

import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from launcher.places import Places
from launcher.processes import Program

# A task ends within 60 s and the pool's hard limit is 90 s, so a worker asked to stop is done by then.
WORKER_PATIENCE = 95.0

# In the order of stopping: nothing new comes in, then what is under way is finished (by both workers at once).
STOP_ORDER = (("web",), ("imports", "checks"), ("beat",))


def programs(root: Path, places: Places, environment: Mapping[str, str]) -> list[Program]:
    """Return web, the two workers and beat, in the order of starting: the first page comes first."""
    return [
        _web(root, places, environment),
        _worker("imports", "imports", root, places, environment),
        # `celery` is where a task lands that names no queue.
        _worker("checks", "checks,celery", root, places, environment),
        _beat(root, places, environment),
    ]


def _web(root: Path, places: Places, environment: Mapping[str, str]) -> Program:
    return Program(
        name="web",
        command=[sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.py", "config.wsgi"],
        log=places.logs / "web.log",
        environment=environment,
        folder=root,
        orphan_signal=signal.SIGQUIT,
        patience=30,
    )


def _worker(name: str, queues: str, root: Path, places: Places, environment: Mapping[str, str]) -> Program:
    options = [
        "-Q",
        queues,
        "-n",
        f"{name}@%h",
        "-c",
        "1",
        "-l",
        "WARNING",
        "--without-gossip",
        "--without-mingle",
    ]
    return Program(
        name=name,
        command=[sys.executable, "-m", "celery", "-A", "config.celery", "worker", *options],
        log=places.logs / f"{name}.log",
        # Beside the web's, which shows the figures of all (config/metrics.py).
        environment={**environment, "PROMETHEUS_MULTIPROC_DIR": str(places.root / "metrics" / name)},
        folder=root,
        # Cold shutdown: the task goes back to the broker, which keeps it.
        orphan_signal=signal.SIGQUIT,
        patience=WORKER_PATIENCE,
    )


def _beat(root: Path, places: Places, environment: Mapping[str, str]) -> Program:
    # No pid file: after kill -9 a stale one would keep beat from starting.
    options = ["-s", str(places.root / "beat-schedule"), "--pidfile", "", "-l", "WARNING"]
    return Program(
        name="beat",
        command=[sys.executable, "-m", "celery", "-A", "config.celery", "beat", *options],
        log=places.logs / "beat.log",
        environment=environment,
        folder=root,
    )
