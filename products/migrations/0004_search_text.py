from django.db import migrations, models

import core.db.search
from core.db.postgres import RunPostgresSQL


class Migration(migrations.Migration):
    """One folded text to search in, and names in the order of the Unicode collation."""

    dependencies = [
        ("categories", "0003_search_text"),  # creates the collation
        ("products", "0003_text_and_price"),
    ]

    operations = [
        RunPostgresSQL(
            "DROP INDEX product_live_text",
            "CREATE INDEX product_live_text ON products_product USING gin"
            " (name gin_trgm_ops, sku gin_trgm_ops, description gin_trgm_ops)"
            " WHERE deleted_at IS NULL",
        ),
        migrations.AlterField(
            "product", "name", models.CharField(db_collation="catalog_unicode", max_length=255)
        ),
        migrations.AddField(
            "product",
            "search_text",
            core.db.search.SearchTextField(default="", editable=False),
        ),
    ]
