from django.db import migrations


class Migration(migrations.Migration):
    """Staged rows are read once and thrown away; an import that lost them to a crash begins anew all the same."""

    dependencies = [("corpus", "0003_uploads")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE corpus_stagedrow SET UNLOGGED",
            "ALTER TABLE corpus_stagedrow SET LOGGED",
        )
    ]
