from django.db import migrations, models

from core.db.postgres import AddIndexOnline


class Migration(migrations.Migration):

    atomic = False  # an index that keeps nobody waiting is built outside a transaction
    dependencies = [("core", "0002_orphaned_file")]

    operations = [
        AddIndexOnline("formerslug", models.Index(fields=["row_id"], name="former_slug_row"))
    ]
