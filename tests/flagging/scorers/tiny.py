"""Small models with random weights, saved as real ones are: config, tokenizer, safetensors."""

from __future__ import annotations

import io
from pathlib import Path

import sentencepiece
import torch
import transformers
from safetensors.torch import save_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

SENTENCES = [
    "Which organ pumps blood through the body of a vertebrate?",
    "What does the word “photosynthesis” name in botany?",
    "The river rose three metres in the night and took the old bridge with it.",
    "Welches Organ pumpt das Blut durch den Körper eines Wirbeltiers?",
    "Was bezeichnet das Wort „Photosynthese“ in der Botanik?",
    "Der Fluss stieg in der Nacht um drei Meter und riss die alte Brücke mit.",
    "Moyo gani husukuma damu mwilini? Mto ulipanda mita tatu usiku.",
    "the heart the liver the kidney the lung das Herz die Leber die Niere die Lunge 0 1 2 3 4 5 6 7 8 9",
    "The cat sleeps. Die Katze schläft.",
    "candidate: source: query: Grade the translation from into below. Answer with one digit alone.",
]
CHAT = (
    "{% for m in messages %}<|user|>{{ m['content'] }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
MT5_ROWS = 250112


def sentencepiece_model(**settings: int) -> bytes:
    """A unigram model trained on the few sentences above."""
    made = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(SENTENCES),
        model_writer=made,
        vocab_size=300,
        hard_vocab_limit=False,
        character_coverage=1.0,
        minloglevel=2,
        **settings,
    )
    return made.getvalue()


def save_metricx(folder: Path) -> Path:
    """An mT5 whose output layer is not its embeddings, with nothing but `spiece.model` as tokenizer."""
    torch.manual_seed(1)
    config = transformers.MT5Config(
        vocab_size=MT5_ROWS, d_model=16, d_kv=8, d_ff=32, num_layers=2, num_heads=2, dropout_rate=0.0
    )
    model = transformers.MT5ForConditionalGeneration(config)
    weights = {
        name: (torch.randn_like(value) * 0.3).contiguous()
        for name, value in model.state_dict().items()
        if "embed_tokens" not in name
    }
    weights["lm_head.weight"] = torch.randn(MT5_ROWS, 16)
    weights["lm_head.weight"][250089] = _row_in_range(model, weights)
    folder.mkdir(parents=True)
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    config.save_pretrained(folder)
    (folder / "spiece.model").write_bytes(sentencepiece_model(pad_id=0, eos_id=1, unk_id=2, bos_id=-1))
    return folder


def _row_in_range(
    model: transformers.MT5ForConditionalGeneration, weights: dict[str, torch.Tensor]
) -> torch.Tensor:
    """An output row by which most scores lie between 0 and 25, where clamping hides nothing."""
    model.load_state_dict(weights, strict=False)
    ids = torch.randint(3, 300, (64, 40))
    with torch.no_grad():
        states = _first_states(model.eval(), ids)
    mean = states.mean(0)
    spread = torch.linalg.svd(states - mean).Vh[0]
    return 12 * mean / (mean @ mean) + 2 * spread / (states @ spread).std()


def _first_states(model: transformers.MT5ForConditionalGeneration, ids: torch.Tensor) -> torch.Tensor:
    encoded = model.encoder(input_ids=ids).last_hidden_state
    first = torch.zeros((len(ids), 1), dtype=torch.long)
    return model.decoder(input_ids=first, encoder_hidden_states=encoded).last_hidden_state[:, 0]


def _xlmr_tokenizer() -> transformers.PreTrainedTokenizerBase:
    processor = sentencepiece.SentencePieceProcessor(
        model_proto=sentencepiece_model(unk_id=0, bos_id=1, eos_id=2, pad_id=-1)
    )
    pieces = [
        (processor.id_to_piece(n), processor.get_score(n)) for n in range(3, processor.get_piece_size())
    ]
    special = [(token, 0.0) for token in ("<s>", "<pad>", "</s>", "<unk>")]
    return transformers.XLMRobertaTokenizer(vocab=[*special, *pieces, ("<mask>", 0.0)])


def _xlmr_config(
    tokenizer: transformers.PreTrainedTokenizerBase, **settings: object
) -> transformers.XLMRobertaConfig:
    return transformers.XLMRobertaConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        num_hidden_layers=3,
        num_attention_heads=4,
        intermediate_size=64,
        max_position_embeddings=514,
        type_vocab_size=1,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        pad_token_id=1,
        bos_token_id=0,
        eos_token_id=2,
        initializer_range=0.2,
        **settings,
    )


