"""The site as gunicorn serves it, on the database that Django is set up on, for tests that come through HTTP."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

from django.db import connection

PROJECT_ROOT = Path(__file__).resolve().parents[1]
START_SECONDS = 90


def database_url() -> str:
    """This function will return the address of the database that Django talks to, as settings read it."""
    known = connection.get_connection_params()
    place = {name: str(known[name]) for name in ("user", "password", "host", "port") if known.get(name)}
    return f"postgresql:///{known['dbname']}?{urlencode(place)}"


def free_port() -> int:
    """This function will return a port nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def gunicorn(folder: Path, **environment: str) -> Iterator[int]:
    """This function will serve the site for the time of the block and give its port; `folder` takes its files."""
    port, log = free_port(), folder / "gunicorn.log"
    folder.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as out:
        # The broker has no part in what is served here.
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.py", "config.wsgi"],
            cwd=PROJECT_ROOT, stdout=out, stderr=subprocess.STDOUT,
            env={**os.environ, "DATABASE_URL": database_url(), "PORT": str(port), "DATA_DIR": str(folder),
                 "SECRET_KEY": secrets.token_urlsafe(50), "DEBUG": "false",
                 "BROKER_PERSISTENCE_CHECKED_ELSEWHERE": "1", "LOG_LEVEL": "ERROR", **environment},
        )  # fmt: skip
    try:
        _wait(process, port, log)
        yield port
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError(f"gunicorn did not serve:\n{log.read_text(errors='replace')[-3000:]}")
