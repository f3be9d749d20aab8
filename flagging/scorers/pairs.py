"""Pairs of texts as one sequence, cut where they are too long."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flagging.scorers.engine import Encoded, Texts


def encode_pairs(tokenizer: Any, texts: Sequence[Texts], longest: int) -> list[Encoded]:
    """This function will turn pairs into tokens with the tokenizer's own separators.

    A pair over the limit is cut token by token from whichever side is longer, and says so.
    """
    made = _tokens(tokenizer, texts)
    over = [index for index, one in enumerate(made) if len(one.ids) > longest]
    if over:
        cut = _tokens(
            tokenizer, [texts[index] for index in over], max_length=longest, truncation="longest_first"
        )
        for index, one in zip(over, cut, strict=True):
            made[index] = Encoded(one.ids, True, one.types)
    return made


def _tokens(tokenizer: Any, texts: Sequence[Texts], **cutting: Any) -> list[Encoded]:
    first, second = ([text[side] for text in texts] for side in (0, 1))
    made = tokenizer(first, second, return_attention_mask=False, **cutting)
    types = made.get("token_type_ids") or [None] * len(texts)
    return [Encoded(ids, False, one) for ids, one in zip(made["input_ids"], types, strict=True)]


def encode_singles(tokenizer: Any, texts: Sequence[str], longest: int) -> list[Encoded]:
    """This function will turn single texts into tokens with the tokenizer's own marks, cut at the end."""
    made = tokenizer(list(texts), return_attention_mask=False)["input_ids"]
    over = [index for index, ids in enumerate(made) if len(ids) > longest]
    found = [Encoded(ids) for ids in made]
    if over:
        cut = tokenizer(
            [texts[index] for index in over], return_attention_mask=False, max_length=longest, truncation=True
        )["input_ids"]
        for index, ids in zip(over, cut, strict=True):
            found[index] = Encoded(ids, True)
    return found
