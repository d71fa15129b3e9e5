import django.core.validators
from django.db import migrations, models
from django.db.models import Q
from django.db.models.functions import Length, Round
from django.db.models.lookups import Exact, LessThanOrEqual

from core.db.postgres import RunPostgresSQL
from core.migrations._rows import per_row_changes


class Migration(migrations.Migration):
    """Texts in their normal form and with a maximum, slugs that are no paths, exact prices."""

    atomic = False  # batches

    dependencies = [("products", "0002_search"), ("core", "0001_initial")]

    operations = [
        *per_row_changes("products", "product", name=255, description=20_000, sku=64),
        migrations.AlterField(
            model_name="product",
            name="description",
            field=models.TextField(blank=True, max_length=20_000),
        ),
        migrations.AlterField(
            model_name="product",
            name="currency",
            field=models.CharField(default="USD", max_length=3),
        ),
        migrations.SeparateDatabaseAndState(
            # Without digits of its own the column need not be written again; a constraint,
            # below, counts them.
            database_operations=[
                RunPostgresSQL(
                    "ALTER TABLE products_product ALTER COLUMN price TYPE numeric",
                    "ALTER TABLE products_product ALTER COLUMN price TYPE numeric(12, 2)",
                )
            ],
            state_operations=[
                migrations.AlterField(
                    model_name="product",
                    name="price",
                    field=models.DecimalField(
                        decimal_places=4,
                        max_digits=14,
                        validators=[django.core.validators.MinValueValidator(0)],
                    ),
                )
            ],
        ),
        *[
            migrations.AddConstraint(model_name="product", constraint=constraint)
            for constraint in (
                models.CheckConstraint(
                    condition=LessThanOrEqual(Length("name"), 255), name="product_name_length"
                ),
                models.CheckConstraint(
                    condition=LessThanOrEqual(Length("description"), 20_000),
                    name="product_description_length",
                ),
                models.CheckConstraint(
                    condition=Q(price__lt=10**10) & Q(price=Round("price", precision=4)),
                    name="product_price_digits",
                ),
                models.CheckConstraint(
                    condition=Exact(Length("currency"), 3), name="product_currency_length"
                ),
                models.CheckConstraint(
                    condition=LessThanOrEqual(Length("sku"), 64), name="product_sku_length"
                ),
            )
        ],
        RunPostgresSQL(
            # In PostgreSQL's spelling, which is never twice as long as the one that is counted
            # in a request.
            "ALTER TABLE products_product ADD CONSTRAINT product_attributes_length"
            " CHECK (length(attributes::text) <= 131072)",
            "ALTER TABLE products_product DROP CONSTRAINT product_attributes_length",
        ),
    ]
