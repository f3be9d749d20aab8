from __future__ import annotations

from annotation.actions.ordering import order_late_queues
from annotation.models import Slot
from corpus.models import Translation
from flagging.actions.chunks import run_chunk
from flagging.actions.passes import check_unchecked_imports, request_pass
from flagging.models import ModelPass


def checked(campaign, now) -> ModelPass:
    model_pass = request_pass(benchmark=campaign.benchmark, language="de", by=None, now=now)
    for chunk in model_pass.chunks.all():
        run_chunk(chunk.pk, now=now)
    return model_pass


def test_flagged_tasks_come_first_and_audit_tasks_keep_their_probability(campaign, now):
    worst = Translation.objects.get(item__external_id="quiz/test/3")
    model_pass = checked(campaign, now)
    model_pass.flags.all().delete()
    model_pass.flags.create(
        translation_version=worst.current_version, detector="blank_option", detector_version=1,
        field="option_a", severity="broken",
    )  # fmt: skip
    assert order_late_queues() == 1
    slots = Slot.objects.filter(kind="verification").order_by("position")
    assert slots[0].task.item.external_id == "quiz/test/3"
    assert [(slot.stratum, slot.inclusion_probability) for slot in slots] == [
        ("flagged", 1),
        *[("audit", 1)] * 3,
    ]


def test_a_queue_that_missed_the_news_of_a_pass_is_ordered_later_and_once(campaign, now):
    assert order_late_queues() == 0
    model_pass = checked(campaign, now)
    assert order_late_queues() == 1
    assert campaign.languages.get().ordered_by == model_pass
    assert order_late_queues() == 0


def test_what_was_opened_keeps_its_stratum(campaign, now):
    Slot.objects.filter(kind="verification").update(stratum="rest", opened_at=now)
    checked(campaign, now)
    order_late_queues()
    assert set(Slot.objects.filter(kind="verification").values_list("stratum", flat=True)) == {"rest"}


def test_an_import_that_no_pass_followed_is_checked_later_and_once(campaign, now):
    source = campaign.benchmark.sources.get()
    campaign.benchmark.imports.create(
        source=source, kind="translations", counts={"created": 4}, started_at=now, promoted_at=now
    )
    later = now.replace(hour=12)
    assert check_unchecked_imports(now=later) == 1
    assert check_unchecked_imports(now=later) == 0
