from django.db import migrations


class Migration(migrations.Migration):
    """Renames only: on PostgreSQL no row is rewritten and no index is built."""

    dependencies = [
        ("core", "0003_former_slug_row"),
        # They record redirects under the model's former name.
        ("categories", "0002_text"),
        ("products", "0003_text_and_price"),
    ]

    operations = [
        migrations.RenameModel("FormerSlug", "SlugRedirect"),
        migrations.RenameIndex(
            "slugredirect", old_name="former_slug_row", new_name="slug_redirect_row"
        ),
        migrations.RenameField("orphanedfile", "since", "orphaned_at"),
    ]
