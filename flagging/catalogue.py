"""The scorers as pages show them: what each is, under which licence, and whether its model is on this machine."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from django.conf import settings
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common.models import Workspace
from flagging.checks import by_name
from flagging.models import LicenceAcceptance
from flagging.scorers import ScorerEntry, ScorerError, entries, entry
from flagging.scorers.places import read_lock, weight_files
from flagging.suspicion import HEAD, SURFACE
from people.models import Contributor
from people.queries import managed_workspaces

KINDS: dict[str, Promise] = {
    "metricx": _(
        "Learned from people's ratings of translations; reads the source and the translation together."
    ),
    "regressor": _(
        "Learned from people's ratings of translations; reads the source and the translation together."
    ),
    "biencoder": _("Compares what the two texts mean; also sees options that stand in each other's place."),
    "judge": _(
        "A language model asked for a grade; slow, and it never judges its own family's translations."
    ),
    "cometkiwi": _("Learned from people's ratings of translations; for uses that are not commercial."),
}
LEARNED: dict[str, Promise] = {
    SURFACE: _("What the set itself teaches"),
    HEAD: _("What verdicts taught"),
}


@dataclass(frozen=True, slots=True)
class Shelved:
    """A scorer with where its model is: `commit` is the one that was fetched, else the one that would be."""

    entry: ScorerEntry
    about: str
    here: bool
    commit: str
    fetch: str

    @property
    def lower_is_better(self) -> bool:
        """Whether less is better in what the model itself says; scores are turned round."""
        return self.entry.direction < 0


def shelf() -> list[Shelved]:
    """This function will return every scorer in the order of the registry. No statement; looks into the folder of
    models."""
    return [shelved(one) for one in entries()]


def shelved(scorer: ScorerEntry) -> Shelved:
    """This function will return one scorer with where its model is. No statement."""
    folder = settings.MODELS_DIR / scorer.name
    here = is_here(scorer)
    commit = _fetched_commit(folder) if here else ""
    return Shelved(
        scorer, str(KINDS[scorer.kind]), here, commit or scorer.revision or "", fetch_command(scorer)
    )


def is_here(scorer: ScorerEntry) -> bool:
    """This function will say whether a scorer's model is on this machine. No statement."""
    folder = settings.MODELS_DIR / scorer.name
    return folder.is_dir() and bool(weight_files(folder))


def _fetched_commit(folder: Path) -> str:
    try:
        lock = read_lock(folder)
    except ScorerError:
        # Loading it will say what is wrong with it.
        return ""
    return lock.revision if lock else ""


def fetch_command(scorer: ScorerEntry) -> str:
    """This function will return the command that brings a scorer's model to a machine."""
    return f"python manage.py fetch_model {scorer.name}{' --accept-licence' if scorer.gated else ''}"


def title_of_scorer(name: str) -> str:
    """This function will return a scorer's or check's title in the language of the page; its name where it is gone."""
    if name in LEARNED:
        return str(LEARNED[name])
    try:
        return entry(name).title
    except KeyError:
        pass
    try:
        return gettext(by_name(name).title)
    except KeyError:
        return name


def why_not_here(scorers: tuple[str, ...]) -> str:
    """This function will say why this process cannot run these scorers itself, with the cure; "" where it can."""
    missing = [name for name in ("torch", "transformers") if find_spec(name) is None]
    if scorers and missing:
        return (
            f"The model requirements are not installed here ({', '.join(missing)} missing). "
            "Install them: pip install -r requirements-model.txt"
        )
    absent = [entry(name) for name in scorers if not is_here(entry(name))]
    return " ".join(
        f"{one.title} is not on this machine (looked in {settings.MODELS_DIR / one.name}). "
        f"Fetch it: {fetch_command(one)}"
        for one in absent
    )


@dataclass(frozen=True, slots=True)
class Consent:
    """Whether the licence of a scorer is accepted in a workspace."""

    workspace: Workspace
    accepted: LicenceAcceptance | None


def consents(contributor: Contributor) -> dict[str, list[Consent]]:
    """This function will return, by scorer that asks for it, what the workspaces that `contributor` manages accepted.

    Two statements.
    """
    workspaces = list(managed_workspaces(contributor).order_by("name", "pk"))
    in_force = {(one.detector, one.workspace_id): one for one in _in_force().filter(workspace__in=workspaces)}
    return {
        one.name: [Consent(workspace, in_force.get((one.name, workspace.pk))) for workspace in workspaces]
        for one in entries()
        if one.gated
    }


def acceptance(scorer: ScorerEntry, workspace: Workspace) -> LicenceAcceptance | None:
    """This function will return the acceptance in force of a scorer's licence, None where there is none. One
    statement."""
    return _in_force().filter(workspace=workspace, detector=scorer.name).first()


def _in_force() -> QuerySet[LicenceAcceptance]:
    return LicenceAcceptance.objects.filter(withdrawn_at=None).select_related("accepted_by__user")
