"""What flagging does when texts arrive: check them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.dispatch import receiver

from common import clock
from corpus.models import Benchmark
from corpus.signals import versions_imported
from flagging.actions.passes import request_pass
from flagging.progress import Write, see_through


@receiver(versions_imported)
def check_new_texts(benchmark_id: int, language: str, **_: Any) -> Callable[[Write], bool]:
    """This function will ask for a pass over the language and return how a command can see it through."""
    benchmark = Benchmark.objects.get(pk=benchmark_id)
    return partial(
        see_through, request_pass(benchmark=benchmark, language=language, by=None, now=clock.now())
    )
