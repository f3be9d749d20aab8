"""Benchmarks, campaigns and judgements of any size, written by a few statements over whole sets.

The texts are slices of one made-up text, chosen by a hash of the row's number: the same numbers give the same
rows. What is written satisfies every constraint and trigger; `unchecked` skips their checks where a million
rows would take them minutes (the test of this module writes its rows with all of them on).
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SYSTEM = "mt-alpha"
SUBJECTS = 57


def prose(characters: int, seed: int = 7) -> str:
    """This function will return made-up words of Latin and Arabic letters, the same ones for the same seed."""
    rng = random.Random(seed)
    letters = ("abcdefghiklmnoprstuv", "ابتثجحدرسشصعفقكلمنهوي")
    words: list[str] = []
    while sum(map(len, words)) + len(words) < characters:
        words.append("".join(rng.choices(letters[rng.random() < 0.5], k=rng.randint(2, 9))))
    return " ".join(words)[:characters]


@dataclass(frozen=True, slots=True)
class State:
    """Ids of what was made: the workspace's manager (who also reviews), the annotators, the campaign."""

    workspace: int
    benchmark: int
    campaign: int
    manager: int
    annotators: tuple[int, ...]
    languages: tuple[str, ...]


def make_state(
    *,
    items: int,
    languages: int,
    people: int = 20,
    overlap: int = 1,
    sensitivity: int = 0,
    unchecked: bool = False,
) -> State:
    """This function will make a benchmark with translations and a campaign over them, nothing judged yet."""
    from common.languages import LANGUAGES

    tags = tuple(one.tag for one in LANGUAGES if one.tag != "en")[:languages]
    with transaction.atomic():
        _trust(unchecked)
        state = _people_and_campaign(tags, people, overlap, sensitivity)
        values = {
            "items": items, "languages": list(tags), "benchmark": state.benchmark, "campaign": state.campaign,
            "now": NOW, "system": SYSTEM, "prose": prose(1_400), "subjects": SUBJECTS, "overlap": overlap,
            "sensitivity": sensitivity,
        }  # fmt: skip
        for statement in (_ITEMS, _TRANSLATIONS, _TASKS, _SLOTS):
            run(statement, values)
            # The planner knows nothing yet of what this transaction wrote, and would loop over it.
            run(_ANALYZE, {})
    analyze()
    return state


def judge(
    state: State, *, share: float, by: int | None = None, most: int | None = None, unchecked: bool = False
) -> int:
    """This function will hand in judgements of a share of the verification slots, and return how many.

    One in twenty is a reject, and the annotators take turns; `by` gives all to one person. `most` limits them.
    """
    with transaction.atomic():
        _trust(unchecked)
        values = {
            "campaign": state.campaign, "share": int(share * 2**28), "people": list(state.annotators), "by": by,
            "most": most, "now": NOW,
        }  # fmt: skip
        count = run(_HOLD, values)
        run(_JUDGE, values)
    analyze()
    return count


def settle(state: State, *, every: int, unchecked: bool = False) -> int:
    """This function will settle every `every`-th judged task by leaving its item out in its language."""
    with transaction.atomic():
        _trust(unchecked)
        count = run(_SETTLE, {"campaign": state.campaign, "every": every, "by": state.manager, "now": NOW})
    analyze()
    return count


