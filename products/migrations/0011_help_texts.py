"""Help texts, which the admin and the OpenAPI document show. No change of the database."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("products", "0010_trash_indexes"),
    ]

    operations = [
        migrations.AlterField(
            model_name="product",
            name="deleted_at",
            field=models.DateTimeField(
                editable=False, help_text="Null unless the object is deleted.", null=True
            ),
        ),
        migrations.AlterField(
            model_name="product",
            name="image_height",
            field=models.PositiveIntegerField(
                editable=False, help_text="In pixels, with the EXIF orientation applied.", null=True
            ),
        ),
        migrations.AlterField(
            model_name="product",
            name="image_width",
            field=models.PositiveIntegerField(
                editable=False, help_text="In pixels, with the EXIF orientation applied.", null=True
            ),
        ),
        migrations.AlterField(
            model_name="product",
            name="placeholder",
            field=models.CharField(
                editable=False,
                help_text="A ThumbHash in base64, to show until an image has loaded.",
                max_length=64,
                null=True,
            ),
        ),
        migrations.AlterField(
            model_name="product",
            name="sku",
            field=models.CharField(
                blank=True,
                help_text="Unique among live products. Empty for none.",
                max_length=64,
                null=True,
            ),
        ),
        migrations.AlterField(
            model_name="product",
            name="slug",
            field=models.CharField(
                blank=True,
                help_text="The slug in URLs. If empty, made from the name on create, unchanged on update.",
                max_length=255,
            ),
        ),
        migrations.AlterField(
            model_name="product",
            name="version",
            field=models.PositiveIntegerField(
                default=1,
                editable=False,
                help_text="Incremented by each change that a client makes.",
            ),
        ),
    ]
