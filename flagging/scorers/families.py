"""Whose model a translating system is, so that no family judges its own translations. Pure."""

from __future__ import annotations

import regex

from flagging.scorers.base import SameFamilyError, ScorerEntry

# What the names of systems and models have in them, by family.
_MARKS = {
    "cohere": r"aya|cohere|command[\s_-]?[ar]\b|c4ai|tiny[\s_-]?aya",
    "openai": r"gpt|openai|\bo[1345]\b|davinci",
    "anthropic": r"claude|anthropic",
    "google": r"gemini|gemma|\bpalm\b|\bbard\b|madlad|\bmt5\b|metricx",
    "google-translate": r"google[\s_-]?(?:translate|nmt|mt)|^google$|^gt$",
    "meta": r"llama|nllb|m2m[\s_-]?100|seamless",
    "mistral": r"mistral|mixtral|ministral",
    "qwen": r"qwen|\bqwq\b|tongyi",
    "deepseek": r"deepseek",
    "unbabel": r"tower|unbabel|comet|eurollm",
    "microsoft": r"\bphi[\s_-]?\d|microsoft|\bazure\b|\bbing\b",
    "deepl": r"deepl",
    "opus": r"opus[\s_-]?mt|helsinki",
}
_FAMILIES = {name: regex.compile(marks, regex.IGNORECASE) for name, marks in _MARKS.items()}


def family_of(system: str) -> str:
    """This function will return the family of a translating system by its name, "" where the name does not tell.

    `CohereLabs/aya-expanse-32b`, `Command-R` and `aya-101` are `cohere`.
    """
    plain = system.replace("/", " ")
    return next((name for name, marks in _FAMILIES.items() if marks.search(plain)), "")


def check_families(scorer: ScorerEntry, system: str) -> None:
    """This function will raise SameFamilyError where a language model would judge its own family's translations.

    Only judges are refused: the other scorers are trained on people's ratings. A system whose name does not
    tell its family is let through.
    """
    if scorer.kind == "judge" and family_of(system) == scorer.family:
        raise SameFamilyError(
            f"{scorer.title} is of the family {scorer.family!r}, and so is the translating system {system!r}: "
            "a family does not judge itself. Choose another scorer for this system."
        )
