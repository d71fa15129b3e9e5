from collections.abc import Iterator

import pytest
from django.apps.registry import Apps
from django.utils import timezone
from uuid_utils.compat import uuid7

from core.models import OrphanedFile, SlugRedirect
from tests.support.migrations import migrate_to_latest, migrated_to

pytestmark = pytest.mark.django_db(transaction=True)

BEFORE = [("core", "0003_former_slug_row")]


@pytest.fixture
def before() -> Iterator[Apps]:
    with migrated_to(BEFORE) as apps:
        yield apps


class TestSlugRedirectMigration:
    def test_keeps_existing_rows(self, before):
        moment, row_id = timezone.now(), uuid7()
        before.get_model("core", "FormerSlug").objects.create(
            model="product", slug="mug", row_id=row_id, retired_at=moment
        )
        before.get_model("core", "OrphanedFile").objects.create(name="a.png", since=moment)

        migrate_to_latest()

        redirect = SlugRedirect.objects.get(model="product", slug="mug")
        assert (redirect.row_id, redirect.retired_at) == (row_id, moment)
        assert OrphanedFile.orphaned_since(["a.png"], moment) == {"a.png"}
