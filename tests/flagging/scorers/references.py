"""What each scorer must say, computed a second time: one text at a time, in float64, with no padding, no
batches, eager attention, and prompts and sequences put together by hand."""

from __future__ import annotations

import math
from pathlib import Path

import torch
import transformers
from safetensors.torch import load_file

EAGER = {"dtype": torch.float64, "attn_implementation": "eager"}


def metricx_24(folder: Path, source: str, target: str, *, longest: int = 1536) -> float:
    """One decoder step of the stock mT5 with the output layer that stands in the file."""
    return _metricx(folder, "source: " + source + " candidate: " + target, longest)


def metricx_23(folder: Path, source: str, target: str, *, longest: int = 1024) -> float:
    """The same with the input of MetricX-23-QE."""
    return _metricx(folder, "candidate: " + target + " source: " + source, longest)


def _metricx(folder: Path, text: str, longest: int) -> float:
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    model = transformers.MT5ForConditionalGeneration.from_pretrained(folder, **EAGER).eval()
    output = load_file(folder / "model.safetensors")["lm_head.weight"].double()
    ids = tokenizer(text, truncation=True, max_length=longest)["input_ids"]
    assert ids[-1] == tokenizer.eos_token_id
    with torch.no_grad():
        states = model.encoder(torch.tensor([ids[:-1]])).last_hidden_state
        step = model.decoder(torch.tensor([[0]]), encoder_hidden_states=states).last_hidden_state
        logits = step[0, 0] @ output.T
    return min(max(float(logits[250089]), 0.0), 25.0)


def regressor(folder: Path, source: str, target: str, *, longest: int = 512) -> float:
    """The stock classifier's one logit."""
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    model = transformers.AutoModelForSequenceClassification.from_pretrained(folder, **EAGER).eval()
    given = tokenizer(source, target, return_tensors="pt", truncation=True, max_length=longest)
    with torch.no_grad():
        return float(model(**given).logits[0, 0])


def labse(folder: Path, text: str) -> torch.Tensor:
    """`[CLS]`, dense, tanh, length 1."""
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    model = transformers.BertModel.from_pretrained(folder, add_pooling_layer=False, **EAGER).eval()
    dense = load_file(folder / "2_Dense" / "model.safetensors")
    with torch.no_grad():
        first = model(**tokenizer(text, return_tensors="pt")).last_hidden_state[0, 0]
    vector = torch.tanh(dense["linear.weight"].double() @ first + dense["linear.bias"].double())
    return vector / math.sqrt(float(vector @ vector))


def e5(folder: Path, text: str) -> torch.Tensor:
    """The mean of the tokens of `query: ` and the text, length 1."""
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    model = transformers.XLMRobertaModel.from_pretrained(folder, add_pooling_layer=False, **EAGER).eval()
    with torch.no_grad():
        states = model(**tokenizer("query: " + text, return_tensors="pt")).last_hidden_state[0]
    vector = states.mean(0)
    return vector / math.sqrt(float(vector @ vector))


def judge(folder: Path, prompt: str) -> float:
    """The expected grade from the softmax over the whole vocabulary, grades made to sum to one."""
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    model = transformers.AutoModelForCausalLM.from_pretrained(folder, **EAGER).eval()
    given = "<|user|>" + prompt + "<|end|><|assistant|>"
    with torch.no_grad():
        logits = model(torch.tensor([tokenizer.encode(given)])).logits[0, -1]
    chances = logits.softmax(0)
    grades = {grade: float(chances[tokenizer.convert_tokens_to_ids(str(grade))]) for grade in range(1, 6)}
    return sum(grade * chance for grade, chance in grades.items()) / sum(grades.values())


def cometkiwi(folder: Path, source: str, target: str) -> float:
    """Softmax mix of all layers, `<s>`, three layers with tanh between them."""
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    weights = {name: value.double() for name, value in load_file(folder / "model.safetensors").items()}
    config = transformers.AutoConfig.from_pretrained(folder, attn_implementation="eager")
    encoder = transformers.XLMRobertaModel(config, add_pooling_layer=False).double().eval()
    own = {
        name[len("encoder.model.") :]: value for name, value in weights.items() if name.startswith("encoder.")
    }
    encoder.load_state_dict(own)

    def tokens(text: str) -> list[int]:
        return tokenizer.encode(text, add_special_tokens=False)

    # <s> is 0 and </s> is 2.
    ids = [0, *tokens(target), 2, 2, *tokens(source), 2][:512]
    with torch.no_grad():
        layers = encoder(torch.tensor([ids]), output_hidden_states=True).hidden_states
    raw = [math.exp(float(weights[f"layerwise_attention.scalar_parameters.{n}"])) for n in range(len(layers))]
    mixed = sum(one / sum(raw) * layer[0, 0] for one, layer in zip(raw, layers, strict=True))
    state = mixed * weights["layerwise_attention.gamma"]
    for number in (0, 3, 6):
        state = weights[f"estimator.ff.{number}.weight"] @ state + weights[f"estimator.ff.{number}.bias"]
        state = torch.tanh(state) if number < 6 else state
    return float(state)
