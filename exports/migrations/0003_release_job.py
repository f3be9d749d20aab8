import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exports", "0002_guards"), ("common", "0003_api")]

    operations = [
        migrations.AddField(
            model_name="release",
            name="job",
            field=models.OneToOneField(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="release",
                to="common.job",
            ),
        ),
    ]
