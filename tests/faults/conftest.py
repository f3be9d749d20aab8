"""A database and storages on which tasks are run again and again from the same start."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from config.celery import app
from tests.conftest import NOW
from tests.faults.doomed import Broker, in_processes, later
from tests.faults.snapshots import Snapshot, empty_everything, files_in, snapshot
from tests.faults.task_cases import Case

app.loader.import_default_modules()


@dataclass
class Stage:
    """A database and storages to run tasks on, as often as is wanted from the same start."""

    broker: Broker
    folders: tuple[Path, ...]

    def begin(self, case: Case) -> list[Any]:
        """This function will make the case's work anew, and return the task's arguments."""
        empty_everything(*self.folders)
        with self.broker.takes(lambda: None):
            arguments = case.prepare()
        self.broker.flush()
        return arguments

    def run(self, task: str, arguments: list[Any], *, at: datetime = NOW, **how: int) -> int | None:
        """This function will run a task in processes of its own; returns its steps, None for a killed one."""
        return in_processes(lambda: app.tasks[task](*arguments), broker=self.broker, at=at, **how)

    def deliver(self) -> None:
        """This function will run every task that was sent, and those that they send, until none is left."""
        while messages := self.broker.messages():
            self.broker.flush()
            for task, arguments in messages:
                self.run(task, arguments, at=later(NOW))

    def sweep(self) -> None:
        """This function will run what the beat runs, at an instant when all that was lost counts as lost."""
        swept = [entry["task"] for entry in app.conf.beat_schedule.values()]

        def all_of_them() -> None:
            for task in swept:
                app.tasks[task]()

        in_processes(all_of_them, broker=self.broker, at=later(NOW))

    def end_state(self, case: Case) -> Snapshot:
        """This function will return what there is: rows, files, and what was sent at least once."""
        sent = {(name, len(arguments)) for name, arguments in self.broker.messages()}
        files = {folder.name: [(len(files_in(folder)),)] for folder in self.folders}
        return {**snapshot(case.ignored, case.traces), **files, "sent": sorted(sent)}


@pytest.fixture
def stage(transactional_db: None, settings: Any, tmp_path: Path) -> Stage:
    folders = tmp_path / "uploads", tmp_path / "releases"
    for folder in folders:
        folder.mkdir()
        storage = settings.STORAGES[folder.name]
        settings.STORAGES = {
            **settings.STORAGES,
            folder.name: {**storage, "OPTIONS": {**storage.get("OPTIONS", {}), "location": str(folder)}},
        }
    return Stage(Broker(tmp_path / "broker"), folders)
