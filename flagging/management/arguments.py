"""What commands about passes are told: benchmarks, languages, scorers, a file of ids."""

from __future__ import annotations

from pathlib import Path

from django.core.management.base import CommandError

from common.languages import UnknownLanguageError, find
from common.models import Workspace
from corpus.models import Benchmark
from flagging import order_queries
from flagging.scorers import entry


def benchmark_named(name: str) -> Benchmark:
    """This function will return the benchmark of a name, or of workspace/name where two workspaces have one.

    `CommandError` where there is none, or more than one.
    """
    workspace, _slash, slug = name.rpartition("/")
    found = list(
        Benchmark.objects.filter(slug=slug, **({"workspace__slug": workspace} if workspace else {}))[:2]
    )
    if not found:
        raise CommandError(f"There is no benchmark {name!r}. Import its items first.")
    if len(found) > 1:
        raise CommandError(f"Several workspaces have a benchmark {name!r}. Name it as WORKSPACE/{name}.")
    return found[0]


def workspace_named(slug: str | None) -> Workspace:
    """This function will return the workspace of a slug, or the only one there is; `CommandError` names those there
    are."""
    found = list(Workspace.objects.all() if slug is None else Workspace.objects.filter(slug=slug))
    if len(found) != 1:
        there = ", ".join(Workspace.objects.values_list("slug", flat=True)) or "none"
        raise CommandError(f"Name one workspace of those there are: {there}.")
    return found[0]


def language_named(name: str) -> str:
    """This function will return the tag of a language; `CommandError` for one that is not known."""
    try:
        return find(name).tag
    except UnknownLanguageError as error:
        raise CommandError(str(error)) from None


def listed(value: str) -> tuple[str, ...]:
    """This function will return the parts of a list with commas, each once, in order."""
    return tuple(dict.fromkeys(part.strip() for part in value.split(",") if part.strip()))


def scorers_named(names: str) -> tuple[str, ...]:
    """This function will return the names of scorers; `CommandError` for one there is not."""
    try:
        return tuple(entry(name).name for name in listed(names))
    except KeyError as error:
        raise CommandError(str(error.args[0])) from None


def items_in(file: Path, benchmark: Benchmark) -> tuple[int, ...]:
    """This function will return the ids of the items a file names, one a line; `CommandError` names a line that names
    none."""
    try:
        lines = [line.strip() for line in file.read_text(encoding="utf-8").splitlines()]
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{file} cannot be read: {error}") from None
    known = order_queries.ids_of_items(benchmark, {line for line in lines if line})
    if unknown := order_queries.unknown_lines(lines, known):
        number, line = unknown[0]
        raise CommandError(
            f"{file}:{number}: {benchmark.slug} has no item {line!r} ({len(unknown)} such lines). Name items by the "
            "ids they were published with."
        )
    if not known:
        raise CommandError(f"{file} names no item. Put one id on each line.")
    return tuple(known.values())
