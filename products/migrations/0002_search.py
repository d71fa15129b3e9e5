from django.db import migrations

from core.db.postgres import RunPostgresSQL


class Migration(migrations.Migration):
    """Indexes for `search` and for `attributes.<key>`."""

    dependencies = [("products", "0001_initial")]

    operations = [
        RunPostgresSQL("CREATE EXTENSION IF NOT EXISTS pg_trgm", migrations.RunSQL.noop),
        RunPostgresSQL(
            "CREATE INDEX product_live_text ON products_product USING gin"
            " (name gin_trgm_ops, sku gin_trgm_ops, description gin_trgm_ops)"
            " WHERE deleted_at IS NULL",
            "DROP INDEX product_live_text",
        ),
        RunPostgresSQL(
            "CREATE INDEX product_live_attributes ON products_product"
            " USING gin (attributes jsonb_path_ops) WHERE deleted_at IS NULL",
            "DROP INDEX product_live_attributes",
        ),
    ]
