"""Work through the API: taken, handed in once, kept, given back."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from annotation.models import Annotation, Slot
from common import clock
from people.scopes import Scope
from people.tokens import make_token


def bearer(person, *scopes):
    now = clock.now()
    scopes = scopes or (Scope.CAMPAIGNS_READ, Scope.WORK_WRITE)
    token = make_token(
        contributor=person, name="t", scopes=scopes, expires_at=now + timedelta(days=1), now=now
    )[1]
    return {"Authorization": f"Bearer {token}"}


class Program:
    """One person's program."""

    def __init__(self, client, person, *scopes):
        self.client, self.headers = client, bearer(person, *scopes)

    def get(self, path):
        return self.client.get(f"/api/v1/{path}", headers=self.headers)

    def post(self, path, body=None, key=None):
        headers = {**self.headers, **({"Idempotency-Key": key} if key else {})}
        return self.client.post(
            f"/api/v1/{path}", body or {}, content_type="application/json", headers=headers
        )

    def claim(self, kind="verification", language="de"):
        return self.post("campaigns/mini/claims/", {"kind": kind, "language": language})


@pytest.fixture
def ana(client, cast, campaign):
    return Program(client, cast.ana)


def test_a_claim_shows_all_there_is_to_judge_and_a_submission_keeps_it_once(ana, cast):
    work = ana.claim().json()
    assert work["item"]["id"] == "quiz/test/1"
    assert list(work["item"]["fields"])[0] == "question"
    assert work["translation"]["fields"]["option_a"] == "de: Four"
    key, said = str(uuid4()), {"item_version": 1, "translation_version": 1, "verdict": "accept"}
    first = ana.post(f"slots/{work['slot']}/submission/", said, key=key)
    again = ana.post(f"slots/{work['slot']}/submission/", said, key=key)
    assert (first.status_code, first.json()) == (201, again.json())
    assert first.json()["kept_as"] == "own slot"
    assert again.headers["Idempotency-Replayed"] == "true"
    assert Annotation.objects.get().contributor == cast.ana
    assert Slot.objects.get(public_id=work["slot"]).submitted_at
