"""kill -9 of a model worker at random points of a pass, every message sent twice: the rows of a clean run.

`make faults-model` runs it on the 14,042 translations of the real data where these are there, else on made-up ones.
Run under `python -m launcher exec --`, on servers of its own.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

SCORER = "qe-xlmr-large"
PATIENCE_SECONDS = 1800


def main() -> int:
    """This function will run the campaign, print its figures, and return 1 when a row differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--items", type=int, default=14_042)
    parser.add_argument("--seed", type=int, default=15065)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="isogloss-models-") as folder:
        os.environ["ISOGLOSS_MODELS"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
        os.environ.setdefault("OMP_NUM_THREADS", "2")
        import django

        django.setup()
        return Campaign(Path(folder), asked.items, random.Random(asked.seed)).run(asked.kills)


class Campaign:
    """One benchmark, a pass over it that is broken into again and again, and one that is left alone."""

    def __init__(self, models: Path, items: int, draw: random.Random) -> None:
        self.models, self.items, self.draw = models, items, draw

    def run(self, kills: int) -> int:
        """This function will do both passes and compare their rows."""
        self.prepare()
        began = time.monotonic()
        died = self.broken_pass(kills)
        broken, seconds = rows(self.latest()), time.monotonic() - began
        self.clean_pass()
        differing = differences(broken, rows(self.latest()))
        print(
            f"{self.items} translations, {died} workers killed in {seconds:.0f} s, every message sent twice: "
            f"{sum(map(len, broken.values()))} rows, {differing} differ from a clean run.",
            flush=True,
        )
        return 1 if differing or died < kills else 0

    def prepare(self) -> None:
        """This function will make tables, a small model, the items and their translations."""
        from django.core.management import call_command

        from tests.flagging.scorers import tiny

        call_command("migrate", verbosity=0)
        tiny.save_xlmr(self.models / SCORER)
        items, translations = _files(self.models, self.items)
        call_command("import_items", str(items), "--benchmark", "quiz", "--language", "en", stdout=_silence())
        call_command(
            "import_translations", str(translations), "--benchmark", "quiz", "--language", "ar", "--system",
            "mt", stdout=_silence(),
        )  # fmt: skip

    @staticmethod
    def latest() -> int:
        """This function will return the id of the pass that was asked for last."""
        from flagging.models import ModelPass

        return ModelPass.objects.latest("pk").pk

    def ask(self) -> int:
        """This function will ask for a pass with the small model and return its id."""
        from common import clock
        from corpus.models import Benchmark
        from flagging.actions.passes import request_pass

        benchmark = Benchmark.objects.get(slug="quiz")
        return request_pass(benchmark=benchmark, language="ar", by=None, now=clock.now(), scorers=[SCORER]).pk

    def broken_pass(self, kills: int) -> int:
        """This function will kill a worker whenever a drawn share of the chunks is done, until the pass has ended."""
        from flagging.models import Chunk

        chosen = self.ask()
        chunks = Chunk.objects.filter(model_pass=chosen).count()
        points = sorted(self.draw.sample(range(1, chunks), min(kills, chunks - 1)))
        died = 0
        worker = _worker()
        try:
            for done in _progress(chosen):
                if died < len(points) and done >= points[died]:
                    # Somewhere within the work on the next chunk.
                    time.sleep(self.draw.random() * 0.5)
                    _kill(worker)
                    died += 1
                    print(f"  killed at {done} of {chunks} chunks", flush=True)
                    worker = _worker()
        finally:
            _kill(worker)
        return died

    def clean_pass(self) -> None:
        """This function will take away what was scored and do the whole pass once in this process."""
        from django.db import connection

        from flagging.models import ModelPass
        from flagging.progress import see_through

        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE flagging_score, flagging_suspicion, flagging_flag, flagging_candidate")
        model_pass = ModelPass.objects.get(pk=self.ask())
        if not see_through(model_pass, lambda line: None):
            raise SystemExit("The clean pass failed; its page says why.")


def _files(folder: Path, count: int) -> tuple[Path, Path]:
    """Items and their Arabic: the real ones, or made-up ones where these are not there."""
    real = Path(os.environ.get("ISOGLOSS_DATA") or Path(__file__).resolve().parents[3] / "shared" / "data")
    sides = (real / "mmlu-en" / "en.test.jsonl.gz", real / "mmlu-ar" / "ar.test.jsonl.gz")
    made = (folder / "items.jsonl", folder / "translations.jsonl")
    for path, source, language in zip(made, sides, ("en", "ar"), strict=True):
        lines = _lines(source, count) if source.exists() else _made_up(count, language)
        path.write_text("".join(lines), encoding="utf-8")
    return made


def _lines(source: Path, count: int) -> Iterator[str]:
    with gzip.open(source, "rt", encoding="utf-8") as file:
        for _, line in zip(range(count), file, strict=False):
            yield line


def _made_up(count: int, language: str) -> Iterator[str]:
    word = "ما هو النهر" if language == "ar" else "Which river"
    for number in range(count):
        row = {
            "sample_id": f"quiz/test/{number}",
            "subject": "quiz",
            "subject_category": "Other",
            "answer": "A",
        }
        texts = {"question": f"{word} {number} " + f"{word} " * (number % 23)}
        options = {f"option_{letter}": f"{letter} {word} {number}" for letter in "abcd"}
        yield json.dumps({**row, **texts, **options}, ensure_ascii=False) + "\n"


def _silence() -> object:
    return Path(os.devnull).open("w", encoding="utf-8")


def _worker() -> subprocess.Popen[bytes]:
    command = [
        sys.executable, "-m", "celery", "-A", "config.celery", "worker", "-Q", "model,checks", "--pool=solo",
        "-l", "ERROR", "--without-gossip", "--without-mingle",
    ]  # fmt: skip
    return subprocess.Popen(command, start_new_session=True, stdout=subprocess.DEVNULL)


def _kill(worker: subprocess.Popen[bytes]) -> None:
    if worker.poll() is None:
        os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()


def _progress(pass_id: int) -> Iterator[int]:
    """How many chunks are done, again and again until the pass has ended; every message goes out twice."""
    from common import clock
    from common.queue import enqueue
    from flagging.actions.chunks import begun_or_can_be, resend_waiting_chunks
    from flagging.models import Chunk, ModelPass

    until = time.monotonic() + PATIENCE_SECONDS
    told = 0.0
    while ModelPass.objects.filter(pk=pass_id, finished_at=None).exists():
        if time.monotonic() > until:
            raise SystemExit(f"The pass has not ended within {PATIENCE_SECONDS} s.")
        if time.monotonic() - told > 3:
            told = time.monotonic()
            waiting = begun_or_can_be().filter(model_pass=pass_id)
            plain = list(waiting.exclude(kind=Chunk.Kind.SCORES).values_list("pk", flat=True))
            enqueue("flagging.run_chunk", plain * 2)
            enqueue("flagging.serve_pass", [pass_id] * 2, expires=10)
            resend_waiting_chunks(now=clock.now() + timedelta(minutes=5))
        yield Chunk.objects.filter(model_pass=pass_id, done_at__isnull=False).count()
        time.sleep(0.1)


def rows(pass_id: int) -> dict[str, list[tuple[object, ...]]]:
    """This function will return all that a pass has written, by table, without what names the pass."""
    from flagging.models import Flag, Score, Suspicion

    found = {
        "flags": Flag.objects.filter(model_pass=pass_id).values_list(
            "translation_version", "detector", "field", "severity", "params"
        ),
        "scores": Score.objects.filter(model_pass=pass_id).values_list(
            "translation_version", "detector", "field", "value", "truncated", "note"
        ),
        "suspicions": Suspicion.objects.filter(model_pass=pass_id).values_list(
            "translation_version", "tier", "value", "signal", "by_model"
        ),
    }
    return {name: sorted((_plain(row) for row in each), key=repr) for name, each in found.items()}


def _plain(row: tuple[object, ...]) -> tuple[object, ...]:
    return tuple(
        round(one, 5)
        if isinstance(one, float)
        else json.dumps(one, sort_keys=True)
        if isinstance(one, dict)
        else one
        for one in row
    )


def differences(one: dict[str, list[tuple[object, ...]]], other: dict[str, list[tuple[object, ...]]]) -> int:
    """This function will count the rows that stand on one side alone, doubled ones too."""
    from collections import Counter

    return sum(
        sum(
            (
                (Counter(one[name]) - Counter(other[name])) + (Counter(other[name]) - Counter(one[name]))
            ).values()
        )
        for name in one
    )


if __name__ == "__main__":
    sys.exit(main())
