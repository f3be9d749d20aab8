"""The sample campaign as `make run` opens on it, and the whole path on it without a page.

Nothing is written here by itself: all rows come from the actions that pages and commands use, on behalf of
the person whose work it is.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from annotation.models import Campaign
from annotation.queries import progress
from demo import queries
from demo.errors import SampleError
from demo.lab import Lab, check_is_trial, found_lab
from demo.script import counts, opening, opening_settlements
from demo.texts import check_texts, import_texts
from demo.work import Clock, everybodys_queues, open_for_the_cast, settle_everything, settle_waiting, work_off
from exports.actions import make_release, render
from exports.formats.folder import check_target
from exports.models import Release
from exports.queries import lines_of

SAMPLE, SAMPLE_VERSION = "sample", "0.1"
DEMO, DEMO_VERSION = "demo", "1.0"
Write = Callable[[str], object]


def load_sample(*, now: datetime, write: Write) -> bool:
    """This function will load the sample campaign with work left in every role; False when it is there already.

    That is told by its release, which comes last: one statement. Killed midway and run again it goes on where
    it was. Raises `NotATrialError` outside debug.
    """
    check_is_trial()
    if queries.is_released(SAMPLE, SAMPLE_VERSION):
        return False
    lab = found_lab(now=now)
    benchmark = import_texts(benchmark=SAMPLE, lab=lab, now=now, write=write)
    write("  Checking the texts")
    check_texts(benchmark=benchmark, lab=lab, clock=lambda: now, write=lambda line: None)
    campaign = queries.campaign_named(SAMPLE) or open_for_the_cast(
        benchmark=benchmark, slug=SAMPLE, name="Sample campaign", lab=lab, now=now
    )
    _do_the_opening(campaign, lab, now, write)
    make_release(campaign=campaign, version=SAMPLE_VERSION, by=lab.manager, now=now, allow_open=True)
    return True


def _do_the_opening(campaign: Campaign, lab: Lab, now: datetime, write: Write) -> None:
    """As many judgements and decisions as the script opens with; the queues say on which items."""
    wanted = counts(opening())
    write(f"  {sum(wanted.values())} judgements and {len(opening_settlements())} decisions")
    for person, work in groupby(everybodys_queues(), key=itemgetter(0)):
        done = queries.done_by(lab.people[person], campaign)
        handed_in = 0
        for _, kind, language in work:
            missing = wanted.get((person, kind, language), 0) - done.get((kind, language), 0)
            handed_in += work_off(
                campaign=campaign, person=person, kind=kind, language=language, lab=lab, clock=lambda: now,
                at_most=max(0, missing),
            )  # fmt: skip
        write(f"  {person}: {handed_in} judgements")
    missing = max(0, len(opening_settlements()) - queries.settled_in(campaign))
    settled = settle_waiting(campaign=campaign, lab=lab, clock=lambda: now, at_most=missing)
    write(f"  {lab.reviewer.display_name}: {settled} decisions")


def run_whole_path(
    *, output: Path | None, releases: Path, clock: Clock, write: Write
) -> tuple[Release, Path]:
    """This function will take the sample from its files to a release on a campaign of its own, and return the
    release and its folder: `output`, or one named after the campaign in `releases`.

    Raises `NotATrialError` outside debug, `FolderError` before any work where the folder holds something else,
    `ReleaseError` and `SampleError` where the path does not end as it should.
    """
    check_is_trial()
    slug = queries.free_slug(DEMO)
    folder = output or releases / f"{slug}-{DEMO_VERSION}"
    check_target(folder, release="")
    lab = found_lab(now=clock())
    write("1. Import")
    benchmark = import_texts(benchmark=DEMO, lab=lab, now=clock(), write=write)
    write("2. Checks")
    check_texts(benchmark=benchmark, lab=lab, clock=clock, write=lambda line: write(f"  {line}"))
    write(f"3. Campaign {slug}")
    campaign = open_for_the_cast(benchmark=benchmark, slug=slug, name=f"Demo ({slug})", lab=lab, now=clock())
    _work_everything(campaign, lab, clock, write)
    write("5. Review")
    settled = settle_everything(campaign=campaign, lab=lab, clock=clock)
    write(f"  {lab.reviewer.display_name} settled {settled} tasks")
    write(f"6. Release {DEMO_VERSION}")
    return _release(campaign, folder, lab, clock), folder


def _work_everything(campaign: Campaign, lab: Lab, clock: Clock, write: Write) -> None:
    queues = progress(campaign)
    wanted, done = sum(queue.slots for queue in queues), 0
    for queue in queues:
        write(f"  {queue.language} {queue.kind}: {queue.tasks} tasks, {queue.slots} judgements wanted")
    write("4. Work")
    for person, kind, language in everybodys_queues():
        handed_in = work_off(
            campaign=campaign, person=person, kind=kind, language=language, lab=lab, clock=clock
        )
        done += handed_in
        write(f"  {done * 100 // wanted:3} %  {person}, {kind} in {language}: {handed_in} items")
    if done < wanted:
        raise SampleError(
            f"{wanted - done} of {wanted} judgements are missing; the page Progress says where."
        )


def _release(campaign: Campaign, folder: Path, lab: Lab, clock: Clock) -> Release:
    release = make_release(campaign=campaign, version=DEMO_VERSION, by=lab.manager, now=clock())
    open_rows = sum(line.open for line in lines_of(release))
    if open_rows:
        raise SampleError(f"{open_rows} rows of the release are not settled; the page Review says which.")
    render(release=release, target=folder, formats=(), by=lab.manager, now=clock())
    return release
