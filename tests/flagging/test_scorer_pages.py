"""The page of the scorers, and who records that a licence is accepted."""

from __future__ import annotations

import pytest

from flagging.models import LicenceAcceptance
from flagging.scorers import entries
from tests.flagging.ordering import GATED, accepted, signed_in

SCORERS = "/checks/scorers/"
LICENCE = f"/checks/scorers/{GATED}/lab/"


def test_every_scorer_of_the_registry_is_shown_with_its_facts(cast):
    page = signed_in(cast.mia).get(SCORERS).text
    for one in entries():
        assert one.title in page
        assert one.repository in page
        assert f"fetch_model {one.name}" in page


def test_a_model_whose_own_figures_fall_says_so(cast):
    assert "lower is better; kept the other way round" in signed_in(cast.mia).get(SCORERS).text


def test_a_manager_reads_the_licence_before_accepting_it(cast):
    page = signed_in(cast.mia).get(LICENCE).text
    assert "CC-BY-NC-SA-4.0 (non-commercial)" in page
    assert not LicenceAcceptance.objects.exists()


def test_an_accepted_licence_is_shown_with_who_and_when_and_can_be_withdrawn(cast):
    mia = signed_in(cast.mia)
    assert "is accepted for Lab" in mia.post(LICENCE, follow=True).text
    assert "by Mia" in mia.get(SCORERS).text
    assert "Withdraw the licence of CometKiwi 22 for Lab?" in mia.get(LICENCE).text
    assert "is off for Lab" in mia.post(f"{LICENCE}withdraw/", follow=True).text
    assert LicenceAcceptance.objects.get().withdrawn_at is not None


def test_the_words_that_were_accepted_stay_when_the_registry_has_others(cast, now):
    accepted(cast, now)
    assert ">\n        non-commercial\n" in signed_in(cast.mia).get(LICENCE).text


@pytest.mark.parametrize("who", ["rui", "ana", "oz"])
def test_nobody_else_finds_the_licence_of_a_workspace(cast, who):
    client = signed_in(getattr(cast, who))
    assert client.get(LICENCE).status_code == 404
    assert client.post(LICENCE).status_code == 404
    assert client.post(f"{LICENCE}withdraw/").status_code == 404


@pytest.mark.parametrize("name", ["labse", "nothing"])
def test_only_a_scorer_that_asks_for_it_has_a_licence_to_accept(cast, name):
    assert signed_in(cast.mia).post(f"/checks/scorers/{name}/lab/").status_code == 404
