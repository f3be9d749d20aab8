"""Writes docs/rights.md from the matrix: `python -m tests.rights.document`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.rights.matrix import MATRIX
from tests.rights.roles import (
    METHODS,
    NOT_FOUND,
    NOT_OFFERED,
    NOTHING,
    OK,
    OUTCOMES,
    PEOPLE,
    REFUSED,
    SIGN_IN,
    STRANGER,
)
from tests.rights.table import Row, expected

MARKS = {OK: "✓", NOTHING: "∅", NOT_FOUND: "–", SIGN_IN: "→", REFUSED: "✗", NOT_OFFERED: "·"}
HEAD = """\
# Rights

Who may do what, address by address and verb by verb. This page is written from `tests/rights/matrix.py` by
`python -m tests.rights.document`; `tests/rights/` sends every line of it to the real addresses, as every role and
with every kind of token, and compares. An address without a row fails the tests.

Rights hang on what somebody is in a workspace (owner, manager, reviewer of all or of one language) and in a
campaign (professional or community, language by language). They are looked at anew in every request, at a submit
as well as at a claim, and when queued work runs. What somebody may not know of is answered as what there is not,
to the byte.
"""


def written() -> str:
    """The document."""
    return "\n".join([HEAD, *_roles(), *_outcomes(), *_tables()]) + "\n"


def _roles() -> Iterator[str]:
    yield "## Who asks\n"
    yield f"- **{STRANGER}**: nobody is signed in"
    yield from (f"- **{name}**: {told}" for name, told in PEOPLE.items())
    yield (
        "- **Tokens**: a token does what its person may, and of that only what its scopes name. Under /api/v1/ "
        "alone: to pages a token is a stranger. Expired and revoked tokens and those of a closed account are "
        "strangers everywhere.\n"
    )


def _outcomes() -> Iterator[str]:
    yield "## What they are answered\n"
    yield from (
        f"- {MARKS[name] + ' ' if name in MARKS else ''}**{name}**: {told}" for name, told in OUTCOMES.items()
    )
    yield (
        "\nA verb that has no line is not offered (405) to those who are known and a sign-in to strangers. Under "
        "/api/v1/ HEAD is answered as GET, and OPTIONS to whoever is known.\n"
    )


def _tables() -> Iterator[str]:
    for title, rows in MATRIX.items():
        if not rows:
            continue
        columns = [STRANGER, *PEOPLE, *(["Scope"] if rows[0].is_api else [])]
        yield f"## {title}\n"
        yield f"| Address | Verb | {' | '.join(columns)} |"
        yield f"|---|---|{':-:|' * len(columns)}"
        yield from (line for row in rows for line in _lines(row))
        yield ""


def _lines(row: Row) -> Iterator[str]:
    name = f"`{row.route}`" + (f" {row.about}" if row.about else "")
    for method in METHODS:
        if method in row.verbs:
            marks = [MARKS[expected(row, method, caller)] for caller in (STRANGER, *PEOPLE)]
            scope = [f"`{row.verbs[method].scope}`"] if row.is_api else []
            yield f"| {name} | {method} | {' | '.join([*marks, *scope])} |"


if __name__ == "__main__":
    (Path(__file__).parents[2] / "docs" / "rights.md").write_text(written())
