from django.db import migrations, models
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual

from core.migrations._rows import per_row_changes


class Migration(migrations.Migration):
    """Texts in their normal form and with a maximum, slugs that are no paths."""

    atomic = False  # batches

    dependencies = [("categories", "0001_initial"), ("core", "0001_initial")]

    operations = [
        *per_row_changes("categories", "category", name=255, description=20_000),
        migrations.AlterField(
            model_name="category",
            name="description",
            field=models.TextField(blank=True, max_length=20_000),
        ),
        migrations.AddConstraint(
            model_name="category",
            constraint=models.CheckConstraint(
                condition=LessThanOrEqual(Length("name"), 255), name="category_name_length"
            ),
        ),
        migrations.AddConstraint(
            model_name="category",
            constraint=models.CheckConstraint(
                condition=LessThanOrEqual(Length("description"), 20_000),
                name="category_description_length",
            ),
        ),
    ]
