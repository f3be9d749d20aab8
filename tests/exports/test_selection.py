"""The text rule, without a database."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exports.selection import (
    Choice,
    Decision,
    Judgement,
    Settlement,
    Standing,
    Status,
    TextVersion,
    Verdict,
    choose_text,
)

MACHINE = TextVersion(1, "as imported")
ANAS_EDIT = TextVersion(2, "as Ana edited it")
BENS_EDIT = TextVersion(3, "as Ben edited it")
SAME_AS_ANAS = TextVersion(4, "as Ana edited it")
ANA_ACCEPTS = Judgement("ana", Standing.COMMUNITY, Verdict.ACCEPT, MACHINE)
BEN_ACCEPTS = Judgement("ben", Standing.PROFESSIONAL, Verdict.ACCEPT, MACHINE)
ANA_EDITS = Judgement("ana", Standing.COMMUNITY, Verdict.EDIT, ANAS_EDIT)
BEN_EDITS = Judgement("ben", Standing.PROFESSIONAL, Verdict.EDIT, BENS_EDIT)
BEN_EDITS_ALIKE = Judgement("ben", Standing.COMMUNITY, Verdict.EDIT, SAME_AS_ANAS)
BEN_REJECTS = Judgement("ben", Standing.PROFESSIONAL, Verdict.REJECT)
BEN_GIVES_UP = Judgement("ben", Standing.PROFESSIONAL, Verdict.CANNOT_TRANSLATE)
EVERY_JUDGEMENT = (ANA_ACCEPTS, BEN_ACCEPTS, ANA_EDITS, BEN_EDITS, BEN_EDITS_ALIKE, BEN_REJECTS, BEN_GIVES_UP)


def choose(*judgements: Judgement, settlement: Settlement | None = None) -> Choice:
    return choose_text(imported=MACHINE, judgements=judgements, settlement=settlement)


@pytest.mark.parametrize(
    ("judgements", "status", "version", "verified_by"),
    [
        ((), "machine", 1, "none"),
        ((ANA_ACCEPTS,), "verified", 1, "community"),
        ((ANA_EDITS,), "verified", 2, "community"),
        ((ANA_ACCEPTS, BEN_ACCEPTS), "verified", 1, "professional"),
        ((ANA_EDITS, BEN_EDITS_ALIKE), "verified", 2, "community"),
        ((ANA_EDITS, BEN_EDITS), "unsettled", 1, "none"),
        ((ANA_ACCEPTS, BEN_EDITS), "unsettled", 1, "none"),
        ((BEN_REJECTS,), "rejected_open", 1, "none"),
        ((ANA_EDITS, BEN_REJECTS), "rejected_open", 1, "none"),
        ((ANA_ACCEPTS, BEN_GIVES_UP), "rejected_open", 1, "none"),
    ],
)
def test_unsettled_judgements_verify_a_text_only_when_all_stand_behind_it(
    judgements: tuple[Judgement, ...], status: str, version: int, verified_by: str
) -> None:
    choice = choose(*judgements)
    assert (choice.status, choice.version, choice.verified_by) == (status, version, verified_by)


@pytest.mark.parametrize("decision", [Decision.PICK, Decision.WRITE])
def test_a_settled_text_beats_every_judgement(decision: Decision) -> None:
    settlement = Settlement(decision, Standing.COMMUNITY, TextVersion(9, "settled"))
    choice = choose(ANA_EDITS, BEN_REJECTS, settlement=settlement)
    assert (choice.status, choice.version, choice.verified_by) == ("settled", 9, "community")


def test_a_picked_text_counts_as_professional_when_a_professional_wrote_it() -> None:
    choice = choose(ANA_EDITS, BEN_EDITS, settlement=Settlement(Decision.PICK, Standing.COMMUNITY, BENS_EDIT))
    assert (choice.version, choice.verified_by) == (3, "professional")


def test_exclusion_in_one_language_leaves_the_row_out_of_that_language_alone() -> None:
    choice = choose(BEN_REJECTS, settlement=Settlement(Decision.EXCLUDE_LANGUAGE, Standing.COMMUNITY))
    assert (choice.status, choice.version, choice.everywhere) == ("excluded", None, False)
    assert choice.is_left_out


def test_exclusion_in_all_languages_says_so() -> None:
    assert choose(settlement=Settlement(Decision.EXCLUDE_ALL, Standing.COMMUNITY)).everywhere


def test_an_item_without_any_translation_is_missing() -> None:
    choice = choose_text(imported=None, judgements=())
    assert (choice.status, choice.is_left_out) == (Status.MISSING, True)


def test_rejected_and_unsettled_rows_are_open_and_stay_in() -> None:
    for choice in (choose(BEN_REJECTS), choose(ANA_EDITS, BEN_EDITS)):
        assert choice.is_open
        assert not choice.is_left_out


def test_the_reason_names_how_many_rejected() -> None:
    assert choose(ANA_ACCEPTS, BEN_GIVES_UP).reason == "1 of 2 judgements: cannot translate"


@given(st.lists(st.sampled_from(EVERY_JUDGEMENT), max_size=4))
def test_the_order_of_judgements_changes_nothing(judgements: list[Judgement]) -> None:
    assert len({choose(*order) for order in itertools.permutations(judgements)}) == 1


@given(st.lists(st.sampled_from(EVERY_JUDGEMENT), max_size=4))
def test_no_row_with_a_reject_or_two_texts_is_ever_called_verified(judgements: list[Judgement]) -> None:
    choice = choose(*judgements)
    if choice.verified_by != "none":
        assert {one.text.digest for one in judgements if one.text} == {
            one.text.digest if one.text else None for one in judgements
        }


OUTDATED = TextVersion(1, "as imported", outdated=True)


@pytest.mark.parametrize(
    ("judgements", "status"),
    [
        ((), "outdated"),
        ((ANA_EDITS, BEN_EDITS), "outdated"),
        ((BEN_REJECTS,), "rejected_open"),
        ((ANA_ACCEPTS,), "verified"),
        ((ANA_EDITS,), "verified"),
    ],
)
def test_an_outdated_text_is_named_so_unless_somebody_verified_it(
    judgements: tuple[Judgement, ...], status: str
) -> None:
    choice = choose_text(imported=OUTDATED, judgements=judgements)
    assert (choice.status, choice.is_open) == (status, status != "verified")
    assert ("a source text that was replaced" in choice.reason) is choice.is_open


def test_a_task_sent_back_and_not_judged_since_is_still_rejected() -> None:
    choice = choose_text(imported=MACHINE, judgements=(), sent_back=True)
    assert (choice.status, choice.is_open) == (Status.REJECTED_OPEN, True)
    assert choice.reason == "sent back, not judged anew"


def test_a_new_judgement_answers_a_task_sent_back() -> None:
    assert choose_text(imported=MACHINE, judgements=[ANA_ACCEPTS], sent_back=True).status is Status.VERIFIED


def test_a_verification_without_text_is_refused() -> None:
    with pytest.raises(ValueError, match="'accept' with text None"):
        Judgement("ana", Standing.COMMUNITY, Verdict.ACCEPT)


def test_an_exclusion_with_text_is_refused() -> None:
    with pytest.raises(ValueError, match="'exclude_all' with text"):
        Settlement(Decision.EXCLUDE_ALL, Standing.COMMUNITY, MACHINE)
