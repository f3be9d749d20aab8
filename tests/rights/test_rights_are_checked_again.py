"""Rights taken away between claim and submit, look and decision, request and run: nothing comes of it any more."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from annotation.actions.campaigns import withdraw_member
from annotation.models import Annotation, Membership, Slot
from common.models import Job
from corpus.models import Benchmark
from corpus.tasks import import_upload
from exports.models import Release
from exports.tasks import make_release
from flagging.models import ModelPass
from people.actions import withdraw_role
from people.models import Role
from review.actions import settle
from review.models import Settlement
from tests.rights.asking import ask, everything
from tests.rights.matrix import MATRIX
from tests.rights.table import Row
from tests.rights.world import World

Withdraw = Callable[[World, str], None]


def no_role(world: World, name: str) -> None:
    for role in Role.objects.filter(contributor=world.people[name], withdrawn_at=None):
        withdraw_role(role=role, by=None, now=timezone.now())


def no_membership(world: World, name: str) -> None:
    for place in Membership.objects.filter(contributor=world.people[name], withdrawn_at=None):
        withdraw_member(membership=place, by=None, now=timezone.now())


def no_account(world: World, name: str) -> None:
    user = world.people[name].user
    user.is_active = False
    user.save()


def no_person(world: World, name: str) -> None:
    world.people[name].user.delete()


def the_row(route: str, about: str) -> Row:
    return next(one for rows in MATRIX.values() for one in rows if (one.route, one.about) == (route, about))


HELD = "an item that Ana holds"
POSTED = [
    ("slot", HELD, "Ana", no_membership, {403}),
    ("slot", HELD, "Ana", no_account, {302}),
    ("heartbeat", HELD, "Ana", no_membership, {409}),
    ("undo", "an item that Ana judged", "Ana", no_membership, {403}),
    ("api-submission", HELD, "work:write", no_membership, {403}),
    ("api-submission", HELD, "work:write", no_account, {401}),
    ("api-submission", HELD, "work:write", no_person, {401}),
    ("api-heartbeat", HELD, "work:write", no_membership, {409}),
    ("api-undo", "an item that Ana judged", "work:write", no_membership, {403}),
    ("review:task", "a German task", "Rui", no_role, {404}),
    ("review:task", "a German task", "Rui", no_account, {302}),
    ("flagging:retry", "a pass", "Mia", no_role, {404}),
    ("flagging:cancel", "a pass", "Mia", no_role, {404}),
    ("flagging:cancel", "a pass", "Mia", no_account, {302}),
    ("api-imports", "into the workspace", "imports:write", no_role, {404}),
    ("api-imports", "into the workspace", "imports:write", no_account, {401}),
    ("api-campaign-releases", "the campaign", "releases:write", no_role, {404}),
    ("api-release-files", "a release", "releases:write", no_role, {404}),
]


@pytest.mark.parametrize(("route", "about", "caller", "withdraw", "statuses"), POSTED)
def test_what_was_begun_with_a_right_is_not_ended_without_it(
    world: World, route: str, about: str, caller: str, withdraw: Withdraw, statuses: set[int]
) -> None:
    row = the_row(route, about)
    # Made while the right is there, as a page that was loaded before is.
    sent = world.sent(row.verbs["POST"].sends)
    world.sent = lambda _name: sent
    person = caller if caller in world.people else row.tokens_of
    withdraw(world, person)
    before = everything()
    answer = ask(world, row, "POST", caller)
    assert answer.status_code in statuses
    assert everything() == before


@pytest.mark.parametrize("withdraw", [no_membership, no_account])
def test_a_held_item_is_no_judgement_after_its_holder_left(world: World, withdraw: Withdraw) -> None:
    judged = Annotation.objects.count()
    sent = world.sent("judgement")
    withdraw(world, "Ana")
    world.clients["Ana"].post(reverse("slot", args=world.objects[HELD]), sent)
    assert Annotation.objects.count() == judged
    assert not Slot.objects.filter(pk=world.held.pk, submitted_at__isnull=False).exists()


def test_the_actions_themselves_look_at_rights_again(world: World) -> None:
    """Whichever way leads to them, now or later."""
    task = world.task(3)
    no_role(world, "Rui")
    with pytest.raises(PermissionDenied):
        settle(
            task=task, outcome="exclude_language", reason="No.", by=world.people["Rui"], now=timezone.now()
        )
    assert not Settlement.objects.exists()


@pytest.mark.parametrize("withdraw", [no_role, no_account, no_person])
def test_an_import_that_waits_is_not_done_for_somebody_who_may_not_any_more(
    world: World, withdraw: Withdraw
) -> None:
    job = Job.objects.get(public_id=world.objects["an import"][0])
    withdraw(world, "Mia")
    import_upload(job.pk)
    job.refresh_from_db()
    assert job.state == "failed" and job.error["code"] == "right_withdrawn"
    assert not Benchmark.objects.filter(slug="new").exists()


@pytest.mark.parametrize("withdraw", [no_role, no_account, no_person])
def test_a_release_that_waits_is_not_made_for_somebody_who_may_not_any_more(
    world: World, withdraw: Withdraw
) -> None:
    job = Job.objects.get(public_id=world.objects["work on a release"][0])
    withdraw(world, "Mia")
    make_release(job.pk)
    job.refresh_from_db()
    assert job.state == "failed"
    assert not Release.objects.filter(version="1.1").exists()


def test_a_session_and_a_token_end_with_the_account(world: World) -> None:
    session = world.clients["Mia"]
    token = Client(headers={"Authorization": f"Bearer {world.tokens['Mia']['releases:read']}"})
    page, api = reverse("release", args=world.objects["a release"]), reverse("api-releases")
    assert (session.get(page).status_code, token.get(api).status_code) == (200, 200)
    no_account(world, "Mia")
    assert session.get(page)["Location"].startswith(reverse("account_login"))
    assert token.get(api).status_code == 401


def test_a_session_and_a_token_lose_a_role_at_the_next_request(world: World) -> None:
    session = world.clients["Mia"]
    headers = {"Authorization": f"Bearer {world.tokens['Mia']['releases:read']}"}
    page, api = (reverse(name, args=world.objects["a release"]) for name in ("release", "api-release"))
    assert session.get(page).status_code == Client().get(api, headers=headers).status_code == 200
    no_role(world, "Mia")
    assert session.get(page).status_code == Client().get(api, headers=headers).status_code == 404


def test_a_pass_that_was_tried_again_has_not_been_touched(world: World) -> None:
    found = ModelPass.objects.get(language="de")
    no_role(world, "Mia")
    world.clients["Mia"].post(reverse("flagging:retry", args=[found.public_id]))
    assert not found.chunks.filter(attempts=0).exists()
