"""What `make run` opens on. The load is stopped twice on its way, so that every test also sees it go on."""

from __future__ import annotations

from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from annotation.models import Annotation, Campaign
from annotation.queries import progress, queues
from corpus.models import Item, PublishedVotes, Translation
from demo import script
from demo.actions import SAMPLE, load_sample
from demo.errors import NotATrialError
from demo.lab import PASSWORD, found_lab
from demo.work import work_off
from exports.queries import releases_for
from flagging.queries import passes_of
from launcher.run import SAMPLE_LEFT_OUT
from people.models import Contributor, Skill
from people.queries import contributor_by_email
from review.models import Settlement
from review.queries import review_queue
from tests.conftest import NOW

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


class Stopped(Exception):
    pass


def stop_at(line: str):
    def write(told: str) -> None:
        if line in told:
            raise Stopped

    return write


@pytest.fixture(scope="module", autouse=True)
def sample(committed: None) -> Campaign:
    """Loaded in three goes: stopped before the checks, then while Ana works, then through."""
    for line in ("Checking", "judgements"):
        with pytest.raises(Stopped):
            load_sample(now=NOW, write=stop_at(line))
    lab, campaign = found_lab(now=NOW), Campaign.objects.get(slug=SAMPLE)
    work_off(
        campaign=campaign,
        person="Ana",
        kind="verification",
        language="ar",
        lab=lab,
        clock=lambda: NOW,
        at_most=5,
    )
    assert load_sample(now=NOW, write=lambda line: None)
    return campaign


def person(name: str) -> Contributor:
    return contributor_by_email(f"{name.lower()}@example.org")


def row_counts() -> dict[str, int]:
    return {model._meta.label: model.objects.count() for model in apps.get_models() if model._meta.managed}


def test_loading_again_takes_one_statement_and_changes_no_row() -> None:
    before = row_counts()
    with CaptureQueriesContext(
        connection,
    ) as statements:
        assert not load_sample(now=NOW, write=lambda line: None)
    assert len(statements) == 1
    assert row_counts() == before


def test_the_items_both_german_systems_and_the_votes_are_imported() -> None:
    assert Item.objects.count() == 48
    assert Translation.objects.filter(language="de").values("system").distinct().count() == 2
    assert Translation.objects.count() == 48 * len(script.TRANSLATIONS)
    assert PublishedVotes.objects.count() == 6
    assert set(Item.objects.values_list("split", flat=True)) == {"test", "dev"}


@pytest.mark.parametrize("member", script.people(), ids=lambda member: member.name)
def test_each_of_the_cast_can_sign_in_and_has_their_languages(member: script.Person) -> None:
    contributor = contributor_by_email(member.email)
    assert contributor.user is not None and contributor.user.check_password(PASSWORD)
    assert (
        dict(Skill.objects.filter(contributor=contributor).values_list("language", "level"))
        == member.languages
    )


def test_every_text_shows_what_the_checks_found(sample: Campaign) -> None:
    assert not sample.tasks.filter(flags_hidden=True).exists()


def test_everybody_has_done_as_much_as_the_script_opens_with(sample: Campaign) -> None:
    done = {
        (member.name, queue.kind, queue.language): queue.done
        for member in script.people()
        for queue in queues(person(member.name))
        if queue.done
    }
    assert done == script.counts(script.opening())
    assert Annotation.objects.count() == len(script.opening())
    assert Settlement.objects.filter(decided_by=person("Rui")).count() == len(script.opening_settlements())


@pytest.mark.parametrize("name", ["Ana", "Ben", "Chi", "Dev"])
def test_an_annotator_has_work_in_each_of_their_languages(name: str) -> None:
    mine = {member.name: member for member in script.people()}[name]
    assert {queue.language for queue in queues(person(name)) if queue.open} == set(mine.annotates)


def test_rui_finds_rejects_disagreements_and_revisions_in_several_languages() -> None:
    rows = review_queue(person("Rui"), limit=200).rows
    assert {str(why) for row in rows for why in row.why} >= {"reject", "disagreement", "revision"}
    assert len({row.task.language_id for row in rows}) >= 4


def test_mia_finds_checks_progress_and_a_release(sample: Campaign) -> None:
    passes = passes_of(person("Mia"))
    assert {one.language_id for one in passes} == {"en", *script.LANGUAGES}
    assert all(one.finished_at for one in passes)
    assert [release.version for release in releases_for(person("Mia"))] == ["0.1"]
    found = {(queue.kind, queue.language): queue for queue in progress(sample)}
    assert found["verification", "fr"].submitted == 0
    assert 0 < found["verification", "ar"].complete < found["verification", "ar"].tasks


def test_oz_finds_nothing() -> None:
    assert queues(person("Oz")) == []
    assert review_queue(person("Oz")).rows == ()
    assert not releases_for(person("Oz")).exists() and not passes_of(person("Oz")).exists()


def test_the_sign_ins_are_shown_with_what_to_do_first() -> None:
    shown = StringIO()
    call_command("load_sample", "--show", stdout=shown)
    for member in script.people():
        assert member.email in shown.getvalue()
    assert PASSWORD in shown.getvalue() and "What to do first" in shown.getvalue()


def test_outside_debug_nothing_is_loaded_or_shown_and_the_known_password_is_warned_of() -> None:
    told, shown = StringIO(), StringIO()
    with override_settings(DEBUG=False):
        with pytest.raises(NotATrialError, match="DEBUG is off"):
            load_sample(now=NOW, write=lambda line: None)
        call_command("load_sample", "--show", stdout=shown, stderr=told)
        with pytest.raises(SystemExit) as left_out:
            call_command("load_sample", stdout=shown, stderr=told)
    assert left_out.value.code == SAMPLE_LEFT_OUT
    assert shown.getvalue() == ""
    assert "DEBUG is off" in told.getvalue() and "WARNING: the sample's accounts" in told.getvalue()
