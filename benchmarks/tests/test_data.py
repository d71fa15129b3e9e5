import pytest
from django.db import connection

from benchmarks.data import fill
from categories.models import Category
from products.models import Product

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


class TestFill:
    @pytest.fixture(autouse=True)
    def rows(self) -> None:
        fill(connection, products=2_000, categories=100)

    def test_deletes_a_tenth_and_adds_images_to_six_of_ten(self):
        products = Product.all_objects.all()

        assert (products.count(), products.live().count()) == (2_000, 1_800)
        assert 1_100 < products.exclude(image="").count() < 1_300

    def test_writes_the_search_text_of_each_row(self):
        rows = [*Product.all_objects.all(), *Category.all_objects.all()]

        assert [row for row in rows if row.search_text != row.folded_text()] == []

    def test_writes_rows_that_the_models_accept(self):
        for row in [*Product.all_objects.all()[:100], *Category.all_objects.all()]:
            row.clean_fields(exclude=["category", "parent"])

    def test_nests_categories_in_three_levels(self):
        levels = {len(category.path) for category in Category.objects.all()}

        assert levels == {1, 2, 3}

    def test_keeps_the_indexes(self):
        names = {index.name for index in Product._meta.indexes}

        with connection.cursor() as cursor:
            cursor.execute("SELECT indexname FROM pg_indexes WHERE tablename = 'products_product'")
            assert names <= {name for (name,) in cursor.fetchall()}
