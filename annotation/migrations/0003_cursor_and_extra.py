from django.db import migrations, models
from django.db.models import F, Q

START, END = -2_147_483_648, 2_147_483_647

# A person's low water is lowered by whatever makes work below it theirs to take again. Whoever raises one holds
# the campaign's lock shared and looks after that; whoever frees something takes it alone, after the slots and
# before the memberships: what a raise has not seen is lowered again by the one who freed it.
CURSORS = """
CREATE FUNCTION annotation_cursors_of(campaign bigint) RETURNS bigint LANGUAGE sql IMMUTABLE
    RETURN hashtextextended('annotation.low_water/' || campaign, 0);

CREATE FUNCTION annotation_slot_lost() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.contributor_id IS NOT NULL AND NEW.contributor_id IS DISTINCT FROM OLD.contributor_id THEN
        INSERT INTO annotation_pasthold (slot_id, contributor_id, opened_at, flags_shown, guideline_id, active_ms)
        VALUES (OLD.id, OLD.contributor_id, OLD.opened_at, OLD.flags_shown, OLD.guideline_id, OLD.active_ms)
        ON CONFLICT (slot_id, contributor_id) DO UPDATE SET
            (opened_at, flags_shown, guideline_id, active_ms) =
            (EXCLUDED.opened_at, EXCLUDED.flags_shown, EXCLUDED.guideline_id, EXCLUDED.active_ms);
    END IF;
    PERFORM pg_advisory_xact_lock(annotation_cursors_of(NEW.campaign_id));
    UPDATE annotation_membership m SET low_water = NEW.position
    WHERE m.campaign_id = NEW.campaign_id AND m.language_id = NEW.language_id AND m.low_water > NEW.position
        AND (m.contributor_id = OLD.contributor_id OR (NEW.contributor_id IS NULL AND NEW.closed_at IS NULL));
    RETURN NULL;
END $$;
CREATE TRIGGER annotation_slot_lost AFTER UPDATE OF contributor_id, closed_at ON annotation_slot
    FOR EACH ROW WHEN (
        (OLD.contributor_id IS NOT NULL AND NEW.contributor_id IS DISTINCT FROM OLD.contributor_id)
        OR (NEW.contributor_id IS NULL AND NEW.closed_at IS NULL AND OLD.closed_at IS NOT NULL))
    EXECUTE FUNCTION annotation_slot_lost();

CREATE FUNCTION annotation_slots_added() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE queue record;
BEGIN
    FOR queue IN SELECT campaign_id, language_id, min(position) AS lowest FROM added
        WHERE contributor_id IS NULL AND closed_at IS NULL GROUP BY 1, 2 ORDER BY 1, 2
    LOOP
        PERFORM pg_advisory_xact_lock(annotation_cursors_of(queue.campaign_id));
        UPDATE annotation_membership m SET low_water = queue.lowest
        WHERE m.campaign_id = queue.campaign_id AND m.language_id = queue.language_id AND m.low_water > queue.lowest;
    END LOOP;
    RETURN NULL;
END $$;
CREATE TRIGGER annotation_slots_added AFTER INSERT ON annotation_slot REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION annotation_slots_added();

-- A full join is never done by looping over one side for each row of the other, whatever the planner believes.
CREATE FUNCTION annotation_tasks_moved() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE queue record;
BEGIN
    FOR queue IN SELECT DISTINCT n.campaign_id, n.language_id FROM after n FULL JOIN before w USING (id)
        WHERE n.position <> w.position ORDER BY 1, 2
    LOOP
        PERFORM pg_advisory_xact_lock(annotation_cursors_of(queue.campaign_id));
        UPDATE annotation_membership m SET low_water = DEFAULT
        WHERE m.campaign_id = queue.campaign_id AND m.language_id = queue.language_id;
    END LOOP;
    RETURN NULL;
END $$;
CREATE TRIGGER annotation_tasks_moved AFTER UPDATE ON annotation_task
    REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION annotation_tasks_moved();

CREATE FUNCTION annotation_skip_taken_back() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE task annotation_task;
BEGIN
    SELECT * INTO task FROM annotation_task WHERE id = OLD.task_id;
    PERFORM pg_advisory_xact_lock(annotation_cursors_of(task.campaign_id));
    UPDATE annotation_membership m SET low_water = task.position
    WHERE m.campaign_id = task.campaign_id AND m.language_id = task.language_id
        AND m.contributor_id = OLD.contributor_id AND m.low_water > task.position;
    RETURN NULL;
END $$;
CREATE TRIGGER annotation_skip_taken_back AFTER DELETE ON annotation_skip
    FOR EACH ROW EXECUTE FUNCTION annotation_skip_taken_back();
"""
DROP_CURSORS = """
DROP TRIGGER annotation_skip_taken_back ON annotation_skip;
DROP FUNCTION annotation_skip_taken_back();
DROP TRIGGER annotation_tasks_moved ON annotation_task;
DROP FUNCTION annotation_tasks_moved();
DROP TRIGGER annotation_slots_added ON annotation_slot;
DROP FUNCTION annotation_slots_added();
DROP TRIGGER annotation_slot_lost ON annotation_slot;
DROP FUNCTION annotation_slot_lost();
DROP FUNCTION annotation_cursors_of(bigint);
"""


