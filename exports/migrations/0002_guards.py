from django.db import migrations

from common.sql import append_only


class Migration(migrations.Migration):
    dependencies = [("exports", "0001_initial"), ("common", "0002_languages_and_guards")]

    operations = [
        append_only("exports_releaserow"),
        append_only("exports_releasefile"),
        append_only("exports_release"),
    ]
