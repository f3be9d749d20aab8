"""The statements of a promotion, in the order in which they run. All take the same named values.

`corpus_plan` holds a verdict per staged row: duplicate, unknown, differs (these are refused), new,
changed, unchanged.
"""

# ruff: noqa: S608 - every piece that is put together stands in this file; all values are parameters
from __future__ import annotations

# NO KEY: rows that merely point at the benchmark are not held up.
LOCK = "SELECT id FROM corpus_benchmark WHERE id = %(benchmark)s FOR NO KEY UPDATE"
DROP_PLAN = "DROP TABLE IF EXISTS corpus_plan"
ANALYZE_PLAN = "ANALYZE corpus_plan"
# Without figures on what has just come in, the planner took half a minute to compare 14,000 rows.
# Columns that are joined and compared: looking at the texts themselves took longest and told nothing.
ANALYZE_STAGING = "ANALYZE corpus_stagedrow (imported_by_id, number, external_id)"
ANALYZE_ITEMS = (
    "ANALYZE corpus_item, corpus_itemversion (id, item_id, number), corpus_publishedvotes (id, item_id)"
)
ANALYZE_TRANSLATIONS = (
    "ANALYZE corpus_translation, corpus_translationversion (id, translation_id, number, item_version_id)"
)
EMPTY_STAGING = "DELETE FROM corpus_stagedrow WHERE imported_by_id = %(import)s"

# The staged rows, each with the first row that bears its id.
_STAGED = """
    SELECT staged.*, first_value(number) OVER same_id AS first_number,
           first_value(file) OVER same_id AS first_file, first_value(line) OVER same_id AS first_line
    FROM corpus_stagedrow staged WHERE imported_by_id = %(import)s
    WINDOW same_id AS (PARTITION BY external_id ORDER BY number)
"""

# The votes of an item in the form in which they are staged.
_KEPT_VOTES = """jsonb_build_object(
    'required_knowledge', votes.required_knowledge, 'time_sensitive', votes.time_sensitive,
    'reference', votes.reference, 'culture', votes.culture, 'region', votes.region,
    'country', votes.country, 'label', votes.label, 'is_annotated', votes.is_annotated)"""

# Names of the texts and attributes that differ between a staged row `s` and a kept version.
_DIFFERING_KEYS = """
    SELECT key FROM jsonb_each({new}) fresh WHERE ({old}) -> key IS DISTINCT FROM value
    UNION SELECT key FROM jsonb_object_keys({old}) key WHERE NOT ({new}) ? key
"""

# What a row does not say (an empty subject, category or split, no position) does not differ.
PLAN_ITEMS = f"""
CREATE TEMPORARY TABLE corpus_plan ON COMMIT DROP AS
SELECT s.number, s.file, s.line, s.first_file, s.first_line, s.id AS staged_id, item.id AS item_id,
       NULL::text AS wrong_key, s.external_id AS theirs, NULL::text AS ours, false AS odd,
       differing, version.sha256 IS DISTINCT FROM s.sha256 AS new_text,
       s.votes IS NOT NULL AND votes.id IS NULL AS new_votes, 'votes' = ANY (differing) AS other_votes,
       CASE WHEN s.number <> s.first_number THEN 'duplicate'
            WHEN item.id IS NULL THEN 'new'
            WHEN differing <> '{{}}' THEN 'changed'
            ELSE 'unchanged' END AS verdict
FROM ({_STAGED}) s
LEFT JOIN corpus_item item ON item.benchmark_id = %(benchmark)s AND item.external_id = s.external_id
LEFT JOIN corpus_itemversion version ON version.id = item.current_version_id
LEFT JOIN corpus_publishedvotes votes ON votes.item_id = item.id
CROSS JOIN LATERAL (SELECT ARRAY(
    SELECT key FROM ({
    _DIFFERING_KEYS.format(new="s.fields || s.attributes", old="version.fields || version.attributes")
}) texts WHERE version.sha256 <> s.sha256
    UNION ALL SELECT 'subject' WHERE s.subject NOT IN ('', item.subject)
    UNION ALL SELECT 'subject_category' WHERE s.subject_category NOT IN ('', item.subject_category)
    UNION ALL SELECT 'split' WHERE s.split NOT IN ('', item.split)
    UNION ALL SELECT 'position' WHERE s.position NOT IN (-1, item.position)
    UNION ALL SELECT 'votes' WHERE votes.id IS NOT NULL AND s.votes <> {_KEPT_VOTES}
    ORDER BY 1) AS differing) difference
"""

