"""MetricX-23-QE and MetricX-24-hybrid: an mT5 that says 0 (no error) to 25 with its first decoder step.

Juraska et al., MetricX-23 (WMT 2023) and MetricX-24 (WMT 2024).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from flagging.scorers.base import ScorerEntry
from flagging.scorers.engine import Encoded, Texts
from flagging.scorers.scorer import PairScorer, Source
from flagging.scorers.texts import fill

if TYPE_CHECKING:
    import torch

TEMPLATE_23 = "candidate: {target} source: {source}"
TEMPLATE_24 = "source: {source} candidate: {target}"
# <extra_id_10>, whose logit the training made the score.
SCORE_TOKEN = 250089
WORST = 25.0

_TOKENIZERS = {
    "large": ("google/mt5-large", "50b7223e98fcd124b0cabb1ec81bc6324c7df107"),
    "xl": ("google/mt5-xl", "63fc6450d80515b48e026b69ef2fbbd426433e84"),
    "xxl": ("google/mt5-xxl", "e07c395916dfbc315d4e5e48b4a54a1e8821b5c0"),
}


def _entry(size: str, year: int, repository: str, revision: str | None) -> ScorerEntry:
    tokenizer, tokenizer_revision = _TOKENIZERS[size]
    line = "23-qe" if year == 23 else "24-hybrid"
    return ScorerEntry(
        name=f"metricx-{line}-{size}",
        title=f"MetricX-{year} {'QE' if year == 23 else 'hybrid'} {size.upper() if size != 'large' else size}",
        kind="metricx",
        repository=repository,
        revision=revision,
        tokenizer=tokenizer,
        tokenizer_revision=tokenizer_revision,
        licence="Apache-2.0",
        direction=-1,
        template=TEMPLATE_23 if year == 23 else TEMPLATE_24,
        max_tokens=1024 if year == 23 else 1536,
        family="google",
        module=__name__,
    )


ENTRIES = (
    _entry("large", 23, "google/metricx-23-qe-large-v2p0", None),
    _entry("xl", 23, "google/metricx-23-qe-xl-v2p0", None),
    _entry("xxl", 23, "google/metricx-23-qe-xxl-v2p0", None),
    _entry(
        "large",
        24,
        "google/metricx-24-hybrid-large-v2p6-bfloat16",
        "febb720e29a059df2e8af3ffd71dcdc9e0a24910",
    ),
    _entry("xl", 24, "google/metricx-24-hybrid-xl-v2p6-bfloat16", None),
    _entry("xxl", 24, "google/metricx-24-hybrid-xxl-v2p6-bfloat16", None),
)


class MetricX(PairScorer):
    """Encoder, one decoder step from token 0, and the one row of the vocabulary that is the score."""

    def __init__(self, source: Source, model: Any, tokenizer: Any, row: torch.Tensor) -> None:
        self.entry = source.entry
        self.device = source.device
        self.model = model
        self.tokenizer = tokenizer
        self.row = row
        self.pad_id = int(model.config.pad_token_id)

    def encode(self, texts: Sequence[Texts]) -> list[Encoded]:
        """This function will fill the template and leave out the final EOS, without which it was trained.

        The limit counts that EOS, so that a longest input has one token less.
        """
        filled = [fill(self.entry.template, source=source, target=target) for source, target in texts]
        made = self.tokenizer(filled, add_special_tokens=False, return_attention_mask=False)["input_ids"]
        longest = self.entry.max_tokens - 1
        return [Encoded(ids[:longest], len(ids) > longest) for ids in made]

    def forward(self, inputs: dict[str, torch.Tensor]) -> torch.Tensor:
        """This function will return the score, 0 to 25, of each row; head and clamping in float32."""
        import torch

        first = torch.zeros((len(inputs["input_ids"]), 1), dtype=torch.long, device=self.device)
        hidden = self.model(**inputs, decoder_input_ids=first, use_cache=False).last_hidden_state
        return (hidden[:, 0].float() @ self.row).clamp(0.0, WORST).unsqueeze(1)


def open_scorer(source: Source) -> MetricX:
    """This function will open the mT5 without its output layer, of which one row is needed."""
    import transformers

    from flagging.scorers.opening import open_model, open_tokenizer

    model = open_model(source, transformers.MT5Model)
    return MetricX(source, model, open_tokenizer(source), _score_row(source))


def _score_row(source: Source) -> torch.Tensor:
    """The row of `lm_head` that is the score.

    It is read from the file: transformers 5 ties every mT5's output layer to its embeddings, and MetricX's
    differs from them.
    """
    from flagging.scorers.weights import one_row

    return one_row(source, ("lm_head.weight", "shared.weight"), SCORE_TOKEN).float().to(source.device)
