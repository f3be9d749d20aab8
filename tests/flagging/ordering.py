"""What tests of orders and passes share: somebody signed in, scores written as a worker would."""

from __future__ import annotations

from django.conf import settings
from django.test import Client

from flagging.actions.scoring import text_digest
from flagging.models import LicenceAcceptance, Score, ScorerBuild
from flagging.texts import pairs

BENCHMARK = "lab/mini"
GATED = "cometkiwi-22"


def signed_in(person) -> Client:
    client = Client()
    client.force_login(person.user, backend=settings.AUTHENTICATION_BACKENDS[-1])
    return client


def accepted(cast, now, scorer: str = GATED) -> LicenceAcceptance:
    return LicenceAcceptance.objects.create(
        workspace=cast.workspace,
        detector=scorer,
        licence="non-commercial",
        accepted_by=cast.mia,
        accepted_at=now,
    )


def build_of(scorer: str, now) -> ScorerBuild:
    about = {
        "name": scorer, "repository": f"hub/{scorer}", "revision": "0123456789abcdef" * 2, "dtype": "bfloat16",
        "device": "cuda:0", "libraries": {"torch": "2.9.1", "transformers": "5.0.0"}, "settings": {},
    }  # fmt: skip
    return ScorerBuild.objects.create(digest="ab" * 32, detector=scorer, about=about, first_used_at=now)


def score_all(model_pass, scorer: str, now, **of_first) -> list[Score]:
    """A score for each translation of the pass; `of_first` is what stands otherwise in the first."""
    build = build_of(scorer, now)
    ids = sorted({pk for chunk in model_pass.chunks.filter(kind="scores") for pk in chunk.version_ids})
    rows = [
        Score(
            model_pass=model_pass, translation_version_id=pk, detector=scorer, build=build,
            text_digest=text_digest(pair), value=0.5, raw=0.5,
        )
        for pk, pair in pairs(model_pass, ids)
    ]  # fmt: skip
    for name, value in of_first.items():
        setattr(rows[0], name, value)
    return Score.objects.bulk_create(rows)
