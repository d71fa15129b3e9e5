import pytest

from categories.models import Category
from products.models import Product
from tests.support.sample_catalog import live_slugs, make_sample_catalog

pytestmark = pytest.mark.django_db


class TestSoftDeleteQuerySet:
    def test_deletes_each_row_as_a_separate_deletion(self, api):
        make_sample_catalog()

        assert Category.objects.filter(slug__in=["mugs", "tea", "garden"]).delete()[0] == 3

        assert len({row.deletion_id for row in Category.all_objects.deleted()}) == 3
        api.post("/api/categories/garden/restore/")
        assert live_slugs(Category) == {"kitchen", "garden"}

    def test_deletes_any_number_of_rows(self):
        Product.objects.bulk_create(
            Product(name="Mug", slug=f"mug-{number}", price=1) for number in range(1201)
        )

        assert Product.objects.all().delete()[0] == 1201
        assert Product.all_objects.deleted().values("deletion_id").distinct().count() == 1201
