from django.db import migrations, models
from django.db.models import Q

from core.db.postgres import AddIndexOnline

DELETED = Q(deleted_at__isnull=False)


class Migration(migrations.Migration):
    """Indexes for restores and purges, of deleted rows only."""

    atomic = False  # an index that keeps nobody waiting is built outside a transaction
    dependencies = [("products", "0005_fill_search_text")]

    operations = [
        AddIndexOnline(
            "product",
            models.Index(
                models.F("deletion_id"), models.F("id"), condition=DELETED, name="product_deletion"
            ),
        ),
        AddIndexOnline(
            "product",
            models.Index(
                models.F("deleted_at"), models.F("id"), condition=DELETED, name="product_deleted_at"
            ),
        ),
        AddIndexOnline(
            "product",
            models.Index(
                models.F("category"),
                models.F("id"),
                condition=DELETED,
                name="product_deleted_category",
            ),
        ),
    ]