def run(statement: str, values: dict[str, Any]) -> int:
    """This function will run a statement and return how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


def analyze() -> None:
    """This function will give the planner its figures and set the bits by which an index answers alone."""
    with connection.cursor() as cursor:
        cursor.execute(f"VACUUM {_ANALYZE}, annotation_annotation, review_settlement")


def _trust(unchecked: bool) -> None:
    if unchecked:
        run("SET LOCAL session_replication_role = replica", {})


def _people_and_campaign(tags: tuple[str, ...], people: int, overlap: int, sensitivity: int) -> State:
    from annotation.models import Campaign, CampaignLanguage, GuidelineVersion, Membership, Standing
    from common.models import Workspace
    from corpus.models import Benchmark, Source
    from people.actions import create_account, grant_role

    workspace = Workspace.objects.create(slug="bench", name="Bench", created_at=NOW)
    manager = create_account(email="mia@example.org", name="Mia", password=None, now=NOW)
    for role in ("manager", "reviewer"):
        grant_role(contributor=manager, workspace=workspace, name=role, by=None, now=NOW)
    benchmark = Benchmark.objects.create(
        workspace=workspace,
        slug="bench",
        name="bench",
        item_type="mcq",
        source_language_id="en",
        created_at=NOW,
    )
    Source.objects.bulk_create(
        Source(
            benchmark=benchmark,
            language_id=tag,
            system=SYSTEM,
            origin="machine",
            licence="CC0-1.0",
            created_at=NOW,
        )
        for tag in tags
    )
    campaign = Campaign.objects.create(
        workspace=workspace, slug="bench", name="Bench", benchmark=benchmark, verification_overlap=overlap,
        sensitivity_overlap=sensitivity, verification_standings=list(Standing),
        sensitivity_standings=list(Standing), opened_at=NOW, selection={},
    )  # fmt: skip
    GuidelineVersion.objects.create(campaign=campaign, number=1, markdown="Compare.", created_at=NOW)
    CampaignLanguage.objects.bulk_create(
        CampaignLanguage(campaign=campaign, language_id=tag, system=SYSTEM) for tag in tags
    )
    annotators = [
        create_account(email=f"p{n}@example.org", name=f"Person {n}", password=None, now=NOW)
        for n in range(people)
    ]
    Membership.objects.bulk_create(
        Membership(
            campaign=campaign, contributor=one, language_id=tag, standing=Standing.PROFESSIONAL, joined_at=NOW
        )
        for one in annotators
        for tag in ((*tags, "en") if sensitivity else tags)
    )
    ids = tuple(one.pk for one in annotators)
    return State(workspace.pk, benchmark.pk, campaign.pk, manager.pk, ids, tags)


_ANALYZE = """
ANALYZE corpus_item, corpus_itemversion, corpus_translation, corpus_translationversion, annotation_task, annotation_slot
"""

# Pieces of the text, by a hash of the row's number: 240 characters of question, 40 an option.
_TEXT = "substr(%(prose)s::text, 1 + (hashint8({n} * 31 + {k}) & 1023), {length})"


def _fields(number: str) -> str:
    names = {"option_a": 40, "option_b": 40, "option_c": 40, "option_d": 40, "question": 240}
    pairs = [
        f"'{name}', " + _TEXT.format(n=number, k=k, length=length)
        for k, (name, length) in enumerate(names.items())
    ]
    return f"jsonb_build_object({', '.join(pairs)})"


def _digest(attributes: str) -> str:
    """The digest of `corpus.item_types`, of texts of letters and spaces: they need no escaping."""
    pair = "to_json(key)::text || ':' || to_json(value)::text"
    texts = f"SELECT string_agg({pair}, ',' ORDER BY key) FROM jsonb_each_text(fields)"
    return f"""sha256(convert_to('{{"attributes":{attributes},"fields":{{' || ({texts}) || '}}}}', 'UTF8'))"""


_ITEMS = f"""
WITH source AS (
    SELECT n, {_fields("n")} AS fields FROM generate_series(1, %(items)s) n
), item AS (
    INSERT INTO corpus_item (benchmark_id, external_id, subject, subject_category, split, position, current_version_id)
    SELECT %(benchmark)s, 'subject_' || n %% %(subjects)s || '/test/' || n, 'subject_' || n %% %(subjects)s, 'STEM',
        'test', n, nextval(pg_get_serial_sequence('corpus_itemversion', 'id'))
    FROM source ORDER BY n
    RETURNING id, position, current_version_id
)
INSERT INTO corpus_itemversion (id, item_id, number, fields, attributes, sha256, created_at)
SELECT item.current_version_id, item.id, 1, fields, '{{"answer": "A"}}',
    {_digest('{"answer":"A"}')}, %(now)s
FROM item JOIN source ON source.n = item.position
"""

_TRANSLATIONS = f"""
WITH translation AS (
    INSERT INTO corpus_translation (item_id, language_id, system, origin, source_id, current_version_id)
    SELECT i.id, s.language_id, s.system, 'machine', s.id,
        nextval(pg_get_serial_sequence('corpus_translationversion', 'id'))
    FROM corpus_source s JOIN corpus_item i ON i.benchmark_id = s.benchmark_id
    WHERE s.benchmark_id = %(benchmark)s AND s.language_id = ANY (%(languages)s)
    ORDER BY s.language_id, i.id
    RETURNING id, item_id, current_version_id
), text AS (
    SELECT t.*, i.current_version_id AS item_version_id, {_fields("(t.id + 500000)")} AS fields
    FROM translation t JOIN corpus_item i ON i.id = t.item_id
)
INSERT INTO corpus_translationversion (id, translation_id, number, fields, sha256, origin, item_version_id, created_at)
SELECT current_version_id, id, 1, fields, {_digest("{}")}, 'machine', item_version_id, %(now)s
FROM text
"""

_TASKS = """
INSERT INTO annotation_task (campaign_id, kind, item_id, language_id, overlap, position, sampled_for_revision)
SELECT %(campaign)s, CASE language WHEN 'en' THEN 'sensitivity' ELSE 'verification' END, i.id, language,
    CASE language WHEN 'en' THEN %(sensitivity)s ELSE %(overlap)s END, i.position,
    language <> 'en' AND (hashint8(i.id * 7 + hashtext(language)) & 1023) < 10
