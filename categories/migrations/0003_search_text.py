from django.db import migrations, models

import core.db.search
from core.db.postgres import RunPostgresSQL


class Migration(migrations.Migration):
    """One folded text to search in, and names in the order of the Unicode collation."""

    dependencies = [("categories", "0002_text")]

    operations = [
        RunPostgresSQL(
            "CREATE COLLATION catalog_unicode (provider = icu, locale = 'und')",
            "DROP COLLATION catalog_unicode",
        ),
        migrations.AlterField(
            "category", "name", models.CharField(db_collation="catalog_unicode", max_length=255)
        ),
        migrations.AddField(
            "category",
            "search_text",
            core.db.search.SearchTextField(default="", editable=False),
        ),
    ]
