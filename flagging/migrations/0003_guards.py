from django.db import migrations

from common.sql import append_only

# What the checks found before there were suspicions, so that the latest word on each text is one row.
FROM_CHECKS = """
INSERT INTO flagging_suspicion (model_pass_id, translation_version_id, tier, value, signal, by_model, reasons)
SELECT p.id, v.id, coalesce(w.tier, 0), 0.5 + 0.35 * least(coalesce(w.hits, 0), 3), 0.5, false, '[]'
FROM flagging_modelpass p
JOIN corpus_benchmark b ON b.id = p.benchmark_id AND b.source_language_id <> p.language_id
JOIN flagging_chunk c ON c.model_pass_id = p.id AND c.kind = 'rows'
CROSS JOIN LATERAL unnest(c.version_ids) AS v(id)
LEFT JOIN LATERAL (
    SELECT max(CASE f.severity WHEN 'broken' THEN 2 WHEN 'suspect' THEN 1 ELSE 0 END) AS tier,
        count(DISTINCT f.detector) FILTER (WHERE f.severity = 'suspect') AS hits
    FROM flagging_flag f WHERE f.model_pass_id = p.id AND f.translation_version_id = v.id
) w ON true
WHERE p.finished_at IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [("flagging", "0002_model_pass")]

    operations = [
        migrations.RunSQL(FROM_CHECKS, migrations.RunSQL.noop),
        append_only("flagging_score", operations="UPDATE"),
        append_only("flagging_suspicion", operations="UPDATE"),
        append_only("flagging_fit", operations="UPDATE"),
        append_only("flagging_candidate", operations="UPDATE"),
    ]
