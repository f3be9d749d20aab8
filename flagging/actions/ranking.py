"""Several systems, one arbiter: the translations of an item put in order, the best to be offered first."""

from __future__ import annotations

from flagging.models import Candidate, Chunk


def candidates(chunk: Chunk) -> list[Candidate]:
    raise NotImplementedError
