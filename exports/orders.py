"""Asking for a release or for files of one: a job is written down, and a worker does it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from annotation.models import Campaign
from common import jobs
from common.models import Job
from exports.actions import check_version
from exports.formats.render import formats_named
from exports.formats.tables import FORMATS
from exports.models import Release
from exports.queries import MAKE_RELEASE, RENDER_FILES
from people.models import Contributor
from people.permissions import check_can_manage

# A rendering that failed is not tried again for everybody who asks for a file.
TRIED_AGAIN_AFTER = timedelta(minutes=1)


def order_release(
    *,
    campaign: Campaign,
    version: str,
    formats: Sequence[str],
    allow_open: bool,
    by: Contributor,
    now: datetime,
) -> Job:
    """This function will ask for a release and its files, and return the job.

    Raises PermissionDenied, UnknownFormatError, and ReleaseError for a version that is no name or taken: what can
    be told at once. What only the rows tell is the job's error.
    """
    check_can_manage(by, campaign.workspace_id)
    check_version(campaign, version)
    arguments = {
        "campaign": campaign.pk,
        "version": version,
        "formats": [made.name for made in formats_named(formats)],
        "allow_open": allow_open,
    }
    return jobs.request(
        task=MAKE_RELEASE, workspace=campaign.workspace_id, arguments=arguments, by=by, now=now
    )


@transaction.atomic
def order_files(*, release: Release, formats: Sequence[str], by: Contributor, now: datetime) -> Job:
    """This function will ask for a release's files in more formats, or again, and return the job.

    A job that is under way for the same files is returned instead of a second one. Raises PermissionDenied and
    UnknownFormatError.
    """
    workspace = release.campaign.workspace_id
    check_can_manage(by, workspace)
    arguments = {"release": release.pk, "formats": [made.name for made in formats_named(formats)]}
    _lock(release)
    under_way = Job.objects.filter(
        task=RENDER_FILES, arguments=arguments, finished_at=None, failed_at=None
    ).first()
    return under_way or jobs.request(
        task=RENDER_FILES, workspace=workspace, arguments=arguments, by=by, now=now
    )


@transaction.atomic
def order_lost_files(*, release: Release, by: Contributor, now: datetime) -> Job:
    """This function will ask for all files of a release again, in the formats it has, and return the job.

    The job that failed at it less than a minute ago is returned instead.
    """
    _lock(release)
    paths = list(release.files.values_list("path", flat=True))
    formats = [name for name in FORMATS if any(path.endswith(f".{name}") for path in paths)]
    lately = now - TRIED_AGAIN_AFTER
    failed = Job.objects.filter(
        task=RENDER_FILES, arguments__release=release.pk, failed_at__gt=lately
    ).first()
    return failed or order_files(release=release, formats=formats, by=by, now=now)


def _lock(release: Release) -> None:
    """Whoever looks for a job and finds none asks for one before anybody else looks."""
    Release.objects.select_for_update(no_key=True).get(pk=release.pk)
