"""A language model as a judge: the expected grade over the probabilities of its answer tokens, not a reply.

As in G-Eval (Liu et al., 2023): sum over grades of grade times probability, the probabilities of the grades
made to sum to one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from common.languages import UnknownLanguageError, find
from flagging.scorers.base import FieldScore, ItemPair, ScorerEntry, ScorerError
from flagging.scorers.engine import Encoded, Output, Texts
from flagging.scorers.scorer import PairScorer, Source
from flagging.scorers.texts import fill

if TYPE_CHECKING:
    import torch

GRADES = ("1", "2", "3", "4", "5")
TEMPLATE = """Grade the translation from {source_language} into {target_language} below.

1: it says something else, is not in {target_language}, or is no translation
2: parts of the meaning are lost or wrong
3: the meaning is there, with errors a reader would stumble over
4: right, with small flaws
5: right and fluent

{source_language}:
{source}

{target_language}:
{target}

Answer with the grade alone, one digit from 1 to 5."""
# Below this share of probability on grades, the model has not understood what is asked.
LEAST_ON_GRADES = 0.5
OFF_GRADES = "Only %d %% of the judge's probability lies on grades."

ENTRIES = (
    ScorerEntry(
        name="aya-expanse-8b",
        title="Aya Expanse 8B as a judge",
        kind="judge",
        repository="CohereLabs/aya-expanse-8b",
        revision="e46040a1bebe4f32f4d2f04b0a5b3af2c523d11b",
        licence="CC-BY-NC-4.0 with the Cohere Labs acceptable use policy (non-commercial)",
        gated=True,
        direction=1,
        template=TEMPLATE,
        max_tokens=4096,
        family="cohere",
        module=__name__,
    ),
)


class Judge(PairScorer):
    """A causal model asked for one digit; padded on the left, so that the last place is the answer's."""

    pad_left = True

    def __init__(self, source: Source, model: Any, tokenizer: Any) -> None:
        self.entry = source.entry
        self.device = source.device
        self.model = model
        self.tokenizer = tokenizer
        pad = tokenizer.pad_token_id
        self.pad_id = int(tokenizer.eos_token_id if pad is None else pad)
        self.answers = answer_tokens(tokenizer, GRADES)
        widen_answers(model, self.answers)

    @property
    def settings(self) -> Mapping[str, str | int | float]:
        """The grades, which with the template decide the value."""
        return {"grades": " ".join(GRADES), "chat": int(bool(self.tokenizer.chat_template))}

    def texts(self, item: ItemPair, source: str, target: str) -> Texts:
        """This function will name the languages beside the texts: they stand in the prompt."""
        return (source, target, language_name(item.source_language), language_name(item.target_language))

    def encode(self, texts: Sequence[Texts]) -> list[Encoded]:
        """This function will make prompts, in the model's own chat form where it has one.

        A prompt over the limit is made again of texts cut to the same share on both sides.
        """
        return [self._encode_one(text) for text in texts]

    def _encode_one(self, text: Texts) -> Encoded:
        ids = self._prompt(text)
        share = 1.0
        while len(ids) > self.entry.max_tokens and share > 0.01:
            share *= 0.95 * self.entry.max_tokens / len(ids)
            ids = self._prompt((*(side[: int(share * len(side))] for side in text[:2]), *text[2:]))
        return Encoded(ids, share < 1.0)

    def _prompt(self, text: Texts) -> list[int]:
        source, target, source_language, target_language = text
        asked = fill(
            self.entry.template,
            source=source,
            target=target,
            source_language=source_language,
            target_language=target_language,
        )
        if not self.tokenizer.chat_template:
            plain: list[int] = self.tokenizer(asked + "\n")["input_ids"]
            return plain
        said = [{"role": "user", "content": asked}]
        # The template writes the marks itself, so that the tokenizer must not write them again.
        prompt = self.tokenizer.apply_chat_template(said, add_generation_prompt=True, tokenize=False)
        ids: list[int] = self.tokenizer(prompt, add_special_tokens=False)["input_ids"]
        return ids

    def forward(self, inputs: dict[str, torch.Tensor]) -> torch.Tensor:
        """This function will return, for each row, the expected grade and the share of probability on grades."""
        import torch

        places = (inputs["attention_mask"].cumsum(1) - 1).clamp(min=0)
        logits = self.model(**inputs, position_ids=places, logits_to_keep=1, use_cache=False).logits[:, -1]
        answers = logits[:, -len(self.answers) :].float()
        everything = logits[:, : -len(self.answers)].float()
        grades = torch.tensor([float(grade) for grade in GRADES], device=self.device)
        expected = answers.softmax(1) @ grades
        share = (answers.logsumexp(1) - everything.logsumexp(1)).exp()
        return torch.stack([expected, share], 1)

    def read(self, name: str, output: Output) -> FieldScore:
        """This function will read the expected grade, 1 to 5, and note where few of the probability is on grades."""
        score = super().read(name, output)
        assert output.row is not None
        share = float(output.row[1])
        note = OFF_GRADES % round(100 * share) if share < LEAST_ON_GRADES else ""
        return FieldScore(name, score.value, score.raw, score.truncated, note)


def language_name(tag: str) -> str:
    """This function will return the English name of a language, or the tag where it is not known."""
    try:
        return find(tag).name
    except UnknownLanguageError:
        return tag


def answer_tokens(tokenizer: Any, answers: Sequence[str]) -> list[int]:
    """This function will return the token of each answer; ScorerError where one is not a single token."""
    found = []
    for answer in answers:
        ids = tokenizer(answer, add_special_tokens=False)["input_ids"]
        # A tokenizer of the SentencePiece kind puts a word mark before the digit.
        ids = ids[1:] if len(ids) == 2 and not tokenizer.decode([ids[0]]).strip() else ids
        if len(ids) != 1 or ids[0] == tokenizer.unk_token_id:
            raise ScorerError(
                f"The tokenizer has no one token for the answer {answer!r}: choose another judge."
            )
        found.append(int(ids[0]))
    return found


def widen_answers(model: Any, answers: Sequence[int]) -> None:
    """This function will make a model's output layer return, after the logits of its vocabulary, those of the
    answers once more, computed in float32. What the model does with logits (scaling, capping) it does with both."""
    import torch

    full = model.get_output_embeddings()
    rows = full.weight[list(answers)].detach().float()
    offsets = full.bias[list(answers)].detach().float() if full.bias is not None else None

    def appended(_module: Any, given: tuple[torch.Tensor, ...], logits: torch.Tensor) -> torch.Tensor:
        exact = torch.nn.functional.linear(given[0].float(), rows, offsets)
        return torch.cat([logits.float(), exact], -1)

    full.register_forward_hook(appended)


def open_scorer(source: Source) -> Judge:
    """This function will open the causal model of the folder."""
    import transformers

    from flagging.scorers.opening import open_model, open_tokenizer

    return Judge(source, open_model(source, transformers.AutoModelForCausalLM), open_tokenizer(source))
