"""The sample's texts on their way in: imported from the files beside this module, then checked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from common.languages import find
from corpus.actions.imports import run_import
from corpus.actions.requests import ImportRequest, Outcome, Watch
from corpus.formats import RowError
from corpus.models import Benchmark, Import, Origin
from demo import queries
from demo.errors import SampleError
from demo.lab import WORKSPACE, Lab
from demo.script import DATA, LANGUAGES, SOURCE_LANGUAGE, TRANSLATIONS
from flagging.actions.passes import request_pass
from flagging.models import ModelPass
from flagging.progress import see_through

LICENCE, MAKER = "apache-2.0", "Isogloss"
Write = Callable[[str], object]


class _Refusals(Watch):
    """Tells every refused row."""

    def __init__(self, write: Write) -> None:
        self.write = write

    def on_refused(self, row: RowError) -> None:
        """This function will write `file:line: field: message`."""
        self.write(f"refused {row}")


def import_texts(*, benchmark: str, lab: Lab, now: datetime, write: Write) -> Benchmark:
    """This function will import the items, all translations and the published votes, and return the benchmark.

    What is there already stays as it is. Raises `SampleError` where a row is refused.
    """
    for request in _requests(benchmark):
        outcome = run_import(request=request, by=lab.manager, now=now, watch=_Refusals(write))
        write(_told(request, outcome))
        if outcome.counts.get("refused"):
            raise SampleError(
                f"{request.files[0].name} has rows that cannot be imported; put it back as it was."
            )
    return Benchmark.objects.get(workspace=lab.workspace, slug=benchmark)


def _requests(benchmark: str) -> Iterator[ImportRequest]:
    def request(
        kind: Import.Kind, name: str, language: str, system: str = "", origin: str = ""
    ) -> ImportRequest:
        return ImportRequest(
            kind=kind, benchmark=benchmark, workspace=WORKSPACE, language=language, files=(DATA / name,),
            system=system, origin=origin, licence=LICENCE, maker=MAKER,
        )  # fmt: skip

    yield request(Import.Kind.ITEMS, "items.jsonl", SOURCE_LANGUAGE)
    yield request(Import.Kind.ANNOTATIONS, "votes.jsonl", SOURCE_LANGUAGE)
    for language, system, name in TRANSLATIONS:
        yield request(Import.Kind.TRANSLATIONS, name, language, system, Origin.MACHINE)


def _told(request: ImportRequest, outcome: Outcome) -> str:
    what = f"{find(request.language).name} {request.system}".strip()
    if request.kind == Import.Kind.ANNOTATIONS:
        return f"  {what}: published votes on {outcome.counts['read']} items"
    news = outcome.counts.get("created", 0)
    return f"  {what}: {outcome.counts['read']} rows, {news or 'none'} of them new"


def check_texts(*, benchmark: Benchmark, lab: Lab, clock: Callable[[], datetime], write: Write) -> None:
    """This function will see every pass over the benchmark to its end, asking for those that nobody asked for.

    Raises `SampleError` where a pass fails.
    """
    seen = 0
    for language in (SOURCE_LANGUAGE, *LANGUAGES):
        if not queries.passes(benchmark, language).exists():
            request_pass(benchmark=benchmark, language=language, by=lab.manager, now=clock())
        for model_pass in queries.unended_passes(benchmark, language):
            _see_through(model_pass, write)
            seen += 1
    if not seen:
        write("All texts are checked already; the page Checks shows what was found.")


def _see_through(model_pass: ModelPass, write: Write) -> None:
    if not see_through(model_pass, write):
        raise SampleError(
            f"The checks of {model_pass.language_id} failed; the page of the pass (Checks) says where and why."
        )
