"""The rights of the project: every address, every verb, every role. docs/rights.md is written from here."""

from __future__ import annotations

from people.scopes import Scope
from tests.rights.roles import MANAGERS, METHODS, NOT_FOUND, NOTHING
from tests.rights.table import Row, anybody, api, everybody, may, row

SEEING = ("Rui", "Rana", *MANAGERS)
MEMBERS = ("Ana", "Ben", "Lea")
CAMPAIGNS, WORK = Scope.CAMPAIGNS_READ.value, Scope.WORK_WRITE.value
IMPORTS, IMPORTING = Scope.IMPORTS_READ.value, Scope.IMPORTS_WRITE.value
RELEASES, RELEASING = Scope.RELEASES_READ.value, Scope.RELEASES_WRITE.value

PAGES: list[Row] = [
    row("home", GET=everybody()),
    row("guidelines", "the campaign", GET=may("Ana", "Ben", "Lea")),
    row("next", "German verification, for professionals", POST=may("Ana", refused=("Ben", "Lea"))),
    row("next", "sensitivity, for everybody", POST=may("Ana", "Ben", refused=("Lea",))),
    row("slot", "an item that Ana holds", GET=may("Ana"), POST=may("Ana", sends="judgement")),
    row("slot", "an item that Wim judged", GET=may("Wim"), POST=may(refused=("Wim",), sends="judgement")),
    row("checks", "the campaign", GET=may(*MANAGERS)),
    row(
        "check", "the campaign and a check",
        GET=may(*MANAGERS), POST=may(*MANAGERS, sends="weight of a check"),
    ),
    row("forget_check", "the campaign and a check", POST=may(*MANAGERS)),
    row("skip", "an item that Ana holds", POST=may("Ana", sends="reason")),
    row("give_back", "an item that Ana holds", POST=may("Ana")),
    row("heartbeat", "an item that Ana holds", POST=may("Ana")),
    row("undo", "an item that Ana judged", POST=may("Ana")),
    row("undo", "an item that Wim judged", POST=may(refused=("Wim",))),
    row("flagging:passes", GET=everybody()),
    row("flagging:pass", "a pass", GET=may(*MANAGERS)),
    row("flagging:order", GET=everybody(), POST=may(nothing=MANAGERS, sends="order of a pass")),
    row("flagging:order_confirm", POST=may(*MANAGERS, sends="order of a pass")),
    row("flagging:retry", "a pass", POST=may(*MANAGERS)),
    row("flagging:pause", "a pass", POST=may(*MANAGERS)),
    row("flagging:resume", "a paused pass", POST=may(*MANAGERS)),
    row("flagging:cancel", "a pass", GET=may(*MANAGERS), POST=may(*MANAGERS)),
    row("flagging:scorers", GET=everybody()),
    row("flagging:licence", "a scorer in the workspace", GET=may(*MANAGERS), POST=may(*MANAGERS)),
    row("flagging:withdraw_licence", "an accepted licence", POST=may(*MANAGERS)),
    row("flagging:findings", "a pass and a detector", GET=may(*MANAGERS)),
    row("flagging:budget", GET=everybody()),
    row("flagging:learn", POST=may(*MANAGERS, sends="workspace")),
    row("flagging:learning", "work on learning", GET=may(*MANAGERS)),
    row("flagging:order_again", POST=may(*MANAGERS, sends="workspace")),
    row("review:start", GET=everybody()),
    row("review:queue", GET=may("Rui", "Rana")),
    row("review:task", "a German task", GET=may("Rui"), POST=may("Rui", sends="decision")),
    row("review:next", "a German task", GET=may("Rui")),
    row("review:campaigns", GET=may(*SEEING, "Max")),
    row("review:progress", "the campaign", GET=may(*SEEING)),
    row("review:source_reports", GET=may(*SEEING, "Max")),
    row("releases", GET=everybody()),
    row("release_make", POST=may(*MANAGERS, sends="release of the campaign")),
    row("release_job", "work on a release", GET=may(*MANAGERS)),
    row("release", "a release", GET=may(*MANAGERS)),
    row("release_table", "a file of a release", GET=may(*MANAGERS)),
    row("tokens", GET=everybody(), POST=everybody(sends="token")),
    row("revoke_token", "Mia's token", GET=may("Mia"), POST=may("Mia")),
    row("account_change_password", GET=everybody(), POST=everybody(says=NOTHING, sends="wrong password")),
    row("account_set_password", GET=everybody(), POST=everybody(says=NOTHING)),
    row("account_login", GET=anybody(), POST=anybody(says=NOTHING, sends="wrong password")),
    row("account_logout", GET=anybody(), POST=anybody(says=NOTHING)),
    row("account_inactive", GET=anybody()),
    row("account_reset_password", GET=anybody(), POST=anybody(sends="unknown address")),
    row("account_reset_password_done", GET=anybody()),
    row(
        "account_reset_password_from_key", "a link that was never sent",
        GET=anybody(), POST=anybody(says=NOTHING),
    ),
    row("account_reset_password_from_key_done", GET=anybody()),
    row("set_language", POST=anybody(says=NOTHING, sends="language")),
]  # fmt: skip