# A translation keeps no attributes: what it says of them must be what its source says.
PLAN_TRANSLATIONS = f"""
CREATE TEMPORARY TABLE corpus_plan ON COMMIT DROP AS
SELECT s.number, s.file, s.line, s.first_file, s.first_line, s.id AS staged_id, item.id AS item_id,
       source.id AS item_version_id, translation.id AS translation_id,
       wrong.key AS wrong_key, coalesce(s.attributes ->> wrong.key, s.external_id) AS theirs,
       source.attributes ->> wrong.key AS ours, version.sha256 IS DISTINCT FROM s.sha256 AS new_text,
       ARRAY({
    _DIFFERING_KEYS.format(new="s.fields", old="version.fields")
} ORDER BY 1) AS differing, false AS new_votes, false AS other_votes,
       (SELECT count(*) FROM jsonb_object_keys(s.fields || source.fields)) <> ANY (ARRAY[
           (SELECT count(*) FROM jsonb_object_keys(s.fields)),
           (SELECT count(*) FROM jsonb_object_keys(source.fields))]) AS odd,
       CASE WHEN s.number <> s.first_number THEN 'duplicate'
            WHEN item.id IS NULL THEN 'unknown'
            WHEN wrong.key IS NOT NULL THEN 'differs'
            WHEN translation.id IS NULL THEN 'new'
            WHEN version.sha256 <> s.sha256 THEN 'changed'
            ELSE 'unchanged' END AS verdict
FROM ({_STAGED}) s
LEFT JOIN corpus_item item ON item.benchmark_id = %(benchmark)s AND item.external_id = s.external_id
LEFT JOIN corpus_itemversion source ON source.id = item.current_version_id
LEFT JOIN corpus_translation translation ON translation.item_id = item.id
    AND translation.language_id = %(language)s AND translation.system = %(system)s
LEFT JOIN corpus_translationversion version ON version.id = translation.current_version_id
LEFT JOIN LATERAL (
    SELECT min(key) AS key FROM jsonb_each(s.attributes) said
    WHERE source.attributes -> key IS DISTINCT FROM value) wrong ON item.id IS NOT NULL
"""

REFUSED = """
SELECT file, line, verdict, coalesce(wrong_key, 'sample_id'), first_file, first_line, theirs, ours
FROM corpus_plan WHERE verdict IN ('duplicate', 'unknown', 'differs') ORDER BY number
"""
CHANGED = "SELECT file, line, differing FROM corpus_plan WHERE verdict = 'changed' ORDER BY number"
_TAKEN = "(verdict IN ('new', 'unchanged') OR verdict = 'changed' AND %(replace)s)"
COUNT = f"""
SELECT count(*) FILTER (WHERE verdict = 'new'), count(*) FILTER (WHERE verdict = 'changed'),
       count(*) FILTER (WHERE verdict = 'unchanged'),
       count(*) FILTER (WHERE {_TAKEN} AND (new_votes OR other_votes)),
       count(*) FILTER (WHERE odd AND verdict IN ('new', 'changed', 'unchanged'))
FROM corpus_plan
"""

# Versions are numbered ahead from their sequence, so that a row and its current version can name each
# other; the constraints between them are looked at when the transaction commits.
_NEW_ITEMS = """
WITH staged AS (
    SELECT s.* FROM corpus_plan plan JOIN corpus_stagedrow s ON s.id = plan.staged_id
    WHERE plan.verdict = 'new'
), fresh AS (
    INSERT INTO corpus_item (benchmark_id, external_id, subject, subject_category, split, position,
                             current_version_id)
    SELECT %(benchmark)s, external_id, subject, subject_category, split,
           CASE WHEN position = -1 THEN number - 1 ELSE position END,
           nextval(pg_get_serial_sequence('corpus_itemversion', 'id'))
    FROM (SELECT * FROM staged ORDER BY number) ordered
    RETURNING id, external_id, current_version_id
)
INSERT INTO corpus_itemversion (id, item_id, number, fields, attributes, sha256, imported_by_id, created_at)
SELECT fresh.current_version_id, fresh.id, 1, fields, attributes, sha256, %(import)s, %(now)s
FROM fresh JOIN staged USING (external_id)
"""

_REPLACED_ITEMS = """
WITH fresh AS (
    INSERT INTO corpus_itemversion (item_id, number, fields, attributes, sha256, imported_by_id, created_at)
    SELECT plan.item_id, (SELECT max(number) + 1 FROM corpus_itemversion v WHERE v.item_id = plan.item_id),
           s.fields, s.attributes, s.sha256, %(import)s, %(now)s
    FROM corpus_plan plan JOIN corpus_stagedrow s ON s.id = plan.staged_id
    WHERE plan.verdict = 'changed' AND plan.new_text AND %(replace)s
    ORDER BY plan.number
    RETURNING id, item_id
)
UPDATE corpus_item item SET current_version_id = fresh.id FROM fresh WHERE item.id = fresh.item_id
"""