class Migration(migrations.Migration):
    dependencies = [("annotation", "0002_guards"), ("people", "0001_initial")]

    operations = [
        migrations.RenameField("campaign", "lease_minutes", "lease_seconds"),
        migrations.AlterField("campaign", "lease_seconds", models.PositiveIntegerField(default=1800)),
        migrations.RunSQL(
            "UPDATE annotation_campaign SET lease_seconds = lease_seconds * 60",
            "UPDATE annotation_campaign SET lease_seconds = greatest(1, lease_seconds / 60)",
        ),
        migrations.AddConstraint(
            "campaign",
            models.CheckConstraint(
                condition=Q(lease_seconds__gte=1), name="annotation_campaign_lease_has_an_end"
            ),
        ),
        migrations.AddField(
            "membership", "low_water", models.IntegerField(default=START, db_default=START, editable=False)
        ),
        migrations.AddIndex(
            "membership",
            models.Index(F("campaign"), F("language"), F("low_water"), name="annotation_low_water"),
        ),
        migrations.AlterField("slot", "number", models.PositiveSmallIntegerField(null=True)),
        migrations.AddConstraint(
            "slot",
            models.CheckConstraint(
                condition=Q(number__isnull=False)
                | Q(number=None, closed_at__isnull=False, set_aside_at__isnull=False),
                name="annotation_slot_extra_counts_nowhere",
            ),
        ),
        migrations.RemoveIndex("slot", "annotation_slot_queue"),
        migrations.AddIndex(
            "slot",
            models.Index(
                F("campaign"),
                F("kind"),
                F("language"),
                F("position"),
                F("id"),
                condition=Q(contributor=None, closed_at=None),
                name="annotation_slot_free",
            ),
        ),
        migrations.AddIndex(
            "slot",
            models.Index(
                F("campaign"),
                F("kind"),
                F("language"),
                F("lease_until"),
                condition=Q(contributor__isnull=False, submitted_at=None, closed_at=None),
                name="annotation_slot_leased",
            ),
        ),
        migrations.CreateModel(
            name="PastHold",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("opened_at", models.DateTimeField(null=True)),
                ("flags_shown", models.BooleanField(null=True)),
                ("active_ms", models.BigIntegerField()),
                (
                    "contributor",
                    models.ForeignKey(
                        db_index=False, on_delete=models.deletion.PROTECT, to="people.contributor"
                    ),
                ),
                (
                    "guideline",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=models.deletion.PROTECT,
                        to="annotation.guidelineversion",
                    ),
                ),
                (
                    "slot",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=models.deletion.PROTECT,
                        related_name="past_holds",
                        to="annotation.slot",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("slot", "contributor"), name="annotation_past_hold_once")
                ],
            },
        ),
        migrations.RunSQL(CURSORS, DROP_CURSORS),
    ]
