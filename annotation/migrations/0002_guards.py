from django.db import migrations

from common.sql import append_only

SLOT_REPEATS_ITS_TASK = """
ALTER TABLE annotation_task ADD CONSTRAINT annotation_task_queue_key
    UNIQUE (id, campaign_id, kind, language_id, position);
ALTER TABLE annotation_slot ADD CONSTRAINT annotation_slot_repeats_its_task
    FOREIGN KEY (task_id, campaign_id, kind, language_id, position)
    REFERENCES annotation_task (id, campaign_id, kind, language_id, position) ON UPDATE CASCADE;
"""

SLOT_WITHIN_OVERLAP = """
CREATE FUNCTION annotation_slot_within_overlap() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE wanted integer;
BEGIN
    SELECT overlap INTO wanted FROM annotation_task WHERE id = NEW.task_id;
    IF NEW.number < 1 OR NEW.number > wanted THEN
        RAISE EXCEPTION 'task % wants % judgements; slot number % is over its overlap',
            NEW.task_id, wanted, NEW.number USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER annotation_slot_within_overlap BEFORE INSERT OR UPDATE OF number, task_id ON annotation_slot
    FOR EACH ROW EXECUTE FUNCTION annotation_slot_within_overlap();
"""

SENSITIVITY_IN_SOURCE_LANGUAGE = """
CREATE FUNCTION annotation_task_language() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE source text;
BEGIN
    SELECT b.source_language_id INTO source
        FROM corpus_item i JOIN corpus_benchmark b ON b.id = i.benchmark_id WHERE i.id = NEW.item_id;
    IF (NEW.kind = 'sensitivity') <> (NEW.language_id = source) THEN
        RAISE EXCEPTION 'a % task cannot be in %: the source language is %', NEW.kind, NEW.language_id, source
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER annotation_task_language BEFORE INSERT OR UPDATE OF kind, language_id, item_id ON annotation_task
    FOR EACH ROW EXECUTE FUNCTION annotation_task_language();
"""

# A judgement belongs to whoever holds the slot at that moment and continues the slot's own chain.
ANNOTATION_FITS_ITS_SLOT = """
CREATE FUNCTION annotation_fits_its_slot() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE holder bigint; chain bigint;
BEGIN
    SELECT contributor_id INTO holder FROM annotation_slot WHERE id = NEW.slot_id FOR UPDATE;
    IF holder IS DISTINCT FROM NEW.contributor_id THEN
        RAISE EXCEPTION 'slot % is not held by contributor %', NEW.slot_id, NEW.contributor_id
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.corrects_id IS NOT NULL THEN
        SELECT slot_id INTO chain FROM annotation_annotation WHERE id = NEW.corrects_id;
        IF chain IS DISTINCT FROM NEW.slot_id THEN
            RAISE EXCEPTION 'a correction stays in its slot' USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER annotation_fits_its_slot BEFORE INSERT ON annotation_annotation
    FOR EACH ROW EXECUTE FUNCTION annotation_fits_its_slot();
"""

# Checked at commit: submitted_at is set exactly while the end of the slot's chain is a judgement.
SUBMITTED_AT_IS_TRUE = """
CREATE FUNCTION annotation_submitted_at_is_true() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE the_slot bigint; submitted boolean; stands boolean;
BEGIN
    IF TG_TABLE_NAME = 'annotation_slot' THEN the_slot := NEW.id; ELSE the_slot := NEW.slot_id; END IF;
    SELECT submitted_at IS NOT NULL INTO submitted FROM annotation_slot WHERE id = the_slot;
    SELECT EXISTS (
        SELECT 1 FROM annotation_annotation a WHERE a.slot_id = the_slot AND a.retraction = ''
            AND NOT EXISTS (SELECT 1 FROM annotation_annotation c WHERE c.corrects_id = a.id)
    ) INTO stands;
    IF submitted IS DISTINCT FROM stands THEN
        RAISE EXCEPTION 'slot %: submitted_at does not agree with its judgements', the_slot
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER annotation_submitted_at_is_true AFTER INSERT ON annotation_annotation
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION annotation_submitted_at_is_true();
CREATE CONSTRAINT TRIGGER annotation_submitted_at_is_true AFTER UPDATE OF submitted_at ON annotation_slot
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (OLD.submitted_at IS DISTINCT FROM NEW.submitted_at)
    EXECUTE FUNCTION annotation_submitted_at_is_true();
"""

DROP = """
DROP TRIGGER annotation_submitted_at_is_true ON annotation_slot;
DROP TRIGGER annotation_submitted_at_is_true ON annotation_annotation;
DROP FUNCTION annotation_submitted_at_is_true();
DROP TRIGGER annotation_fits_its_slot ON annotation_annotation;
DROP FUNCTION annotation_fits_its_slot();
DROP TRIGGER annotation_task_language ON annotation_task;
DROP FUNCTION annotation_task_language();
DROP TRIGGER annotation_slot_within_overlap ON annotation_slot;
DROP FUNCTION annotation_slot_within_overlap();
ALTER TABLE annotation_slot DROP CONSTRAINT annotation_slot_repeats_its_task;
ALTER TABLE annotation_task DROP CONSTRAINT annotation_task_queue_key;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("annotation", "0001_initial"),
        ("common", "0002_languages_and_guards"),
    ]

    operations = [
        migrations.RunSQL(
            SLOT_REPEATS_ITS_TASK
            + SLOT_WITHIN_OVERLAP
            + SENSITIVITY_IN_SOURCE_LANGUAGE
            + ANNOTATION_FITS_ITS_SLOT
            + SUBMITTED_AT_IS_TRUE,
            DROP,
        ),
        append_only("annotation_annotation"),
        append_only("annotation_guidelineversion"),
    ]
