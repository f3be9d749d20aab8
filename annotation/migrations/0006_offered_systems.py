from django.db import migrations

# Campaigns that were open before went on showing the flags of every task.
FILL = """
UPDATE annotation_campaign SET hidden_flags_rate = 0;
UPDATE annotation_task t SET system = l.system FROM annotation_campaignlanguage l
WHERE l.campaign_id = t.campaign_id AND l.language_id = t.language_id AND t.kind = 'verification';
"""


class Migration(migrations.Migration):
    dependencies = [("annotation", "0005_model_pass"), ("flagging", "0003_guards")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
