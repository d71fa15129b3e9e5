from django.db import migrations

from products.count_triggers import CreateCountTriggers
from products.services.product_counts import correct_counts


def fill(apps, schema_editor):
    correct_counts()


class Migration(migrations.Migration):
    """Count products from now on, then add those that exist: no writer waits for the second."""

    atomic = False  # writers go on between the two
    dependencies = [
        ("categories", "0006_product_counts"),
        ("products", "0012_list_indexes"),
    ]

    operations = [
        CreateCountTriggers(),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
