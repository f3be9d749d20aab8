"""What the views of work do: claims and judgements, as the API answers and refuses them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.core.exceptions import PermissionDenied
from django.db import DatabaseError
from django.utils.translation import gettext as _

from annotation import payloads
from annotation.actions import claims, submissions
from annotation.candidates import candidates
from annotation.errors import (
    HandedInError,
    NothingToUndoError,
    QueueClosedError,
    SlotLostError,
    TextReplacedError,
)
from annotation.held_work import held_work
from annotation.labels import LabelError, SensitivityAnswers, SensitivitySpan, Verdict, VerificationAnswer
from annotation.models import Campaign, Kind, Slot, Task
from common.api.errors import ApiError
from common.api.instants import instant
from common.idempotency import Answer
from people.models import Contributor

logger = logging.getLogger("isogloss.annotation")

# Keys of people and programs become the unique keys of judgements under it.
KEY_SPACE = UUID("6f1d4a3e-52b7-4d0c-9d3b-0a64c8e1f2a7")


def lost() -> ApiError:
    """This function will return the refusal of what is done to a slot that is with nobody or somebody else."""
    return ApiError(409, "slot_lost", _("This slot is not with you any more."), cure="Claim the next one.")


def claim(
    *, campaign: Campaign, kind: str, language: str, by: Contributor, now: datetime
) -> dict[str, Any] | None:
    """This function will return the slot `by` works on next with all there is to see of it; None when none is left."""
    with _refusals(lambda: campaign):
        taken = claims.claim(campaign=campaign, kind=kind, language=language, by=by, now=now, opens=True)
    if taken is None:
        return None
    held = held_work(taken, by)
    return payloads.work(held, campaign) if held else None


def check_queue(campaign: Campaign, kind: str, language: str) -> None:
    """This function will raise 422 for a queue that never was, to tell it apart from one that is done."""
    if not Task.objects.filter(campaign=campaign, kind=kind, language=language).exists():
        raise ApiError(
            422, "no_such_queue", f"This campaign has no {kind} in {language}.", field="kind",
            cure="Take one of the queues that the campaign's own address names.",
        )  # fmt: skip


def claim_next(*, held: Slot, by: Contributor, now: datetime) -> dict[str, Any] | None:
    """This function will claim from the queue of a slot; None also where that is refused: a claim tells why.

    None, too, where the database fails: the judgement before it is kept, and is not to be answered as if it were not.
    """
    try:
        return claim(campaign=held.campaign, kind=held.kind, language=held.language_id, by=by, now=now)
    except (ApiError, PermissionDenied):
        return None
    except DatabaseError:
        logger.exception(
            "After a judgement of slot %s was kept, the next could not be claimed.", held.public_id
        )
        return None


def submit(*, held: Slot, said: dict[str, Any], key: str, by: Contributor, now: datetime) -> Answer:
    """This function will keep what was `said` about a slot; called under its Idempotency-Key, once."""
    handed = submissions.Handed(
        key=uuid5(KEY_SPACE, f"{by.pk} {key}"),
        item_version=said["item_version"],
        translation_version=said.get("translation_version"),
        active_ms=said["active_ms"],
        system=said.get("system", ""),
    )
    with _refusals(lambda: held.campaign, held, handed.system):
        if held.kind == Kind.VERIFICATION:
            kept = submissions.submit_verification(
                slot=held, answer=_verdict(said), handed=handed, by=by, now=now
            )
        else:
            kept = submissions.submit_sensitivity(
                slot=held, answers=_answers(said), note=said["note"], handed=handed, by=by, now=now
            )
    return Answer(
        201,
        {
            "annotation": str(kept.public_id),
            "slot": str(kept.slot.public_id),
            "kept_as": submissions.place_of(kept, held).value,
            "submitted_at": instant(kept.submitted_at),
        },
    )


def _verdict(said: dict[str, Any]) -> VerificationAnswer:
    verdict = Verdict(said["verdict"])
    if "fields" in said and verdict is not Verdict.EDIT:
        raise LabelError("fields", "Texts go with an edit; this verdict would drop them.")
    return VerificationAnswer(
        verdict, said.get("fields"), reason=said["reason"], severity=said["severity"], note=said["note"]
    )


def _answers(said: dict[str, Any]) -> SensitivityAnswers:
    return SensitivityAnswers(
        tags=tuple(said["tags"]),
        not_sure=said["not_sure"],
        spans=tuple(SensitivitySpan(**span) for span in said["spans"]),
        culture=said["culture"],
        region=said["region"],
        country=said["country"],
        time_sensitive=said["time_sensitive"],
    )


def undo(*, own: Slot, by: Contributor, now: datetime) -> Answer:
    """This function will take a judgement back; called under its Idempotency-Key, once."""
    with _refusals(lambda: own.campaign):
        retraction = submissions.undo(slot=own, by=by, now=now)
    return Answer(
        201,
        {
            "annotation": str(retraction.public_id),
            "slot": str(own.public_id),
            "lease_until": instant(retraction.slot.lease_until),
        },
    )


@contextmanager
def _refusals(campaign: Callable[[], Campaign], slot: Slot | None = None, system: str = "") -> Iterator[None]:
    """`campaign` is read where something is refused, and only there."""
    try:
        yield
    except LabelError as error:
        raise ApiError(
            422, "label_invalid", _(error.template) % error.params, field=error.field,
            cure="Mend the field and send it again, with the same key.",
        ) from error  # fmt: skip
    except QueueClosedError as error:
        code = "campaign_closed" if campaign().closed_at else "campaign_paused"
        raise ApiError(409, code, str(error), cure="Ask the managers of the campaign.") from error
    except SlotLostError as error:
        raise ApiError(409, "slot_lost", str(error), cure="Claim the next one.") from error
    except HandedInError as error:
        raise ApiError(
            409, "handed_in", str(error), cure="Undo it first, then hand in what should stand."
        ) from error
    except NothingToUndoError as error:
        raise ApiError(
            409, "nothing_to_undo", str(error), cure="Look at GET annotations/ for what stands."
        ) from error
    except TextReplacedError as error:
        raise ApiError(
            409, "text_replaced", str(error), current=_current_versions(slot, system) if slot else {},
            cure="Claim again to see the text that counts now, and judge that.",
        ) from error  # fmt: skip


def _current_versions(slot: Slot, system: str) -> dict[str, int | None]:
    judged = next((one for one in candidates(slot) if system in ("", one.system)), None)
    return {
        "item_version": slot.task.item.current_version.number,
        "translation_version": judged.version.number if judged else None,
    }
