"""Bi-encoders: one vector a text. Their cosine scores a pair, and tells which option stands where.

LaBSE (Feng et al., 2022): `[CLS]`, dense, tanh, normalised. multilingual-e5 (Wang et al., 2024): mean of the
tokens, normalised, each text after `query: `.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flagging.scorers.base import FieldScore, ItemPair, ItemScores, ScorerEntry
from flagging.scorers.engine import Encoded, Engine, Output, Texts
from flagging.scorers.meaning import Side, aligned_findings
from flagging.scorers.pairs import encode_singles
from flagging.scorers.regressor import fitting
from flagging.scorers.scorer import PairText, Scorer, Source, planned_texts
from flagging.scorers.texts import fill, unscorable

if TYPE_CHECKING:
    import torch

ENTRIES = (
    ScorerEntry(
        name="labse",
        title="LaBSE",
        kind="biencoder",
        repository="sentence-transformers/LaBSE",
        revision="836121a0533e5664b21c7aacc5d22951f2b8b25b",
        licence="Apache-2.0",
        direction=1,
        template="{text}",
        max_tokens=256,
        family="labse",
        module=__name__,
        options={"pooling": "cls-dense", "margin": 0.10},
    ),
    ScorerEntry(
        name="multilingual-e5-large",
        title="Multilingual E5 large",
        kind="biencoder",
        repository="intfloat/multilingual-e5-large",
        revision="3d7cfbdacd47fdda877c5cd8a79fbcc4f2a574f3",
        licence="MIT",
        direction=1,
        template="query: {text}",
        max_tokens=512,
        family="e5",
        module=__name__,
        # Its cosines lie close together, mostly between .7 and 1.
        options={"pooling": "mean", "margin": 0.03},
    ),
)


@dataclass(frozen=True, slots=True)
class _Embedded:
    """The outputs of all texts of one call, by text."""

    outputs: Mapping[Texts, Output]

    def vector(self, text: str) -> torch.Tensor | None:
        output = self.outputs.get((text,))
        return output.row if output else None

    def truncated(self, text: str) -> bool:
        return self.outputs[(text,)].truncated

    def error(self, text: str) -> str:
        return self.outputs[(text,)].error


class BiEncoder(Scorer):
    """Embeds every text of a call once and compares."""

    def __init__(self, source: Source, model: Any, tokenizer: Any, dense: Sequence[torch.Tensor]) -> None:
        self.entry = source.entry
        self.device = source.device
        self.model = model
        self.tokenizer = tokenizer
        self.dense = tuple(dense)
        self.pad_id = int(tokenizer.pad_token_id)
        self.longest = fitting(source.entry.max_tokens, model.config)

    def encode(self, texts: Sequence[Texts]) -> list[Encoded]:
        """This function will put each text into the template and turn it into tokens."""
        filled = [fill(self.entry.template, text=text) for (text,) in texts]
        return encode_singles(self.tokenizer, filled, self.longest)

    def forward(self, inputs: dict[str, torch.Tensor]) -> torch.Tensor:
        """This function will return a vector of length 1 for each row; pooling and what follows in float32."""
        import torch

        states = self.model(**inputs).last_hidden_state.float()
        if self.entry.options["pooling"] == "mean":
            mask = inputs["attention_mask"].unsqueeze(2).float()
            pooled = (states * mask).sum(1) / mask.sum(1)
        else:
            weight, bias = self.dense
            pooled = torch.tanh(states[:, 0] @ weight.T + bias)
        return torch.nn.functional.normalize(pooled, dim=1)

    def score(self, items: Sequence[ItemPair], engine: Engine, *, fields: bool) -> list[ItemScores]:
        """This function will embed source and target of each scored field, the questions and the options."""
        plans = [planned_texts(item, fields=fields) for item in items]
        readable = [item for item, plan in zip(items, plans, strict=True) if not isinstance(plan, str)]
        sides = {id(item): (Side.of(item, item.source), Side.of(item, item.target)) for item in readable}
        wanted: dict[Texts, None] = {}
        for plan in plans:
            pairs = [] if isinstance(plan, str) else [pair for pair in plan.values() if not unscorable(*pair)]
            wanted |= {(text,): None for pair in pairs for text in pair}
        for pair in sides.values():
            wanted |= {(text,): None for side in pair for text in side.texts()}
        texts = list(wanted)
        embedded = _Embedded(dict(zip(texts, engine.run(texts), strict=True)))
        margin = float(self.entry.options["margin"])
        found = aligned_findings(readable, sides, embedded.vector, margin=margin)
        made = []
        for item, plan in zip(items, plans, strict=True):
            if isinstance(plan, str):
                made.append(ItemScores(item.key, error=plan))
            else:
                made.append(_read(item, plan, embedded, tuple(found.get(id(item), ()))))
        return made


def _read(
    item: ItemPair, plan: dict[str, PairText], embedded: _Embedded, findings: tuple[Any, ...]
) -> ItemScores:
    scores, errors = [], []
    for name, (source, target) in plan.items():
        if note := unscorable(source, target):
            scores.append(FieldScore(name, None, None, note=note))
            continue
        one, two = embedded.vector(source), embedded.vector(target)
        if one is None or two is None:
            errors += [said for said in (embedded.error(source), embedded.error(target)) if said]
            continue
        cosine = float(one @ two)
        cut = embedded.truncated(source) or embedded.truncated(target)
        scores.append(FieldScore(name, cosine, cosine, cut))
    return ItemScores(item.key, tuple(scores), findings, " ".join(dict.fromkeys(errors)))


def open_scorer(source: Source) -> BiEncoder:
    """This function will open the encoder, and LaBSE's dense layer: a folder of its own, or the pooler."""
    import transformers

    from flagging.scorers.opening import open_model, open_tokenizer

    model = open_model(source, transformers.AutoModel, add_pooling_layer=False)
    dense = _dense(source) if source.entry.options["pooling"] == "cls-dense" else []
    return BiEncoder(source, model, open_tokenizer(source), dense)


def _dense(source: Source) -> list[torch.Tensor]:
    from flagging.scorers.opening import refuse_gaps
    from flagging.scorers.weights import all_tensors

    own = all_tensors(source.folder / "2_Dense")
    pooler = {name.rpartition("pooler.dense.")[2]: one for name, one in all_tensors(source.folder).items()}
    found = [own.get(f"linear.{name}", pooler.get(name)) for name in ("weight", "bias")]
    refuse_gaps(source, {"2_Dense"} if any(one is None for one in found) else set())
    return [one.float().to(source.device) for one in found if one is not None]
