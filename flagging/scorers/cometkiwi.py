"""CometKiwi-22 (Rei et al., WMT 2022), re-implemented over a stock XLM-R: non-commercial, off unless accepted.

Layers are mixed by learned weights, the mixed `<s>` goes through a feed-forward estimator. The published
checkpoint names a mix that its own library does not know and replaces by softmax, as is done here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from flagging.scorers.base import ScorerEntry, ScorerError
from flagging.scorers.engine import Encoded, Texts
from flagging.scorers.regressor import fitting
from flagging.scorers.scorer import PairScorer, Source

if TYPE_CHECKING:
    import torch

ENTRIES = (
    ScorerEntry(
        name="cometkiwi-22",
        title="CometKiwi 22",
        kind="cometkiwi",
        repository="Unbabel/wmt22-cometkiwi-da",
        revision="b3a8aea5a5fc22db68a554b92b3d96eb6ea75cc9",
        tokenizer="microsoft/infoxlm-large",
        licence="CC-BY-NC-SA-4.0 (non-commercial)",
        gated=True,
        direction=1,
        template="<s> {target} </s></s> {source} </s>",
        max_tokens=512,
        family="unbabel",
        module=__name__,
    ),
)
_MIX = "layerwise_attention.scalar_parameters."
_ENCODER = "encoder.model."


class CometKiwi(PairScorer):
    """Mix of layers, `<s>`, estimator; all after the encoder is computed in float32."""

    def __init__(
        self, source: Source, encoder: Any, tokenizer: Any, head: Mapping[str, torch.Tensor]
    ) -> None:
        import torch

        self.entry = source.entry
        self.device = source.device
        self.encoder = encoder
        self.tokenizer = tokenizer
        self.pad_id = int(tokenizer.pad_token_id)
        self.longest = fitting(source.entry.max_tokens, encoder.config)
        wide = {name: tensor.float().to(source.device) for name, tensor in head.items()}
        layers = range(sum(name.startswith(_MIX) for name in wide))
        mix = torch.cat([wide[f"{_MIX}{layer}"].reshape(1) for layer in layers])
        self.mix = wide["layerwise_attention.gamma"] * mix.softmax(0)
        numbers = sorted({int(name.split(".")[2]) for name in wide if name.startswith("estimator.ff.")})
        self.layers = [(wide[f"estimator.ff.{n}.weight"], wide[f"estimator.ff.{n}.bias"]) for n in numbers]

    def encode(self, texts: Sequence[Texts]) -> list[Encoded]:
        """This function will make `<s> target </s></s> source </s>`, cut at its end: the source is lost first.

        Each side alone has at most two tokens less than the limit, its own marks counted.
        """
        begin, end = self.tokenizer.bos_token_id, self.tokenizer.eos_token_id
        sources, targets = (self._bare([text[side] for text in texts]) for side in (0, 1))
        side_limit = self.longest - 4
        made = []
        for source, target in zip(sources, targets, strict=True):
            ids = [begin, *target[:side_limit], end, end, *source[:side_limit], end]
            cut = max(len(source), len(target)) > side_limit or len(ids) > self.longest
            made.append(Encoded(ids[: self.longest], cut))
        return made

    def _bare(self, texts: list[str]) -> list[list[int]]:
        made = self.tokenizer(texts, add_special_tokens=False, return_attention_mask=False)
        ids: list[list[int]] = made["input_ids"]
        return ids

    def forward(self, inputs: dict[str, torch.Tensor]) -> torch.Tensor:
        """This function will return the estimate of each row, mostly between 0 and 1."""
        states = self.encoder(**inputs, output_hidden_states=True).hidden_states
        first = sum(weight * state[:, 0].float() for weight, state in zip(self.mix, states, strict=True))
        for weight, bias in self.layers[:-1]:
            first = (first @ weight.T + bias).tanh()
        weight, bias = self.layers[-1]
        return first @ weight.T + bias


def open_scorer(source: Source) -> CometKiwi:
    """This function will open encoder and estimator from one set of safetensors; ScorerError for another model."""
    import transformers

    from flagging.scorers.opening import open_tokenizer, refuse_gaps
    from flagging.scorers.weights import all_tensors

    tensors = all_tensors(source.folder)
    config = transformers.AutoConfig.from_pretrained(
        source.folder, trust_remote_code=False, local_files_only=True
    )
    if config.model_type != "xlm-roberta":
        raise ScorerError(f"{source.folder} is a {config.model_type}; CometKiwi-22 stands on an XLM-R.")
    config._attn_implementation = "sdpa"
    encoder = transformers.XLMRobertaModel(config, add_pooling_layer=False)
    weights = {name.removeprefix(_ENCODER): one for name, one in tensors.items() if name.startswith(_ENCODER)}
    missing = encoder.load_state_dict(weights, strict=False).missing_keys
    head = {name: one for name, one in tensors.items() if not name.startswith(_ENCODER)}
    mixed = {f"{_MIX}{layer}" for layer in range(config.num_hidden_layers + 1)}
    needed = mixed | {"layerwise_attention.gamma", "estimator.ff.0.weight"}
    refuse_gaps(source, set(missing) | (needed - set(head)))
    encoder = encoder.to(source.device, source.dtype).eval()
    return CometKiwi(source, encoder, open_tokenizer(source), head)
