"""Throwaway data directories, and a stand-in for the project: the smallest site, worker and commands."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from launcher import Places

PROJECT_ROOT = Path(__file__).resolve().parents[2]

STAND_IN = {
    "requirements.txt": "",
    "common/static/style.css": "",
    "manage.py": """
import os, sys
import psycopg
if sys.argv[1] == "collectstatic":
    with open(os.path.join(os.environ["DATA_DIR"], "collected"), "a") as file:
        print("once", file=file)
    sys.exit()
with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
    if sys.argv[1] == "migrate":
        connection.execute("CREATE TABLE IF NOT EXISTS note (text text)")
    elif sys.argv[1:] == ["load_sample"] and os.environ.get("DEBUG") == "false":
        print("DEBUG is off, so it is left out.")
        sys.exit(69)
    elif sys.argv[1:] == ["load_sample"]:
        connection.execute("INSERT INTO note VALUES ('sample')")
    elif sys.argv[1:] == ["load_sample", "--show"]:
        print("Sign in as mia@example.org")
""",
    "config/__init__.py": "",
    "config/gunicorn.py": """
import os
bind = f"127.0.0.1:{os.environ['PORT']}"
worker_class = "gthread"
control_socket_disable = True
""",
    "config/wsgi.py": """
import os
import psycopg

def application(environ, start_response):
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        rows = connection.execute("SELECT text FROM note ORDER BY text").fetchall()
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [",".join(text for (text,) in rows).encode()]
""",
    "config/celery.py": """
import os, time
import psycopg
from celery import Celery

app = Celery(broker=os.environ["BROKER_URL"])
app.conf.update(task_acks_late=True, worker_prefetch_multiplier=1, task_default_queue="checks",
                task_ignore_result=True)

@app.task
def note(text, seconds=0):
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute("INSERT INTO note VALUES (%s)", [text + " begun"])
        time.sleep(seconds)
        connection.execute("INSERT INTO note VALUES (%s)", [text + " done"])
""",
}

DRIVER = """
import sys
from pathlib import Path
from launcher.console import Console
from launcher.errors import LauncherError
from launcher.run import Installation, listen_to_stop_signals
listen_to_stop_signals()
try:
    Installation(Path(sys.argv[1]), int(sys.argv[2]), Console(), Path(sys.argv[3])).run()
except LauncherError as error:
    print(error, flush=True)
    sys.exit(1)
"""


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """A fresh data directory with its folders made."""
    found = Places(tmp_path / "data")
    found.create()
    return found


@pytest.fixture
def no_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test run's own servers forgotten: what is tested here starts servers itself."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("BROKER_URL", raising=False)


@pytest.fixture
def stand_in(tmp_path: Path) -> Path:
    """A project root with stand-ins for manage.py, the site and the tasks."""
    root = tmp_path / "project"
    for name, text in STAND_IN.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def free_port() -> int:
    """Return a port nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Run:
    """A launcher running the stand-in, and what it printed."""

    def __init__(self, data: Path, port: int, root: Path, output: Path) -> None:
        self.places = Places(data)
        self.address = f"http://127.0.0.1:{port}/"
        self._output = output
        left_out = {"DATABASE_URL", "BROKER_URL", "DJANGO_SETTINGS_MODULE"}
        environment = {name: value for name, value in os.environ.items() if name not in left_out}
        with output.open("wb") as file:
            self.process = subprocess.Popen(
                [sys.executable, "-c", DRIVER, str(data), str(port), str(root)],
                env={**environment, "PYTHONPATH": str(PROJECT_ROOT)},
                cwd=root,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def output(self) -> str:
        return self._output.read_text()

    def wait_until(self, ready: Callable[[], bool], seconds: float = 60) -> None:
        """Wait for something to come true; fail with the output when it does not."""
        deadline = time.monotonic() + seconds
        while not ready():
            assert time.monotonic() < deadline, self.output
            time.sleep(0.1)

    def wait_for_line(self, text: str) -> None:
        self.wait_until(lambda: text in self.output or self.process.poll() is not None)
        assert text in self.output, self.output


@pytest.fixture
def start_run(tmp_path: Path, stand_in: Path) -> Iterator[Callable[..., Run]]:
    """Start launchers on the stand-in; those still running at the end are stopped."""
    runs: list[Run] = []

    def start(*, data: str = "data", port: int | None = None) -> Run:
        output = tmp_path / f"output-{len(runs)}"
        runs.append(Run(tmp_path / data, port or free_port(), stand_in, output))
        return runs[-1]

    yield start
    for run in runs:
        if run.process.poll() is None:
            run.process.terminate()
            run.process.wait(120)
