"""What flagging does when texts arrive: check them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.dispatch import receiver

from common import clock
from corpus.models import Benchmark, Translation
from corpus.signals import versions_imported, versions_replaced
from flagging.actions.passes import request_pass
from flagging.progress import Write, see_through


@receiver(versions_imported)
def check_new_texts(benchmark_id: int, language: str, **_: Any) -> Callable[[Write], bool]:
    """This function will ask for a pass over the language and return how a command can see it through."""
    benchmark = Benchmark.objects.get(pk=benchmark_id)
    return partial(
        see_through, request_pass(benchmark=benchmark, language=language, by=None, now=clock.now())
    )


@receiver(versions_replaced)
def check_translations_of_new_sources(benchmark_id: int, language: str, **_: Any) -> None:
    """This function will ask for a pass over every language whose source texts were replaced."""
    benchmark = Benchmark.objects.get(pk=benchmark_id)
    if language != benchmark.source_language_id:
        return
    translated = Translation.objects.filter(item__benchmark=benchmark).values_list("language", flat=True)
    for tag in translated.distinct():
        request_pass(benchmark=benchmark, language=tag, by=None, now=clock.now(), cut_later=True)