FROM unnest(%(languages)s::text[] || CASE WHEN %(sensitivity)s > 0 THEN ARRAY['en'] END) language
CROSS JOIN corpus_item i WHERE i.benchmark_id = %(benchmark)s
ORDER BY language, i.position
"""

_SLOTS = """
INSERT INTO annotation_slot (task_id, number, campaign_id, kind, language_id, position, stratum, inclusion_probability,
    active_ms)
SELECT t.id, n, t.campaign_id, t.kind, t.language_id, t.position, 'rest', 1, 0
FROM annotation_task t CROSS JOIN generate_series(1, t.overlap) n WHERE t.campaign_id = %(campaign)s
ORDER BY t.id, n
"""

_HOLD = """
UPDATE annotation_slot s SET
    contributor_id = coalesce(
        %(by)s, (%(people)s::bigint[])[1 + (s.task_id + s.number) %% cardinality(%(people)s::bigint[])]),
    claimed_at = %(now)s, lease_until = %(now)s, opened_at = %(now)s, flags_shown = true, active_ms = 20000,
    guideline_id = (SELECT max(id) FROM annotation_guidelineversion WHERE campaign_id = %(campaign)s),
    submitted_at = %(now)s::timestamptz + make_interval(secs => s.id %% 86400)
WHERE s.id IN (
    SELECT id FROM annotation_slot
    WHERE campaign_id = %(campaign)s AND kind = 'verification' AND submitted_at IS NULL AND contributor_id IS NULL
        AND (hashint8(id) & 268435455) < %(share)s
        AND (%(by)s::bigint IS NULL OR (number = 1 AND task_id NOT IN (
            SELECT task_id FROM annotation_slot WHERE contributor_id = %(by)s)))
    ORDER BY position, id LIMIT %(most)s)
"""

_JUDGE = """
INSERT INTO annotation_annotation (slot_id, contributor_id, standing, retraction, item_version_id,
    translation_version_id, verdict, result_version_id, reason, severity, note, flags_shown, guideline_id, active_ms,
    key, submitted_at)
SELECT s.id, s.contributor_id, 'professional', '', i.current_version_id, r.current_version_id,
    CASE WHEN s.id %% 20 = 0 THEN 'reject' ELSE 'accept' END,
    CASE WHEN s.id %% 20 = 0 THEN NULL ELSE r.current_version_id END,
    CASE WHEN s.id %% 20 = 0 THEN 'accuracy.mistranslation' ELSE '' END,
    CASE WHEN s.id %% 20 = 0 THEN 'major' ELSE '' END, '', true, s.guideline_id, 20000, gen_random_uuid(),
    s.submitted_at
FROM annotation_slot s
JOIN annotation_task t ON t.id = s.task_id
JOIN corpus_item i ON i.id = t.item_id
JOIN annotation_campaignlanguage l ON l.campaign_id = t.campaign_id AND l.language_id = t.language_id
JOIN corpus_translation r ON r.item_id = i.id AND r.language_id = t.language_id AND r.system = l.system
WHERE s.campaign_id = %(campaign)s AND s.submitted_at IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM annotation_annotation a WHERE a.slot_id = s.id)
ORDER BY s.id
"""

_SETTLE = """
INSERT INTO review_settlement (task_id, outcome, item_version_id, translation_version_id, reason, decided_by_id,
    decided_at)
SELECT s.task_id, 'exclude_language', a.item_version_id, a.translation_version_id, 'bench', %(by)s,
    a.submitted_at + interval '1 hour'
FROM annotation_annotation a JOIN annotation_slot s ON s.id = a.slot_id
WHERE s.campaign_id = %(campaign)s AND s.number = 1 AND s.kind = 'verification' AND s.task_id %% %(every)s = 0
"""
