from django.db import migrations

from core.db.search import fill_search_text


def fill(apps, schema_editor):
    fill_search_text(
        apps.get_model("categories", "Category").objects.all(), ["name", "description"]
    )


class Migration(migrations.Migration):
    """Each batch commits for itself, and the whole can be run again."""

    atomic = False
    dependencies = [("categories", "0003_search_text")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
