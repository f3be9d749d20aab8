from django.db import migrations

from common.sql import append_only


class Migration(migrations.Migration):
    dependencies = [("corpus", "0001_initial"), ("common", "0002_languages_and_guards")]

    operations = [append_only("corpus_itemversion"), append_only("corpus_translationversion")]
