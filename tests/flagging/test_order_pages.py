"""The page that orders a pass, from the choice to the order."""

from __future__ import annotations

from uuid import uuid4

import pytest

from flagging.models import ModelPass
from tests.factories import mini_benchmark
from tests.flagging.ordering import BENCHMARK, GATED, accepted, signed_in

ORDER, CONFIRM = "/checks/order/", "/checks/order/confirm/"


@pytest.fixture
def benchmark(cast, now):
    return mini_benchmark(cast.workspace, now, languages=("de", "ar"))


@pytest.fixture
def mia(benchmark, cast):
    return signed_in(cast.mia)


def sent(**more):
    return {"benchmark": BENCHMARK, "languages": ["de"], "scope": "all", "key": str(uuid4()), **more}


def test_the_only_benchmark_is_chosen_at_once(mia):
    page = mia.get(ORDER)
    assert 'name="languages"' in page.text
    assert "4 translations" in page.text


def test_whoever_manages_nothing_finds_nothing_to_order(benchmark, cast):
    page = signed_in(cast.rui).get(ORDER)
    assert page.status_code == 200
    assert "There is nothing to check" in page.text


def test_a_benchmark_of_somebody_else_is_not_found(benchmark, cast):
    assert signed_in(cast.rui).post(ORDER, sent()).status_code == 404
    assert signed_in(cast.rui).post(CONFIRM, sent()).status_code == 404


def test_a_scorer_is_shown_with_its_licence_and_the_command_that_fetches_it(mia):
    page = mia.get(ORDER).text
    assert "python manage.py fetch_model labse" in page
    assert "Apache-2.0" in page


def test_a_model_on_this_machine_needs_no_command(mia, settings, tmp_path):
    settings.MODELS_DIR = tmp_path
    (tmp_path / "labse").mkdir()
    (tmp_path / "labse" / "model.safetensors").write_bytes(b"")
    page = mia.get(ORDER).text
    assert "fetch_model labse" not in page
    assert "fetch_model multilingual-e5-large" in page


def test_a_gated_scorer_cannot_be_chosen_before_its_licence_is_accepted(mia, cast, now):
    assert "Off until its licence is accepted" in mia.get(ORDER).text
    page = mia.post(ORDER, sent(scorers=[GATED]))
    assert page.status_code == 422
    assert "stays off until its licence is accepted" in page.text
    accepted(cast, now)
    assert mia.post(ORDER, sent(scorers=[GATED])).status_code == 200


def test_the_order_is_shown_before_it_is_given(mia):
    page = mia.post(ORDER, sent(languages=["de", "ar"], scorers=["labse"]))
    assert page.status_code == 200
    assert "Order this pass?" in page.text
    assert "how long is not known" in page.text
    assert not ModelPass.objects.exists()


def test_an_order_of_one_language_leads_to_its_pass(mia):
    answer = mia.post(CONFIRM, sent(scorers=["labse"]))
    assert answer.url == f"/checks/{ModelPass.objects.get().public_id}/"


def test_an_order_of_several_languages_leads_to_the_list(mia):
    answer = mia.post(CONFIRM, sent(languages=["de", "ar"]), follow=True)
    assert "2 passes are on their way." in answer.text
    assert ModelPass.objects.count() == 2


def test_an_order_sent_twice_is_given_once(mia):
    order = sent()
    assert mia.post(CONFIRM, order).url == mia.post(CONFIRM, order).url
    assert ModelPass.objects.count() == 1


def test_without_a_language_nothing_is_ordered(mia):
    page = mia.post(CONFIRM, sent(languages=[]))
    assert page.status_code == 422
    assert "Choose at least one language." in page.text


def test_an_unknown_item_is_refused_by_its_line_and_what_was_typed_stays(mia):
    typed = "quiz/test/0\n\nquiz/test/99\nquiz/test/1"
    page = mia.post(ORDER, sent(scope="some", ids=typed, scorers=["labse"]))
    assert page.status_code == 422
    assert "Line 3: this benchmark has no item “quiz/test/99”." in page.text
    assert typed in page.text
    assert 'value="labse"' in page.text.split("checked")[-2]
    assert not ModelPass.objects.exists()


def test_of_many_unknown_items_the_first_are_named_and_the_rest_counted(mia):
    page = mia.post(ORDER, sent(scope="some", ids="\n".join(f"no/{number}" for number in range(14))))
    assert "Line 10:" in page.text
    assert "Line 11:" not in page.text
    assert "4 more lines name no item." in page.text


def test_ids_pasted_with_line_ends_of_another_system_are_read(mia, benchmark):
    mia.post(CONFIRM, sent(scope="some", ids=" quiz/test/0 \r\nquiz/test/1\r\n"))
    assert len(ModelPass.objects.get().item_ids) == 2


def test_some_items_without_a_single_id_are_refused(mia):
    page = mia.post(ORDER, sent(scope="some", ids=" \n"))
    assert page.status_code == 422
    assert "Give at least one item id" in page.text


def test_an_order_can_be_changed_before_it_is_given(mia):
    page = mia.post(ORDER, sent(scorers=["labse"], change="yes"))
    assert page.status_code == 200
    assert "See what that would be" in page.text
