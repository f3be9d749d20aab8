"""The codes of refusals, read out of the source."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("common", "people", "corpus", "flagging", "annotation", "review", "exports", "config")
# Which argument of a refusal is its code.
PLACE = {"ApiError": 1, "JobRefusedError": 0}


def codes_in_source() -> set[str]:
    """This function will return every code that a room names in a refusal or keeps under the name `code`."""
    files = [file for room in ROOMS for file in (ROOT / room).rglob("*.py") if "migrations" not in file.parts]
    return {code for file in files for code in _codes(ast.parse(file.read_text("utf-8")))}


def _codes(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _of_call(node, _name(node.func))
        elif isinstance(node, ast.ClassDef):
            for base in node.bases:
                for call in (one for one in ast.walk(node) if isinstance(one, ast.Call)):
                    if _name(call.func) == "__init__":
                        yield from _of_call(call, _name(base))
        elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(_name(target) in ("code", "default_code", "GAVE_UP") for target in targets):
                yield from _texts(node.value)


def _of_call(call: ast.Call, name: str) -> Iterator[str]:
    if name in PLACE and len(call.args) > PLACE[name]:
        yield from _texts(call.args[PLACE[name]])


def _texts(value: ast.expr) -> Iterator[str]:
    if isinstance(value, ast.IfExp):
        yield from _texts(value.body)
        yield from _texts(value.orelse)
    elif isinstance(value, ast.Constant) and isinstance(value.value, str):
        yield value.value


def _name(node: ast.expr) -> str:
    return getattr(node, "attr", "") or getattr(node, "id", "")