def save_xlmr(folder: Path, *, labels: int = 1) -> Path:
    """A sequence classifier on a small XLM-R."""
    torch.manual_seed(2)
    tokenizer = _xlmr_tokenizer()
    config = _xlmr_config(tokenizer, num_labels=labels)
    transformers.XLMRobertaForSequenceClassification(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def save_modernbert(folder: Path) -> Path:
    """A sequence classifier on a small ModernBERT that pools by the mean."""
    torch.manual_seed(3)
    tokenizer = _byte_tokenizer("[CLS]", "[SEP]", "[PAD]", "[UNK]", "[MASK]")
    tokenizer.cls_token, tokenizer.sep_token, tokenizer.mask_token = "[CLS]", "[SEP]", "[MASK]"
    from tokenizers.processors import TemplateProcessing

    ids = [(one, tokenizer.convert_tokens_to_ids(one)) for one in ("[CLS]", "[SEP]")]
    tokenizer.backend_tokenizer.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B [SEP]", special_tokens=ids
    )
    config = transformers.ModernBertConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=48,
        num_hidden_layers=4,
        num_attention_heads=4,
        local_attention=16,
        max_position_embeddings=1024,
        pad_token_id=tokenizer.pad_token_id,
        cls_token_id=ids[0][1],
        sep_token_id=ids[1][1],
        bos_token_id=ids[0][1],
        eos_token_id=ids[1][1],
        num_labels=1,
        classifier_pooling="mean",
        initializer_range=0.3,
    )
    transformers.ModernBertForSequenceClassification(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def save_labse(folder: Path) -> Path:
    """A small BERT without pooler, and the dense layer in a folder of its own."""
    torch.manual_seed(4)
    words = sorted({word for line in SENTENCES for word in pre_tokenizers_words(line)})
    characters = sorted(
        {"##" + one for word in words for one in word} | {one for word in words for one in word}
    )
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *dict.fromkeys([*words, *characters])]
    tokenizer = transformers.BertTokenizer(
        vocab={token: number for number, token in enumerate(vocabulary)}, do_lower_case=False
    )
    config = transformers.BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=64,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        initializer_range=0.2,
    )
    transformers.BertModel(config, add_pooling_layer=False).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    (folder / "2_Dense").mkdir()
    dense = {"linear.weight": torch.randn(32, 32) * 0.3, "linear.bias": torch.randn(32) * 0.3}
    save_file(dense, folder / "2_Dense" / "model.safetensors")
    return folder


def pre_tokenizers_words(line: str) -> list[str]:
    """The words of a line as BERT's own splitter finds them."""
    return [word for word, _ in pre_tokenizers.BertPreTokenizer().pre_tokenize_str(line)]


def save_e5(folder: Path) -> Path:
    """A small XLM-R without a head."""
    torch.manual_seed(5)
    tokenizer = _xlmr_tokenizer()
    transformers.XLMRobertaModel(_xlmr_config(tokenizer)).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def _byte_tokenizer(*special: str) -> transformers.PreTrainedTokenizerFast:
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=500,
        special_tokens=list(special),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    made.train_from_iterator(SENTENCES, trainer)
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=made, pad_token=special[2], unk_token=special[3]
    )


def save_judge(folder: Path) -> Path:
    """A small Cohere model (which scales its logits) with a chat template."""
    torch.manual_seed(6)
    tokenizer = _byte_tokenizer("<bos>", "<|end|>", "<pad>", "<unk>", "<|user|>", "<|assistant|>")
    tokenizer.eos_token = "<|end|>"
    tokenizer.chat_template = CHAT
    config = transformers.CohereConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=4096,
        logit_scale=0.25,
        pad_token_id=tokenizer.pad_token_id,
        bos_token_id=0,
        eos_token_id=1,
        initializer_range=0.3,
    )
    transformers.CohereForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def save_cometkiwi(folder: Path) -> Path:
    """The checkpoint's names over a small XLM-R: encoder, mix of its layers, estimator."""
    torch.manual_seed(7)
    tokenizer = _xlmr_tokenizer()
    config = _xlmr_config(tokenizer)
    encoder = transformers.XLMRobertaModel(config, add_pooling_layer=False)
    weights = {f"encoder.model.{name}": value.contiguous() for name, value in encoder.state_dict().items()}
    for layer in range(config.num_hidden_layers + 1):
        weights[f"layerwise_attention.scalar_parameters.{layer}"] = torch.randn(1)
    weights["layerwise_attention.gamma"] = torch.tensor([1.3])
    for number, (wide, narrow) in {0: (24, 32), 3: (12, 24), 6: (1, 12)}.items():
        weights[f"estimator.ff.{number}.weight"] = torch.randn(wide, narrow) * 0.3
        weights[f"estimator.ff.{number}.bias"] = torch.randn(wide) * 0.1
    folder.mkdir(parents=True)
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    config.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
