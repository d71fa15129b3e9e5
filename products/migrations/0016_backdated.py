from django.db import migrations, models
from django.db.models import F, Q

from core.db.postgres import AddIndexOnline


class Migration(migrations.Migration):
    """An index of the rows that were updated before they were created, by another clock."""

    atomic = False  # an index that keeps nobody waiting is built outside a transaction
    dependencies = [("products", "0015_search_indexes")]

    operations = [
        AddIndexOnline(
            "product",
            models.Index(
                F("created_at"),
                F("id"),
                condition=Q(updated_at__lt=F("created_at")),
                name="product_backdated",
            ),
        ),
    ]
