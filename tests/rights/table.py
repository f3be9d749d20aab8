"""How a row of the matrix is written, and what it says of each caller."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.rights.roles import (
    DEAD,
    EVERYBODY,
    NOT_FOUND,
    NOT_OFFERED,
    NOTHING,
    OK,
    REFUSED,
    SCOPE,
    SCOPED,
    SIGN_IN,
    STRANGER,
)


@dataclass(frozen=True)
class Verb:
    """Who is answered what for one verb. Whoever is not named is answered `rest`."""

    named: dict[str, str]
    rest: str = NOT_FOUND
    scope: str = ""
    stranger: str = SIGN_IN
    sends: str = ""


@dataclass(frozen=True)
class Row:
    """One address with one real object. Verbs that are not there are not offered."""

    route: str
    about: str = ""
    verbs: dict[str, Verb] = field(default_factory=dict)
    # Whose tokens are tried: a token never does what its person may not.
    tokens_of: str = "Mia"
    is_api: bool = False


def row(route: str, about: str = "", **verbs: Verb) -> Row:
    """A page."""
    return Row(route, about, verbs)


def api(route: str, about: str = "", *, tokens_of: str = "Mia", **verbs: Verb) -> Row:
    """An address under /api/v1/."""
    return Row(route, about, verbs, tokens_of, is_api=True)


def may(
    *people: str,
    refused: tuple[str, ...] = (),
    nothing: tuple[str, ...] = (),
    rest: str = NOT_FOUND,
    scope: str = "",
    sends: str = "",
) -> Verb:
    """The people named may; those `refused` see the thing and may not; for those of `nothing` nothing happens."""
    named = dict.fromkeys(people, OK) | dict.fromkeys(refused, REFUSED) | dict.fromkeys(nothing, NOTHING)
    return Verb(named, rest, scope, sends=sends)


def everybody(*, scope: str = "", sends: str = "", says: str = OK) -> Verb:
    """Everybody who is signed in."""
    return Verb(dict.fromkeys(EVERYBODY, says), scope=scope, sends=sends)


def anybody(*, sends: str = "", says: str = OK) -> Verb:
    """Strangers too."""
    return Verb(dict.fromkeys(EVERYBODY, says), stranger=says, sends=sends)


def expected(row: Row, method: str, caller: str) -> str:
    """What the matrix says `caller` is answered."""
    if row.is_api:
        return _expected_of_the_api(row, method, caller)
    verb = row.verbs.get(method)
    strange = caller not in EVERYBODY
    if verb is None:
        # Pages look who asks first; those for strangers ask nobody.
        open_to_all = any(one.stranger != SIGN_IN for one in row.verbs.values())
        return SIGN_IN if strange and not open_to_all else NOT_OFFERED
    return verb.stranger if strange else verb.named.get(caller, verb.rest)


def _expected_of_the_api(row: Row, method: str, caller: str) -> str:
    if caller == STRANGER or caller in DEAD:
        return SIGN_IN
    if method == "OPTIONS":
        return OK
    verb = row.verbs.get("GET" if method == "HEAD" else method)
    if verb is None:
        return NOT_OFFERED
    if caller not in SCOPED:
        return verb.named.get(caller, verb.rest)
    if caller == verb.scope:
        return verb.named.get(row.tokens_of, verb.rest)
    # An answer without a body cannot say what the refusal is.
    return REFUSED if method == "HEAD" else SCOPE
