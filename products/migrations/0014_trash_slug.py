from django.db import migrations, models
from django.db.models import F, Q

from core.db.postgres import AddIndexOnline


class Migration(migrations.Migration):
    """An index for the slugs of deleted products, which each look-up of an unknown slug reads."""

    atomic = False  # an index that keeps nobody waiting is built outside a transaction
    dependencies = [("products", "0013_count_triggers")]

    operations = [
        AddIndexOnline(
            "product",
            models.Index(
                F("slug"),
                F("deleted_at"),
                condition=Q(deleted_at__isnull=False, deletion_id__isnull=False),
                name="product_trash_slug",
            ),
        ),
    ]
