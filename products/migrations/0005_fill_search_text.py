from django.db import migrations

from core.db.postgres import RunPostgresSQL
from core.db.search import fill_search_text


def fill(apps, schema_editor):
    fill_search_text(
        apps.get_model("products", "Product").objects.all(), ["name", "sku", "description"]
    )


class Migration(migrations.Migration):
    """Each batch commits for itself, and the whole can be run again."""

    atomic = False
    dependencies = [("products", "0004_search_text")]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        RunPostgresSQL(
            "CREATE INDEX product_live_search ON products_product"
            " USING gin (search_text gin_trgm_ops) WHERE deleted_at IS NULL",
            "DROP INDEX product_live_search",
        ),
    ]
