from django.db import migrations

# Whatever `review.counting.STANDING_OF` reads names the task it was read for. Where a slot's submitted_at turns
# from null or to null, its chain got a row (annotation_submitted_at_is_true); to another instant it may turn.
TOUCHING = """
CREATE FUNCTION review_touch_new_tasks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO review_tasktouched (task_id) SELECT id FROM added;
    RETURN NULL;
END $$;
CREATE TRIGGER review_touch AFTER INSERT ON annotation_task REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION review_touch_new_tasks();

CREATE FUNCTION review_touch_task() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO review_tasktouched (task_id) VALUES (NEW.id);
    RETURN NULL;
END $$;
CREATE TRIGGER review_touch_changed
    AFTER UPDATE OF campaign_id, kind, item_id, language_id, position, sampled_for_revision ON annotation_task
    FOR EACH ROW WHEN (
        (OLD.campaign_id, OLD.kind, OLD.item_id, OLD.language_id, OLD.position, OLD.sampled_for_revision)
        IS DISTINCT FROM
        (NEW.campaign_id, NEW.kind, NEW.item_id, NEW.language_id, NEW.position, NEW.sampled_for_revision))
    EXECUTE FUNCTION review_touch_task();

CREATE FUNCTION review_touch_slots() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO review_tasktouched (task_id) SELECT DISTINCT task_id FROM changed;
    RETURN NULL;
END $$;
CREATE TRIGGER review_touch_added AFTER INSERT ON annotation_slot REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION review_touch_slots();
CREATE TRIGGER review_touch_removed AFTER DELETE ON annotation_slot REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION review_touch_slots();

CREATE FUNCTION review_touch_slot() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO review_tasktouched (task_id) VALUES (NEW.task_id);
    IF NEW.task_id <> OLD.task_id THEN
        INSERT INTO review_tasktouched (task_id) VALUES (OLD.task_id);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER review_touch_changed AFTER UPDATE OF task_id, number, closed_at, set_aside_at ON annotation_slot
    FOR EACH ROW WHEN (
        (OLD.task_id, OLD.number, OLD.closed_at, OLD.set_aside_at)
        IS DISTINCT FROM (NEW.task_id, NEW.number, NEW.closed_at, NEW.set_aside_at))
    EXECUTE FUNCTION review_touch_slot();

CREATE FUNCTION review_touch_judged() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO review_tasktouched (task_id) SELECT task_id FROM annotation_slot WHERE id = NEW.slot_id;
    RETURN NULL;
END $$;
CREATE TRIGGER review_touch AFTER INSERT ON annotation_annotation
    FOR EACH ROW EXECUTE FUNCTION review_touch_judged();

-- A decision may be about every task of its item.
CREATE FUNCTION review_touch_decided() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO review_tasktouched (task_id)
    SELECT o.id FROM annotation_task t JOIN annotation_task o USING (item_id, campaign_id) WHERE t.id = NEW.task_id;
    RETURN NULL;
END $$;
CREATE TRIGGER review_touch AFTER INSERT ON review_settlement
    FOR EACH ROW EXECUTE FUNCTION review_touch_decided();

CREATE FUNCTION review_touch_replaced() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'corpus_item' THEN
        INSERT INTO review_tasktouched (task_id) SELECT id FROM annotation_task WHERE item_id = NEW.id;
    ELSE
        INSERT INTO review_tasktouched (task_id)
        SELECT id FROM annotation_task WHERE item_id = NEW.item_id AND language_id = NEW.language_id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER review_touch AFTER UPDATE OF current_version_id ON corpus_item
    FOR EACH ROW WHEN (OLD.current_version_id <> NEW.current_version_id) EXECUTE FUNCTION review_touch_replaced();
CREATE TRIGGER review_touch AFTER UPDATE OF current_version_id ON corpus_translation
    FOR EACH ROW WHEN (OLD.current_version_id <> NEW.current_version_id) EXECUTE FUNCTION review_touch_replaced();

INSERT INTO review_tasktouched (task_id) SELECT id FROM annotation_task;
"""

LEAVING = """
DROP TRIGGER review_touch ON corpus_translation;
DROP TRIGGER review_touch ON corpus_item;
DROP TRIGGER review_touch ON review_settlement;
DROP TRIGGER review_touch ON annotation_annotation;
DROP TRIGGER review_touch_changed ON annotation_slot;
DROP TRIGGER review_touch_removed ON annotation_slot;
DROP TRIGGER review_touch_added ON annotation_slot;
DROP TRIGGER review_touch_changed ON annotation_task;
DROP TRIGGER review_touch ON annotation_task;
DROP FUNCTION review_touch_replaced();
DROP FUNCTION review_touch_decided();
DROP FUNCTION review_touch_judged();
DROP FUNCTION review_touch_slot();
DROP FUNCTION review_touch_slots();
DROP FUNCTION review_touch_task();
DROP FUNCTION review_touch_new_tasks();
"""


class Migration(migrations.Migration):
    dependencies = [("review", "0003_counting"), ("corpus", "0002_guards")]

    operations = [migrations.RunSQL(TOUCHING, LEAVING)]
