from django.db import migrations, models
from django.db.models import F, Q

from categories.product_counts import CREATE_COUNT_FUNCTION
from core.db.postgres import AddIndexOnline, RunPostgresSQL

LIVE = Q(deleted_at__isnull=True)
RESTORABLE = Q(deleted_at__isnull=False, deletion_id__isnull=False)


def add_index(name, columns, condition):
    index = models.Index(*map(F, columns), condition=condition, name=name)
    return AddIndexOnline("category", index)


class Migration(migrations.Migration):
    """Indexes for subtrees and for slugs of deleted categories, and the sum of a subtree."""

    atomic = False  # an index that keeps nobody waiting is built outside a transaction
    dependencies = [("categories", "0006_product_counts")]

    operations = [
        add_index("category_live_parent", ["parent", "id"], LIVE),
        add_index("category_trash_slug", ["slug", "deleted_at"], RESTORABLE),
        RunPostgresSQL(CREATE_COUNT_FUNCTION, "DROP FUNCTION category_product_count(uuid)"),
    ]
