"""Who asks: people by their roles, tokens by their scopes, and the words for what they are answered."""

from __future__ import annotations

from people.scopes import Scope

# Outcomes, in words.
OK = "ok"
NOTHING = "no effect"
NOT_FOUND = "not found"
SIGN_IN = "sign in"
REFUSED = "refused"
SCOPE = "scope"
NOT_OFFERED = "not offered"

OUTCOMES = {
    OK: "done and answered: status 200 to 303, and a request that writes has changed rows",
    NOTHING: "answered, and no row was changed",
    NOT_FOUND: "404, to the byte what an unknown address is answered",
    SIGN_IN: "401 for programs and scripts, a redirect to the sign-in page for a browser",
    REFUSED: "403: the person sees the thing, and is told why they may not do this with it",
    SCOPE: "403 `scope_missing`: the token was made for something else",
    NOT_OFFERED: "405: nobody can do this here",
}

STRANGER = "Stranger"
PEOPLE = {
    "Oz": "outsider with an account",
    "Ana": "professional of the campaign, German and English",
    "Ben": "community member of the campaign, German and English",
    "Lea": "professional of the campaign, Arabic alone",
    "Otto": "member of another campaign of the workspace",
    "Wim": "was member, reviewer and manager; all withdrawn",
    "Rui": "reviewer of German",
    "Rana": "reviewer of Arabic",
    "Mia": "manager of the workspace",
    "Olga": "owner of the workspace",
    "Max": "owner of another workspace",
}
SCOPED = tuple(Scope.values)
# Tokens that do nothing, whatever their scopes: they have them all.
DEAD = ("expired token", "revoked token", "token of a closed account")
EVERYBODY = tuple(PEOPLE)
MANAGERS = ("Mia", "Olga")
CALLERS = (STRANGER, *PEOPLE, *SCOPED, *DEAD)
# No page looks at tokens: one stands for all.
CALLERS_OF_PAGES = (STRANGER, *PEOPLE, SCOPED[0])
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
