"""Two workspaces with real rows in them, everybody of the roles, and what they send."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from annotation.actions.campaigns import Plan, add_member, open_campaign, withdraw_member
from annotation.actions.check_settings import weigh_check
from annotation.actions.claims import open_slot
from annotation.actions.submissions import Handed, submit_verification
from annotation.labels import Verdict, VerificationAnswer
from annotation.models import Campaign, Membership, Slot, Task
from common.models import Job, Language, Workspace
from exports.models import Release, ReleaseFile, ReleaseRow
from flagging.actions.learning import order_learning
from flagging.actions.licences import accept_licence
from flagging.actions.passes import pause, request_pass
from flagging.models import MOST_ATTEMPTS, Fit
from flagging.scorers import entry
from people.actions import create_account, grant_role, withdraw_role
from people.models import AccessToken, Contributor, Role
from people.scopes import Scope
from people.tokens import make_token, revoke_token
from review.cases import case, translation_of
from tests.exports.release_rows import data_row, info
from tests.factories import mini_benchmark
from tests.rights.roles import DEAD, PEOPLE

Address = tuple[Any, ...]


class World:
    """What the matrix is tried on. `objects` are the parameters of addresses, by the matrix's words for them."""

    def __init__(self) -> None:
        self.now: datetime = timezone.now()
        self.people = {name: self._person(name) for name in PEOPLE}
        self.lab = Workspace.objects.create(slug="lab", name="Lab", created_at=self.now)
        self.far = Workspace.objects.create(slug="far", name="Far", created_at=self.now)
        self.benchmark = mini_benchmark(self.lab, self.now, languages=("de", "ar"))
        self.campaign = self._campaign("mini", verification_standings=["professional"])
        self._side_campaign()
        self._roles()
        self._members()
        self.objects: dict[str, Address] = {
            "": (),
            "any other address": (),
            "the campaign": ("mini",),
        }
        self._work()
        self._passes()
        self._learning()
        self._releases()
        self._queues()
        self._checks()
        self.clients = {name: self._signed_in(name) for name in PEOPLE}
        self.tokens = {name: self._tokens(name) for name in ("Ana", "Mia")}
        self._jobs()
        self.objects["Mia's token"] = (self._token("Mia", [Scope.WORK_WRITE])[0].public_id,)

    def _person(self, name: str) -> Contributor:
        return create_account(email=f"{name.lower()}@example.org", name=name, password=None, now=self.now)

    def _campaign(self, slug: str, **settings: Any) -> Campaign:
        plan = Plan(
            slug=slug,
            benchmark=self.benchmark,
            languages={"de": None, "ar": None},
            verification_overlap=2,
            sensitivity_overlap=2,
            settings={"revision_rate": 0, **settings},
        )
        return open_campaign(plan=plan, by=None, now=self.now)

    def _side_campaign(self) -> None:
        self.side = self._campaign("side")
        self._join(self.side, "Otto", "de", "professional")

    def _grant(
        self, name: str, role: str, language: str | None = None, where: Workspace | None = None
    ) -> Role:
        return grant_role(
            contributor=self.people[name], workspace=where or self.lab, name=role, by=None, now=self.now,
            language=Language.objects.get(pk=language) if language else None,
        )  # fmt: skip

    def _roles(self) -> None:
        self._grant("Rui", "reviewer", "de")
        self._grant("Rana", "reviewer", "ar")
        self._grant("Mia", "manager")
        self._grant("Olga", "owner")
        self._grant("Max", "owner", where=self.far)
        for role in ("manager", "reviewer"):
            withdraw_role(role=self._grant("Wim", role), by=None, now=self.now)

    def _join(self, campaign: Campaign, name: str, language: str, standing: str) -> Membership:
        return add_member(
            campaign=campaign, contributor=self.people[name], language=language, standing=standing, by=None,
            now=self.now,
        )  # fmt: skip

    def _members(self) -> None:
        for language in ("de", "en"):
            self._join(self.campaign, "Ana", language, "professional")
            self._join(self.campaign, "Ben", language, "community")
        self._join(self.campaign, "Lea", "ar", "professional")
        self.wims_place = self._join(self.campaign, "Wim", "de", "professional")

    def task(self, number: int) -> Task:
        return Task.objects.select_related("campaign__benchmark", "item__current_version").get(
            campaign=self.campaign,
            kind="verification",
            language="de",
            item__external_id=f"quiz/test/{number}",
        )

    def _hold(self, name: str, number: int) -> Slot:
        """A slot of a task, leased to somebody, as their claim would leave it."""
        slot = self.task(number).slots.filter(contributor=None).order_by("number")[0]
        slot.contributor, slot.claimed_at = self.people[name], self.now
        slot.lease_until = self.now + timedelta(hours=1)
        slot.save()
        return open_slot(slot=slot, by=self.people[name], now=self.now)

    def _judge(self, name: str, number: int, verdict: Verdict = Verdict.ACCEPT, reason: str = "") -> Slot:
        slot = self._hold(name, number)
        version = translation_of(slot.task).current_version
        submit_verification(
            slot=slot, answer=VerificationAnswer(verdict, reason=reason), by=self.people[name], now=self.now,
            handed=Handed(uuid4(), slot.task.item.current_version.number, version.number),
        )  # fmt: skip
        return slot

    def _work(self) -> None:
        """Nobody is both judge and reviewer of the task that Rui decides on."""
        self.held = self._hold("Ana", 0)
        self.objects["an item that Ana holds"] = (self.held.public_id,)
        self.objects["an item that Ana judged"] = (self._judge("Ana", 1).public_id,)
        self.objects["an item that Wim judged"] = (self._judge("Wim", 2).public_id,)
        self._judge("Ana", 3, Verdict.REJECT, "fluency")
        withdraw_member(membership=self.wims_place, by=None, now=self.now)
        self.objects["a German task"] = (self.task(3).public_id,)

    def _passes(self) -> None:
        """One pass whose chunks failed for good: it can be tried again, and stopped."""
        found = request_pass(benchmark=self.benchmark, language="de", by=None, now=self.now)
        found.chunks.update(attempts=MOST_ATTEMPTS, last_error="ValueError: no")
        self.objects["a pass"] = (found.public_id,)
        self.objects["a pass and a detector"] = (found.public_id, "untranslated")
        paused = request_pass(benchmark=self.benchmark, language="ar", by=None, now=self.now)
        pause(model_pass=paused, by=self.people["Mia"], now=self.now)
        self.objects["a paused pass"] = (paused.public_id,)
        self.objects["a scorer in the workspace"] = ("aya-expanse-8b", "lab")
        accept_licence(scorer=entry("cometkiwi-22"), workspace=self.lab, by=self.people["Mia"], now=self.now)
        self.objects["an accepted licence"] = ("cometkiwi-22", "lab")

    def _learning(self) -> None:
        """Learning that failed, so that it can be asked for again; and a fit, so that there is something to order."""
        job = order_learning(workspace=self.lab, by=None, now=self.now)
        Job.objects.filter(pk=job.pk).update(failed_at=self.now, error={"message": "no", "cure": "none"})
        self.objects["work on learning"] = (job.public_id,)
        Fit.objects.create(
            workspace=self.lab, language_id="de", kind="calibration", parameters={}, report={}, switched_on=False,
            verdict_ids=[], fitted_at=self.now,
        )  # fmt: skip

    def _releases(self) -> None:
        told = info()
        release = Release.objects.create(
            campaign=self.campaign, version="1.0", text_rule="2", label_rule="1", code_version="0.2",
            made_at=self.now, counts={"en": {"test": {"verified": 1}}},
            options={
                "allow_open": False, "name": told.name, "campaign": "mini", "benchmark": "mini",
                "source_language": "en", "languages": [{"export_name": "en", "tag": "en", "name": "English"}],
                "sources": [], "labels": {"CS": 1}, "left_out": [],
            },
        )  # fmt: skip
        ReleaseRow.objects.create(
            release=release,
            config="data",
            language="en",
            split="test",
            number=0,
            row=data_row("en", "test", 0),
        )
        self.release = release
        ReleaseFile.objects.create(
            release=release, path="en/test-00000-of-00001.parquet", sha256="00" * 32, size=1, rows=1
        )
        self.objects["a manifest of a release"] = (release.public_id, "manifest.json")
        self.objects["a release"] = (release.public_id,)
        self.objects["a file of a release"] = (release.public_id, "jsonl", "en", "test")

    def _checks(self) -> None:
        """A check that weighs otherwise, so that there is something to take back."""
        weigh_check(
            campaign=self.campaign, detector="truncation", language=None, weight="silent", reason="Loud.",
            by=self.people["Mia"], now=self.now,
        )  # fmt: skip
        self.objects["the campaign and a check"] = ("mini", "truncation")

    def _jobs(self) -> None:
        """An import and a release that were asked for and that no worker has taken up."""
        self.objects |= dict.fromkeys(("into one's own workspace", "into the workspace"), ())
        files = {**self._file("lab"), "licence": "asked before"}
        self.objects["an import"] = (self._asked("api-imports", "imports:write", files, form=True),)
        release = {"version": "1.1", "formats": ["parquet"]}
        self.objects["work on a release"] = (
            self._asked("api-campaign-releases", "releases:write", release, "mini"),
        )

    def _asked(self, route: str, scope: str, sent: dict[str, Any], *args: str, form: bool = False) -> UUID:
        kind: dict[str, Any] = {} if form else {"content_type": "application/json"}
        headers = {"Authorization": f"Bearer {self.tokens['Mia'][scope]}", "Idempotency-Key": str(uuid4())}
        answer = Client().post(reverse(route, args=args), sent, headers=headers, **kind)
        assert answer.status_code == 202, answer.content
        return UUID(answer.json()["id"])

    @staticmethod
    def _file(workspace: str) -> dict[str, Any]:
        row = b'{"sample_id": "quiz/test/9", "question": "q", "option_a": "a", "option_b": "b", "answer": "A"}\n'
        file = SimpleUploadedFile("rows.jsonl", row, "application/jsonl")
        return {"kind": "items", "benchmark": "new", "language": "en", "workspace": workspace, "files": file}

    def _queues(self) -> None:
        for about in ("German verification, for professionals", "sensitivity, for everybody"):
            self.objects[f"the campaign, {about}"] = ("mini",)
        self.objects["German verification, for professionals"] = ("mini", "de", "verification")
        self.objects["sensitivity, for everybody"] = ("mini", "en", "sensitivity")
        self.objects["a link that was never sent"] = ("1", "set-password")

    def _signed_in(self, name: str) -> Client:
        client = Client()
        client.force_login(self.people[name].user, backend=settings.AUTHENTICATION_BACKENDS[-1])
        return client

    def _token(self, name: str, scopes: list[str], *, days: int = 1) -> Any:
        return make_token(
            contributor=self.people[name], name="a program", scopes=scopes, now=self.now,
            expires_at=self.now + timedelta(days=days),
        )  # fmt: skip

    def _tokens(self, name: str) -> dict[str, str]:
        """By caller: one token a scope, and those that do nothing, with every scope."""
        every = list(Scope.values)
        tokens = {scope: self._token(name, [scope])[1] for scope in every}
        row, tokens["revoked token"] = self._token(name, every)
        revoke_token(token=row, now=self.now)
        tokens["expired token"] = self._token(name, every, days=-1)[1]
        closed = self._person(f"{name}-closed")
        for role in Role.objects.filter(contributor=self.people[name]):
            Role.objects.create(
                workspace=role.workspace, contributor=closed, name=role.name, language=role.language,
                granted_at=self.now,
            )  # fmt: skip
        tokens["token of a closed account"] = make_token(
            contributor=closed,
            name="left",
            scopes=every,
            now=self.now,
            expires_at=self.now + timedelta(days=1),
        )[1]
        assert closed.user is not None
        closed.user.is_active = False
        closed.user.save()
        assert set(tokens) == {*every, *DEAD}
        # Or each request would note the first use of its token.
        AccessToken.objects.update(last_used_at=self.now)
        return tokens

    def unknown(self, about: str) -> Address:
        """The same address with an id that there is not."""
        first, *rest = self.objects[about]
        return (uuid4() if isinstance(first, UUID) else "nowhere", *rest)

    def sent(self, name: str) -> dict[str, Any]:
        return self._payloads[name]() if name else {}

    @property
    def _payloads(self) -> dict[str, Callable[[], dict[str, Any]]]:
        return {
            "judgement": self._judgement,
            "reason": lambda: {"reason": "not my field"},
            "weight of a check": lambda: {"weight": "notice", "language": "de", "reason": "Too loud here."},
            "decision": self._decision,
            "token": lambda: {"name": "laptop", "scopes": ["work:write"], "days": "30"},
            "wrong password": lambda: {
                "login": "ana@example.org",
                "password": "wrong",
                "oldpassword": "wrong",
            },
            "unknown address": lambda: {"email": "nobody@example.org"},
            "language": lambda: {"language": "ar"},
            "claim": lambda: {"kind": "verification", "language": "de"},
            "claim for sensitivity": lambda: {"kind": "sensitivity", "language": "en"},
            "judgement of a program": lambda: {"verdict": "accept", **self.versions()},
            "file": lambda: self._file(""),
            "file for the workspace": lambda: self._file("lab"),
            "release": lambda: {"version": "1.2", "formats": ["parquet"]},
            "release of the campaign": lambda: {"campaign": "mini", "version": "1.3", "key": str(uuid4())},
            "formats": lambda: {"formats": ["csv"]},
            "workspace": lambda: {"workspace": "lab"},
            "order of a pass": lambda: {
                "benchmark": "lab/mini",
                "languages": ["de"],
                "scope": "all",
                "key": str(uuid4()),
            },
        }

    def _judgement(self) -> dict[str, Any]:
        return {"verdict": "accept", **self.versions(), "key": str(uuid4())}

    def versions(self) -> dict[str, Any]:
        task = self.held.task
        return {
            "item_version": task.item.current_version.number,
            "translation_version": translation_of(task).current_version.number,
        }

    def _decision(self) -> dict[str, Any]:
        seen = case(self.task(3))
        return {"decision": "exclude_language", "reason": "Broken.", "seen": str(seen.seen)}
