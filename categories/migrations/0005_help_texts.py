"""Help texts, which the admin and the OpenAPI document show. No change of the database."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("categories", "0004_fill_search_text"),
    ]

    operations = [
        migrations.AlterField(
            model_name="category",
            name="deleted_at",
            field=models.DateTimeField(
                editable=False, help_text="Null unless the object is deleted.", null=True
            ),
        ),
        migrations.AlterField(
            model_name="category",
            name="position",
            field=models.PositiveIntegerField(
                default=0, help_text="The position among its siblings."
            ),
        ),
        migrations.AlterField(
            model_name="category",
            name="slug",
            field=models.CharField(
                blank=True,
                help_text="The slug in URLs. If empty, made from the name on create, unchanged on update.",
                max_length=255,
            ),
        ),
        migrations.AlterField(
            model_name="category",
            name="version",
            field=models.PositiveIntegerField(
                default=1,
                editable=False,
                help_text="Incremented by each change that a client makes.",
            ),
        ),
    ]
