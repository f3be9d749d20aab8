from django.db import migrations

# The place is read by a statement of its own, after the lock: a volatile function sees what was committed before it.
PLACES = """
CREATE FUNCTION annotation_place_of(campaign bigint, contributor bigint) RETURNS bigint LANGUAGE sql IMMUTABLE
    RETURN hashtextextended('annotation.place/' || campaign || '/' || contributor, 0);

CREATE FUNCTION annotation_place(campaign bigint, contributor bigint, language text)
RETURNS TABLE (low_water integer, standing text) LANGUAGE plpgsql VOLATILE ROWS 1 AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(annotation_place_of(campaign, contributor));
    RETURN QUERY SELECT m.low_water, m.standing::text FROM annotation_membership m
        WHERE m.campaign_id = campaign AND m.contributor_id = contributor AND m.language_id = language
            AND m.withdrawn_at IS NULL;
END $$;
"""
DROP_PLACES = """
DROP FUNCTION annotation_place(bigint, bigint, text);
DROP FUNCTION annotation_place_of(bigint, bigint);
"""

# Whoever judged a slot that went on since had it, also where that was before the table was there.
PAST_HOLDS = """
INSERT INTO annotation_pasthold (slot_id, contributor_id, opened_at, flags_shown, guideline_id, active_ms)
SELECT DISTINCT ON (a.slot_id, a.contributor_id)
    a.slot_id, a.contributor_id, NULL, a.flags_shown, a.guideline_id, a.active_ms
FROM annotation_annotation a JOIN annotation_slot s ON s.id = a.slot_id
WHERE a.retraction = '' AND a.contributor_id IS DISTINCT FROM s.contributor_id
ORDER BY a.slot_id, a.contributor_id, a.id DESC
ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("annotation", "0003_cursor_and_extra")]

    operations = [
        migrations.RunSQL(PLACES, DROP_PLACES),
        migrations.RunSQL(PAST_HOLDS, migrations.RunSQL.noop),
    ]
