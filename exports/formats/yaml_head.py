"""The YAML head of a dataset card: mappings, lists, texts, whole numbers and truth values, nothing more."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

BREAKS_A_LINE_IN_YAML = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def yaml_text(value: str) -> str:
    """This function will quote a text, and every text: YAML takes a bare ``no`` for false."""
    quoted = json.dumps(value, ensure_ascii=False)
    return BREAKS_A_LINE_IN_YAML.sub(lambda match: f"\\u{ord(match[0]):04x}", quoted)


def yaml_lines(value: Mapping[str, Any], indent: str = "") -> Iterator[str]:
    """This function will give the lines of a mapping in block style, in the mapping's own order."""
    for key, inner in value.items():
        if isinstance(inner, Mapping):
            yield f"{indent}{key}:"
            yield from yaml_lines(inner, indent + "  ")
        elif isinstance(inner, list):
            yield f"{indent}{key}:" if inner else f"{indent}{key}: []"
            yield from _list_lines(inner, indent)
        else:
            yield f"{indent}{key}: {_scalar(inner)}"


def _list_lines(values: list[Any], indent: str) -> Iterator[str]:
    for value in values:
        if isinstance(value, Mapping):
            first, *rest = yaml_lines(value, indent + "  ")
            yield f"{indent}- {first.lstrip()}"
            yield from rest
        else:
            yield f"{indent}- {_scalar(value)}"


def _scalar(value: str | int | bool) -> str:
    return yaml_text(value) if isinstance(value, str) else json.dumps(value)
