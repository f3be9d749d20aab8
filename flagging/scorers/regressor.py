"""Regressors over a pair of texts: a sequence classifier with one label, whose logit is the score."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from flagging.scorers.base import ScorerEntry, ScorerError
from flagging.scorers.engine import Encoded, Texts
from flagging.scorers.pairs import encode_pairs
from flagging.scorers.scorer import PairScorer, Source

if TYPE_CHECKING:
    import torch

# The tokenizer puts its own separators between the two.
TEMPLATE = "{source} | {target}"


def _entry(name: str, title: str, repository: str, licence: str, max_tokens: int) -> ScorerEntry:
    return ScorerEntry(
        name=name,
        title=title,
        kind="regressor",
        repository=repository,
        revision=None,
        licence=licence,
        direction=1,
        template=TEMPLATE,
        max_tokens=max_tokens,
        family="xlm-roberta" if "xlmr" in name or "transquest" in name else "modernbert",
        module=__name__,
    )


ENTRIES = (
    # Its own code cut pairs at fewer; the network has places for 512.
    _entry(
        "monotransquest-da-multilingual",
        "MonoTransQuest DA multilingual",
        "TransQuest/monotransquest-da-multilingual",
        "Apache-2.0",
        512,
    ),
    _entry("qe-xlmr-large", "XLM-R large QE", "ymoslem/xlm-roberta-large-qe-v1", "MIT", 512),
    _entry(
        "qe-modernbert-large", "ModernBERT large QE", "ymoslem/ModernBERT-large-qe-v1", "Apache-2.0", 8192
    ),
)


class Regressor(PairScorer):
    """A stock sequence classifier; what stands after its encoder is computed in float32."""

    def __init__(self, source: Source, model: Any, tokenizer: Any) -> None:
        self.entry = source.entry
        self.device = source.device
        self.model = model
        self.tokenizer = tokenizer
        self.pad_id = int(tokenizer.pad_token_id)
        self.longest = fitting(source.entry.max_tokens, model.config)

    def encode(self, texts: Sequence[Texts]) -> list[Encoded]:
        """This function will make pairs of source and target, the longer of the two cut first."""
        return encode_pairs(self.tokenizer, texts, self.longest)

    def forward(self, inputs: dict[str, torch.Tensor]) -> torch.Tensor:
        """This function will return the one logit of each row."""
        logits: torch.Tensor = self.model(**inputs).logits
        return logits[:, :1].float()


def fitting(max_tokens: int, config: Any) -> int:
    """This function will return the limit of an entry, or the model's own where that has fewer places.

    RoBERTa's first two places belong to padding and are not for text.
    """
    places = int(getattr(config, "max_position_embeddings", max_tokens))
    if config.model_type in {"roberta", "xlm-roberta", "camembert"}:
        places -= 2
    return min(max_tokens, places)


def in_float32_after_encoder(model: Any) -> None:
    """This function will make a classifier's head compute in float32 whatever its encoder computes in.

    What the encoder returns is widened, so that pooling too is in float32.
    """
    import torch

    encoder = model.base_model

    def widened(_module: Any, _inputs: Any, outputs: Any) -> Any:
        for name, value in outputs.items():
            if isinstance(value, torch.Tensor) and value.is_floating_point():
                outputs[name] = value.float()
        return outputs

    encoder.register_forward_hook(widened)
    for child in model.children():
        if child is not encoder:
            child.float()


def open_scorer(source: Source) -> Regressor:
    """This function will open the classifier; ScorerError where it has not exactly one label."""
    import transformers

    from flagging.scorers.opening import open_model, open_tokenizer

    model = open_model(source, transformers.AutoModelForSequenceClassification)
    if model.config.num_labels != 1:
        raise ScorerError(
            f"{source.folder} has {model.config.num_labels} labels: it is a classifier, no regressor."
        )
    in_float32_after_encoder(model)
    return Regressor(source, model, open_tokenizer(source))
