from django.db import migrations

from common.languages import LANGUAGES
from common.sql import FORBID_CHANGE_FUNCTION, append_only


def write_languages(apps, schema_editor):
    language = apps.get_model("common", "Language")
    language.objects.bulk_create(
        [language(tag=record.tag, name=record.name, export_name=record.export_name) for record in LANGUAGES],
        update_conflicts=True,
        unique_fields=["tag"],
        update_fields=["name", "export_name"],
    )


class Migration(migrations.Migration):
    dependencies = [("common", "0001_initial")]

    operations = [
        migrations.RunSQL(FORBID_CHANGE_FUNCTION, "DROP FUNCTION common_forbid_change();"),
        append_only("common_auditevent"),
        migrations.RunPython(write_languages, migrations.RunPython.noop),
    ]
