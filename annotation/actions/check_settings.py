"""What a check weighs in a campaign: told by its manager with a reason, and forgotten again.

Queues are put in their new order by a worker: those of all languages together take longer than a page may.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from annotation.errors import CampaignError
from annotation.labels import is_storable
from annotation.models import Campaign, CheckSetting
from common import audit
from common.queue import enqueue
from flagging.checks import by_name
from people.models import Contributor
from people.permissions import check_can_manage

REASON_AT_MOST = 300
WEIGHED, FORGOTTEN = "check.weighed", "check.forgotten"


@transaction.atomic
def weigh_check(
    *,
    campaign: Campaign,
    detector: str,
    language: str | None,
    weight: str,
    reason: str,
    by: Contributor,
    now: datetime,
) -> CheckSetting:
    """This function will have a check weigh otherwise in one language of a campaign, or in all (`language` None), and
    return the setting; one that was there is replaced.

    The queues it touches are put in order anew, soon. Raises `PermissionDenied`, and `CampaignError` for what cannot
    be; then nothing is written.
    """
    check_can_manage(by, campaign.workspace_id)
    _check(campaign, detector, language, weight, reason)
    setting, _created = CheckSetting.objects.update_or_create(
        campaign=campaign,
        detector=detector,
        language_id=language,
        defaults={"weight": weight, "reason": reason.strip(), "set_by": by, "set_at": now},
    )
    audit.record(
        WEIGHED, campaign, workspace=campaign.workspace_id, by=by, now=now,
        detector=detector, language=language, weight=weight, reason=setting.reason,
    )  # fmt: skip
    _order_again(campaign, language)
    return setting


@transaction.atomic
def forget_weight(
    *, campaign: Campaign, detector: str, language: str | None, by: Contributor, now: datetime
) -> bool:
    """This function will take a setting back: the check weighs there what it weighs by itself, or what is said for
    all languages. False where nothing was set. Raises `PermissionDenied`."""
    check_can_manage(by, campaign.workspace_id)
    set_here = CheckSetting.objects.filter(campaign=campaign, detector=detector, language=language)
    if not set_here.delete()[0]:
        return False
    audit.record(
        FORGOTTEN, campaign, workspace=campaign.workspace_id, by=by, now=now,
        detector=detector, language=language,
    )  # fmt: skip
    _order_again(campaign, language)
    return True


def check_setting(campaign: Campaign, detector: str, language: str | None, weight: str) -> None:
    """This function will raise `CampaignError` for a setting that cannot be. One statement."""
    try:
        by_name(detector)
    except KeyError as error:
        raise CampaignError(str(error.args[0])) from None
    if weight not in CheckSetting.Weight.values:
        raise CampaignError(_("“%(value)s” is no weight. Choose one of those offered.") % {"value": weight})
    if language is not None and not campaign.languages.filter(language=language).exists():
        raise CampaignError(_("This campaign does not verify “%(tag)s”.") % {"tag": language})


def _check(campaign: Campaign, detector: str, language: str | None, weight: str, reason: str) -> None:
    check_setting(campaign, detector, language, weight)
    if not reason.strip():
        raise CampaignError(_("Say why: every release of this campaign tells it to its readers."))
    if len(reason.strip()) > REASON_AT_MOST or not is_storable(reason):
        raise CampaignError(
            _("Say the reason in %(most)d characters at most, without NUL.") % {"most": REASON_AT_MOST}
        )


def _order_again(campaign: Campaign, language: str | None) -> None:
    """A queue that no pass has ordered is late, so that the sweeper finds what the broker lost."""
    if campaign.closed_at:
        return
    lines = campaign.languages.all() if language is None else campaign.languages.filter(language=language)
    lines.update(ordered_by=None)
    enqueue("annotation.order_queue", list(lines.values_list("pk", flat=True)))
