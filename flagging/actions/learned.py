"""What a set teaches about its own translations: the surface score, and the head's where one is switched on."""

from __future__ import annotations

from flagging.models import Chunk, Score


def learned_scores(chunk: Chunk) -> list[Score]:
    raise NotImplementedError