# A probe that is not asked to be read is an address that there is not.
_NOWHERE = {verb: anybody(says=NOT_FOUND) for verb in METHODS if verb not in ("GET", "HEAD")}

FOR_PROGRAMS: list[Row] = [
    row("api-schema", GET=anybody(), HEAD=anybody(), OPTIONS=anybody()),
    row("api-docs", GET=anybody(), HEAD=anybody()),
    *(row(probe, GET=anybody(), HEAD=anybody(), **_NOWHERE) for probe in ("/healthz", "/readyz", "/metrics")),
    row("/api/v1/nowhere/", "any other address", **{verb: anybody(says=NOT_FOUND) for verb in METHODS}),
]

API: list[Row] = [
    api("api-campaigns", GET=everybody(scope=CAMPAIGNS)),
    api("api-campaign", "the campaign", GET=may(*MEMBERS, *SEEING, scope=CAMPAIGNS)),
    api("api-guidelines", "the campaign", GET=may(*MEMBERS, *SEEING, scope=CAMPAIGNS)),
    api("api-progress", "the campaign", GET=may(*SEEING, refused=MEMBERS, scope=CAMPAIGNS)),
    api(
        "api-claims", "the campaign, German verification, for professionals", tokens_of="Ana",
        POST=may("Ana", refused=("Ben", "Lea", *SEEING), scope=WORK, sends="claim"),
    ),
    api(
        "api-claims", "the campaign, sensitivity, for everybody", tokens_of="Ana",
        POST=may("Ana", "Ben", refused=("Lea", *SEEING), scope=WORK, sends="claim for sensitivity"),
    ),
    api("api-slots", tokens_of="Ana", GET=everybody(scope=WORK)),
    api(
        "api-submission", "an item that Ana holds", tokens_of="Ana",
        POST=may("Ana", scope=WORK, sends="judgement of a program"),
    ),
    api("api-heartbeat", "an item that Ana holds", tokens_of="Ana", POST=may("Ana", scope=WORK)),
    api("api-give-back", "an item that Ana holds", tokens_of="Ana", POST=may("Ana", scope=WORK)),
    api("api-skip", "an item that Ana holds", tokens_of="Ana", POST=may("Ana", scope=WORK, sends="reason")),
    api("api-undo", "an item that Ana judged", tokens_of="Ana", POST=may("Ana", scope=WORK)),
    api("api-undo", "an item that Wim judged", tokens_of="Ana", POST=may(refused=("Wim",), scope=WORK)),
    api("api-annotations", tokens_of="Ana", GET=everybody(scope=WORK)),
    api(
        "api-imports", "into one's own workspace",
        GET=may(*MANAGERS, "Max", scope=IMPORTS), POST=may(*MANAGERS, "Max", scope=IMPORTING, sends="file"),
    ),
    api(
        "api-imports", "into the workspace",
        GET=may(*MANAGERS, "Max", scope=IMPORTS),
        POST=may(*MANAGERS, scope=IMPORTING, sends="file for the workspace"),
    ),
    api("api-import", "an import", GET=may(*MANAGERS, scope=IMPORTS)),
    api("api-import-errors", "an import", GET=may(*MANAGERS, scope=IMPORTS)),
    api("api-import-error-file", "an import", GET=may(*MANAGERS, scope=IMPORTS)),
    api(
        "api-campaign-releases", "the campaign",
        GET=may(*MANAGERS, scope=RELEASES), POST=may(*MANAGERS, scope=RELEASING, sends="release"),
    ),
    api("api-releases", GET=everybody(scope=RELEASES)),
    api("api-release-job", "work on a release", GET=may(*MANAGERS, scope=RELEASES)),
    api("api-release", "a release", GET=may(*MANAGERS, scope=RELEASES)),
    api("api-release-files", "a release", POST=may(*MANAGERS, scope=RELEASING, sends="formats")),
    api("api-release-file", "a manifest of a release", GET=may(*MANAGERS, scope=RELEASES)),
]  # fmt: skip

MATRIX = {"Pages": PAGES, "For programs": FOR_PROGRAMS, "The API": API}
