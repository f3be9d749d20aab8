"""Orders of model passes: what is refused, what is made, and what they are said to be beforehand."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from common.models import AuditEvent
from flagging.actions.chunks import run_chunk
from flagging.actions.licences import accept_licence, withdraw_licence
from flagging.actions.orders import NothingTranslatedError, Order, estimates, order_passes, planned
from flagging.actions.passes import LicenceNotAcceptedError
from flagging.models import LicenceAcceptance, ModelPass
from flagging.progress import see_through
from flagging.scorers import SameFamilyError, entry
from tests.factories import fields_of, make_item, make_translation, mini_benchmark
from tests.flagging.ordering import GATED, accepted


@pytest.fixture
def benchmark(cast, now):
    return mini_benchmark(cast.workspace, now, languages=("de", "ar"))


def test_an_order_of_two_languages_is_a_pass_for_each_of_one_batch(benchmark, cast, now):
    passes = order_passes(order=Order(benchmark, ("ar", "de"), ("labse",)), by=cast.mia, now=now)
    assert [one.language_id for one in passes] == ["ar", "de"]
    assert len({one.batch for one in passes}) == 1
    assert all(one.learns and one.scorers == ["labse"] and one.requested_by == cast.mia for one in passes)


def test_an_order_writes_one_audit_row_a_language(benchmark, cast, now):
    order_passes(order=Order(benchmark, ("ar", "de")), by=cast.mia, now=now)
    rows = AuditEvent.objects.filter(verb="pass.requested")
    assert sorted(row.data["language"] for row in rows) == ["ar", "de"]


def test_an_order_refused_in_one_language_makes_no_pass_at_all(benchmark, cast, now):
    with pytest.raises(NothingTranslatedError, match="'fr'"):
        order_passes(order=Order(benchmark, ("de", "fr")), by=cast.mia, now=now)
    assert not ModelPass.objects.exists()


def test_an_order_over_some_items_is_about_these_alone(benchmark, cast, now):
    wanted = benchmark.items.get(external_id="quiz/test/2")
    [found] = order_passes(order=Order(benchmark, ("de",), ("labse",), (wanted.pk,)), by=cast.mia, now=now)
    assert run_chunk(found.chunks.get().pk, now=now)
    version = wanted.translations.get(language="de").current_version_id
    assert found.chunks.get(kind="scores").version_ids == [version]


@pytest.mark.parametrize("who", ["rui", "ana", "oz"])
def test_only_managers_order(benchmark, cast, now, who):
    with pytest.raises(PermissionDenied):
        order_passes(order=Order(benchmark, ("de",)), by=getattr(cast, who), now=now)


def test_a_gated_scorer_is_refused_until_its_licence_is_accepted(benchmark, cast, now):
    order = Order(benchmark, ("de",), (GATED,))
    with pytest.raises(LicenceNotAcceptedError):
        order_passes(order=order, by=cast.mia, now=now)
    accepted(cast, now)
    assert order_passes(order=order, by=cast.mia, now=now)


def test_a_judge_is_refused_for_translations_of_its_own_family(benchmark, cast, now):
    accepted(cast, now, "aya-expanse-8b")
    item = benchmark.items.first()
    make_translation(item, "de", item.current_version.fields, now, system="CohereLabs/aya-expanse-32b")
    with pytest.raises(SameFamilyError, match="does not judge itself"):
        order_passes(order=Order(benchmark, ("de",), ("aya-expanse-8b",)), by=cast.mia, now=now)


@pytest.mark.parametrize("scorers", [(), ("labse",), ("labse", "multilingual-e5-large")])
@pytest.mark.parametrize("chosen", [None, 1, 3])
def test_as_many_chunks_are_announced_as_are_made(benchmark, cast, now, scorers, chosen):
    dev = make_item(benchmark, "quiz/dev/0", fields_of("One?", ("a", "b")), "A", now)
    for system in ("mt-alpha", "mt-beta"):
        make_translation(dev, "de", fields_of("Eins?", ("a", "b")), now, system=system)
    items = (
        None
        if chosen is None
        else tuple(benchmark.items.order_by("pk").values_list("pk", flat=True)[:chosen])
    )
    order = Order(benchmark, ("de",), scorers, items)
    [plan] = planned(order)
    [made] = order_passes(order=order, by=cast.mia, now=now)
    assert run_chunk(made.chunks.get().pk, now=now)
    assert plan.chunks == made.chunks.exclude(kind="cut").count()


def test_large_sets_are_announced_in_the_chunks_they_are_cut_into(benchmark, cast, now):
    for number in range(10, 280):
        item = make_item(
            benchmark, f"quiz/test/{number}", fields_of(f"What is {number}?", ("a", "b")), "A", now
        )
        make_translation(item, "de", fields_of(f"Was ist {number}?", ("a", "b")), now)
    order = Order(benchmark, ("de",), ("labse",))
    [plan] = planned(order)
    [made] = order_passes(order=order, by=cast.mia, now=now)
    assert run_chunk(made.chunks.get().pk, now=now)
    assert (plan.texts, made.chunks.filter(kind="scores").count()) == (274, 2)
    assert plan.chunks == made.chunks.exclude(kind="cut").count()


def test_the_time_of_a_scorer_that_never_ran_is_not_guessed(benchmark):
    [estimate] = estimates(Order(benchmark, ("de",), ("labse",)), 100)
    assert estimate.seconds is None


def test_the_time_is_estimated_from_earlier_chunks_on_the_latest_device(benchmark, cast, now):
    order = Order(benchmark, ("de",), ("labse",))
    [earlier] = order_passes(order=order, by=cast.mia, now=now)
    assert run_chunk(earlier.chunks.get().pk, now=now)
    earlier.chunks.filter(kind="scores").update(done_at=now, seconds=2.0, device="cpu", reused=0)
    [estimate] = estimates(order, 100)
    assert (estimate.seconds, estimate.device) == (50.0, "cpu")


def test_texts_that_were_not_scored_anew_tell_nothing_of_time(benchmark, cast, now):
    order = Order(benchmark, ("de",), ("labse",))
    [earlier] = order_passes(order=order, by=cast.mia, now=now)
    assert run_chunk(earlier.chunks.get().pk, now=now)
    earlier.chunks.filter(kind="scores").update(done_at=now, seconds=0.1, device="cpu", reused=4)
    assert estimates(order, 100)[0].seconds is None


def test_a_licence_is_accepted_once_and_with_its_words(cast, now):
    kiwi = entry(GATED)
    first = accept_licence(scorer=kiwi, workspace=cast.workspace, by=cast.mia, now=now)
    assert accept_licence(scorer=kiwi, workspace=cast.workspace, by=cast.mia, now=now) == first
    assert (first.licence, first.accepted_by) == (kiwi.licence, cast.mia)
    assert AuditEvent.objects.filter(verb="licence.accepted").count() == 1


def test_a_withdrawn_licence_can_be_accepted_again(cast, now):
    kiwi = entry(GATED)
    accept_licence(scorer=kiwi, workspace=cast.workspace, by=cast.mia, now=now)
    assert withdraw_licence(scorer=kiwi, workspace=cast.workspace, by=cast.mia, now=now)
    assert not withdraw_licence(scorer=kiwi, workspace=cast.workspace, by=cast.mia, now=now)
    accept_licence(scorer=kiwi, workspace=cast.workspace, by=cast.mia, now=now)
    assert LicenceAcceptance.objects.filter(withdrawn_at=None).count() == 1


@pytest.mark.parametrize("who", ["rui", "ana", "oz"])
def test_only_managers_accept_a_licence(cast, now, who):
    with pytest.raises(PermissionDenied):
        accept_licence(scorer=entry(GATED), workspace=cast.workspace, by=getattr(cast, who), now=now)


def test_a_worker_cuts_what_was_ordered_and_the_pass_goes_on_from_there(benchmark, cast, now):
    [made] = order_passes(order=Order(benchmark, ("de",)), by=cast.mia, now=now)
    assert [one.kind for one in made.chunks.all()] == ["cut"]
    assert see_through(made, lambda line: None)
    made.refresh_from_db()
    assert (made.finished_at is not None, set(made.statistics)) == (True, {"mt-alpha"})
