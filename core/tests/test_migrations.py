from collections.abc import Iterator

import pytest
from django.apps.registry import Apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from uuid_utils.compat import uuid7

from core.models import OrphanedFile, SlugRedirect

pytestmark = pytest.mark.django_db(transaction=True)

BEFORE = [("core", "0003_former_slug_row")]


def migrate(targets: list[tuple[str, str]]) -> Apps:
    executor = MigrationExecutor(connection)
    executor.migrate(targets)
    return executor.loader.project_state(targets).apps


@pytest.fixture
def before() -> Iterator[Apps]:
    latest = MigrationExecutor(connection).loader.graph.leaf_nodes()
    yield migrate(BEFORE)
    migrate(latest)


class TestSlugRedirectMigration:
    def test_keeps_existing_rows(self, before):
        moment, row_id = timezone.now(), uuid7()
        before.get_model("core", "FormerSlug").objects.create(
            model="product", slug="mug", row_id=row_id, retired_at=moment
        )
        before.get_model("core", "OrphanedFile").objects.create(name="a.png", since=moment)

        migrate(MigrationExecutor(connection).loader.graph.leaf_nodes())

        redirect = SlugRedirect.objects.get(model="product", slug="mug")
        assert (redirect.row_id, redirect.retired_at) == (row_id, moment)
        assert OrphanedFile.orphaned_since(["a.png"], moment) == {"a.png"}
