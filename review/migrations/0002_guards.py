from django.db import migrations

from common.sql import append_only

NOBODY_SETTLES_THEIR_OWN = """
CREATE FUNCTION review_nobody_settles_their_own() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM annotation_slot s JOIN annotation_annotation a ON a.slot_id = s.id
        WHERE s.task_id = NEW.task_id AND a.contributor_id = NEW.decided_by_id
    ) THEN
        RAISE EXCEPTION 'contributor % judged task % and cannot settle it', NEW.decided_by_id, NEW.task_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER review_nobody_settles_their_own BEFORE INSERT ON review_settlement
    FOR EACH ROW EXECUTE FUNCTION review_nobody_settles_their_own();
"""


class Migration(migrations.Migration):
    dependencies = [("review", "0001_initial"), ("common", "0002_languages_and_guards")]

    operations = [
        migrations.RunSQL(
            NOBODY_SETTLES_THEIR_OWN,
            "DROP TRIGGER review_nobody_settles_their_own ON review_settlement;"
            "DROP FUNCTION review_nobody_settles_their_own();",
        ),
        append_only("review_settlement"),
    ]
