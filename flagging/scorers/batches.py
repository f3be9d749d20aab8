"""Batches of a token budget over texts sorted by length."""

from __future__ import annotations

from collections.abc import Sequence


def batches(lengths: Sequence[int], *, budget: int, waste: float = 0.05) -> list[list[int]]:
    """This function will return batches of indices, longest texts first.

    A batch of n texts whose longest has m tokens costs n × m; it is closed before that exceeds `budget`, and
    before more than the share `waste` of it is padding, so that no batch and no whole wastes more. A text
    longer than the budget stands alone. Equal lengths keep their order.
    """
    made: list[list[int]] = []
    batch: list[int] = []
    longest = tokens = 0
    for index in sorted(range(len(lengths)), key=lambda one: -lengths[one]):
        length = lengths[index]
        cost = (len(batch) + 1) * longest
        if batch and (cost > budget or cost - tokens - length > waste * cost):
            made.append(batch)
            batch, tokens = [], 0
        if not batch:
            longest = length
        batch.append(index)
        tokens += length
    return [*made, batch] if batch else made


def windows(sizes: Sequence[int], *, window: int) -> list[list[int]]:
    """This function will return windows of indices, by falling size, of at most `window` texts.

    The first is an eighth as large, so that the device need not wait long for its first batch.
    """
    order = sorted(range(len(sizes)), key=lambda one: -sizes[one])
    first = max(1, window // 8)
    starts = [0, *range(first, len(order), window)]
    return [
        order[start:end]
        for start, end in zip(starts, [*starts[1:], len(order)], strict=True)
        if order[start:end]
    ]
