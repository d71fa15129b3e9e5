from django.db import migrations

from core.postgres import RunOnPostgres

# The extension may be in a schema that is not on the search path: the database of several tenants
# has it once.
TEXT_INDEX = """
DO $$
BEGIN
  EXECUTE (
    SELECT format(
      'CREATE INDEX product_live_text ON products_product USING gin'
      ' (name %1$I.gin_trgm_ops, sku %1$I.gin_trgm_ops, description %1$I.gin_trgm_ops)'
      ' WHERE deleted_at IS NULL', nspname)
    FROM pg_extension JOIN pg_namespace ON pg_namespace.oid = extnamespace
    WHERE extname = 'pg_trgm'
  );
END $$
"""


class Migration(migrations.Migration):
    """Indexes for `search` and for `attributes.<key>`."""

    dependencies = [("products", "0001_initial")]

    operations = [
        RunOnPostgres("CREATE EXTENSION IF NOT EXISTS pg_trgm", migrations.RunSQL.noop),
        RunOnPostgres(TEXT_INDEX, "DROP INDEX product_live_text"),
        RunOnPostgres(
            "CREATE INDEX product_live_attributes ON products_product"
            " USING gin (attributes jsonb_path_ops) WHERE deleted_at IS NULL",
            "DROP INDEX product_live_attributes",
        ),
    ]
