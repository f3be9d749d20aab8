"""How much is measured: the usual run, the full one, and the tiny one by which a test sees that all runs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sizes:
    """Rows, people and seconds. `languages` × `items` translations make the large case."""

    import_rows: tuple[int, ...] = (14_042, 100_000)
    release_items: int = 14_042
    page_cases: tuple[tuple[int, int], ...] = ((14_042, 1),)
    people: tuple[int, ...] = (8, 32, 128)
    pair_items: int = 24_000
    pair_seconds: int = 30
    pair_interval: float = 5.0
    own_judgements: int = 20_000
    large_tasks: tuple[int, int] | None = None
    repeats: int = 15
    served_pairs: int = 512


USUAL = Sizes()
FULL = Sizes(page_cases=((14_042, 1), (25_000, 40)), large_tasks=(25_000, 40))
TINY = Sizes(
    import_rows=(60,),
    release_items=40,
    page_cases=((40, 2),),
    people=(2,),
    pair_items=300,
    pair_seconds=1,
    served_pairs=40,
    pair_interval=0.5,
    own_judgements=20,
    repeats=1,
)