_REPLACED_COLUMNS = """
UPDATE corpus_item item
SET subject = coalesce(nullif(s.subject, ''), item.subject),
    subject_category = coalesce(nullif(s.subject_category, ''), item.subject_category),
    split = coalesce(nullif(s.split, ''), item.split),
    position = coalesce(nullif(s.position, -1), item.position)
FROM corpus_plan plan JOIN corpus_stagedrow s ON s.id = plan.staged_id
WHERE item.id = plan.item_id AND plan.verdict = 'changed' AND %(replace)s
  AND plan.differing && ARRAY['subject', 'subject_category', 'split', 'position']
"""

# The item is found by its id again: new ones had none when the plan was made.
_VOTES = f"""
INSERT INTO corpus_publishedvotes (item_id, required_knowledge, time_sensitive, reference, culture, region,
                                   country, label, is_annotated, imported_by_id, item_version_id)
SELECT item.id, given.required_knowledge, given.time_sensitive, given.reference, given.culture,
       given.region, given.country, given.label, given.is_annotated, %(import)s, item.current_version_id
FROM corpus_plan plan JOIN corpus_stagedrow s ON s.id = plan.staged_id
JOIN corpus_item item ON item.benchmark_id = %(benchmark)s AND item.external_id = s.external_id
CROSS JOIN LATERAL jsonb_to_record(s.votes) AS given(
    required_knowledge text[], time_sensitive text[], reference jsonb, culture text[], region text[],
    country text[], label text, is_annotated boolean)
WHERE {_TAKEN} AND (new_votes OR other_votes)
ORDER BY plan.number
ON CONFLICT (item_id) DO UPDATE SET
    required_knowledge = excluded.required_knowledge, time_sensitive = excluded.time_sensitive,
    reference = excluded.reference, culture = excluded.culture, region = excluded.region,
    country = excluded.country, label = excluded.label, is_annotated = excluded.is_annotated,
    imported_by_id = excluded.imported_by_id, item_version_id = excluded.item_version_id
"""

_NEW_TRANSLATIONS = """
WITH staged AS (
    SELECT s.*, plan.item_id, plan.item_version_id
    FROM corpus_plan plan JOIN corpus_stagedrow s ON s.id = plan.staged_id WHERE plan.verdict = 'new'
), fresh AS (
    INSERT INTO corpus_translation (item_id, language_id, system, origin, source_id, current_version_id)
    SELECT item_id, %(language)s, %(system)s, %(origin)s, %(source)s,
           nextval(pg_get_serial_sequence('corpus_translationversion', 'id'))
    FROM (SELECT * FROM staged ORDER BY number) ordered
    RETURNING id, item_id, current_version_id
)
INSERT INTO corpus_translationversion (id, translation_id, number, fields, sha256, origin, item_version_id,
                                       imported_by_id, created_at)
SELECT fresh.current_version_id, fresh.id, 1, fields, sha256, %(origin)s, item_version_id, %(import)s, %(now)s
FROM fresh JOIN staged USING (item_id)
"""

# Post-edits take their numbers from the same row of numbers: no one may take one meanwhile.
_LOCK_TRANSLATIONS = """
SELECT id FROM corpus_translation WHERE id IN (
    SELECT translation_id FROM corpus_plan WHERE verdict = 'changed' AND %(replace)s)
ORDER BY id FOR UPDATE
"""

_REPLACED_TRANSLATIONS = """
WITH fresh AS (
    INSERT INTO corpus_translationversion (translation_id, number, fields, sha256, origin, item_version_id,
                                           imported_by_id, created_at)
    SELECT plan.translation_id,
           (SELECT max(number) + 1 FROM corpus_translationversion v
            WHERE v.translation_id = plan.translation_id),
           s.fields, s.sha256, %(origin)s, plan.item_version_id, %(import)s, %(now)s
    FROM corpus_plan plan JOIN corpus_stagedrow s ON s.id = plan.staged_id
    WHERE plan.verdict = 'changed' AND %(replace)s
    ORDER BY plan.number
    RETURNING id, translation_id
)
UPDATE corpus_translation translation SET current_version_id = fresh.id, source_id = %(source)s
FROM fresh WHERE translation.id = fresh.translation_id
"""

PROMOTE_ITEMS = (_NEW_ITEMS, _REPLACED_ITEMS, _REPLACED_COLUMNS, _VOTES)
PROMOTE_TRANSLATIONS = (_NEW_TRANSLATIONS, _LOCK_TRANSLATIONS, _REPLACED_TRANSLATIONS)
