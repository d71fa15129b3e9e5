from django.db import migrations

from categories.product_counts import COUNTS_TABLE, CREATE_COUNTS_TABLE
from core.db.postgres import RunVendorSQL


class Migration(migrations.Migration):
    """The table of product counts, which triggers of the products' table fill."""

    dependencies = [("categories", "0005_help_texts")]

    operations = [RunVendorSQL(CREATE_COUNTS_TABLE, f"DROP TABLE {COUNTS_TABLE}")]
