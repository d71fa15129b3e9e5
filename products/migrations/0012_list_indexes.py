from django.db import migrations, models
from django.db.models import F, Q

from core.db.postgres import AddIndexOnline

LIVE = Q(deleted_at__isnull=True)
RESTORABLE = Q(deleted_at__isnull=False, deletion_id__isnull=False)


def add_index(name, columns, condition):
    index = models.Index(*map(F, columns), condition=condition, name=name)
    return AddIndexOnline("product", index)


class Migration(migrations.Migration):
    """An index for each ordering of the list: of live rows, of each category, of the trash."""

    atomic = False  # an index that keeps nobody waiting is built outside a transaction
    dependencies = [("products", "0011_help_texts")]

    operations = [
        add_index("product_live_updated", ["updated_at", "id"], LIVE),
        add_index("product_live_category_updated", ["category", "updated_at", "id"], LIVE),
        add_index("product_live_name", ["name", "id"], LIVE),
        add_index("product_live_category_name", ["category", "name", "id"], LIVE),
        add_index("product_live_category_price", ["category", "price", "id"], LIVE),
        add_index("product_live_stock", ["stock", "id"], LIVE),
        add_index("product_live_category_stock", ["category", "stock", "id"], LIVE),
        add_index("product_live_flags", ["is_active", "thumbnail_status", "currency"], LIVE),
        add_index(
            "product_live_category_flags",
            ["category", "is_active", "thumbnail_status", "currency"],
            LIVE,
        ),
        add_index("product_trash_created", ["created_at", "id"], RESTORABLE),
        add_index("product_trash_category_created", ["category", "created_at", "id"], RESTORABLE),
        add_index("product_trash_updated", ["updated_at", "id"], RESTORABLE),
        add_index("product_trash_category_updated", ["category", "updated_at", "id"], RESTORABLE),
        add_index("product_trash_name", ["name", "id"], RESTORABLE),
        add_index("product_trash_category_name", ["category", "name", "id"], RESTORABLE),
        add_index("product_trash_price", ["price", "id"], RESTORABLE),
        add_index("product_trash_category_price", ["category", "price", "id"], RESTORABLE),
        add_index("product_trash_stock", ["stock", "id"], RESTORABLE),
        add_index("product_trash_category_stock", ["category", "stock", "id"], RESTORABLE),
    ]
