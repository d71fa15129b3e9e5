from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import models
from django.db.models.signals import post_save

from categories.models import Category
from categories.services import delete_category, restore_category, update_category
from categories.tests.factories import make_category
from core.errors import InvalidField, SlugConflict
from core.services.rows import insert_with_free_slug
from products.models import Product
from products.services import delete_product, restore_product, retry_thumbnail, update_product
from products.tests.factories import make_product
from tests.support.images import png, upload

pytestmark = pytest.mark.django_db

Saved = list[dict[str, Any]]


@pytest.fixture
def saved() -> Iterator[Saved]:
    """Yield what a receiver with Django's documented signature is called with."""
    calls: Saved = []

    def receive(
        sender: type[models.Model],
        instance: models.Model,
        created: bool,
        raw: bool,
        using: str,
        update_fields: frozenset[str] | None,
        **kwargs: Any,
    ) -> None:
        calls.append(
            {
                "sender": sender,
                "id": instance.pk,
                "created": created,
                "raw": raw,
                "using": using,
                "update_fields": update_fields,
            }
        )

    for model in (Product, Category):
        post_save.connect(receive, sender=model)
    yield calls
    for model in (Product, Category):
        post_save.disconnect(receive, sender=model)


def retry_failed(product: Product) -> None:
    Product.objects.filter(pk=product.pk).update(thumbnail_status="failed")
    retry_thumbnail(product)


def delete_and_restore_product(product: Product) -> None:
    delete_product(product)
    restore_product(product)


def delete_and_restore_category(category: Category) -> None:
    delete_category(category)
    restore_category(category)


class TestInsertWithFreeSlug:
    @pytest.mark.parametrize("make", [make_product, make_category])
    def test_sends_post_save_once_with_all_its_arguments(self, saved: Saved, make: Callable):
        row = make()

        assert saved == [
            {
                "sender": type(row),
                "id": row.pk,
                "created": True,
                "raw": False,
                "using": "default",
                "update_fields": None,
            }
        ]

    def test_sends_no_post_save_for_a_slug_that_is_taken(self, saved: Saved):
        make_product(slug="mug")
        saved.clear()

        with pytest.raises(SlugConflict):
            make_product(slug="mug")

        assert saved == []

    def test_makes_one_statement_for_a_new_name(self, django_assert_num_queries):
        with django_assert_num_queries(3):  # savepoint, INSERT, release
            insert_with_free_slug(Category(name="Mugs"))

    @pytest.mark.parametrize("holders", [1, 3, 5, 30])
    def test_makes_two_more_however_often_the_name_is_taken(
        self, django_assert_num_queries, holders: int
    ):
        for _ in range(holders):
            make_category("Mugs")

        with django_assert_num_queries(5):  # INSERT of nothing, SELECT, INSERT
            insert_with_free_slug(Category(name="Mugs"))

    def test_fills_a_gap_in_the_numbers(self):
        for slug in ("mugs", "mugs-2", "mugs-4"):
            make_category(slug=slug)

        assert make_category("Mugs").slug == "mugs-3"

    def test_ignores_deleted_rows(self):
        delete_category(make_category("Mugs"))

        assert make_category("Mugs").slug == "mugs"

    def test_runs_the_check_before_the_insert(self):
        def check(row: Category) -> None:
            assert row._state.adding
            raise InvalidField("no", pointer="/name")

        with pytest.raises(InvalidField):
            insert_with_free_slug(Category(name="Mugs"), check=check)

        assert not Category.objects.exists()


class TestUpdateRow:
    @pytest.mark.parametrize(
        ("write", "fields"),
        [
            (lambda product: update_product(product, stock=7), {"stock"}),
            (delete_product, {"deleted_at", "deletion_id"}),
            (delete_and_restore_product, {"deleted_at", "deletion_id"}),
            (
                retry_failed,
                {"thumbnail_status", "thumbnail_due_at"},
            ),
        ],
        ids=["update", "delete", "restore", "retry"],
    )
    def test_sends_post_save_with_the_fields_of_a_product(
        self, saved: Saved, write: Callable, fields: set[str]
    ):
        product = make_product(image=upload(png()))
        write(product)

        assert saved[-1] == {
            "sender": Product,
            "id": product.pk,
            "created": False,
            "raw": False,
            "using": "default",
            "update_fields": frozenset(fields | {"version", "updated_at"}),
        }

    @pytest.mark.parametrize(
        ("write", "fields"),
        [
            (lambda category: update_category(category, position=3), {"position"}),
            (delete_category, {"deleted_at", "deletion_id"}),
            (delete_and_restore_category, {"deleted_at", "deletion_id"}),
        ],
        ids=["update", "delete", "restore"],
    )
    def test_sends_post_save_with_the_fields_of_a_category(
        self, saved: Saved, write: Callable, fields: set[str]
    ):
        category = make_category()
        write(category)

        assert saved[-1] == {
            "sender": Category,
            "id": category.pk,
            "created": False,
            "raw": False,
            "using": "default",
            "update_fields": frozenset(fields | {"version", "updated_at"}),
        }

    def test_sends_one_signal_with_one_update(self, saved: Saved, django_assert_num_queries):
        product = make_product()
        saved.clear()

        with django_assert_num_queries(4):  # savepoint, SELECT FOR UPDATE, UPDATE, release
            product.save_columns({"name": "Cup", "stock": 2})

        (call,) = saved
        assert call["update_fields"] == {"name", "search_text", "stock", "version", "updated_at"}

    def test_sends_nothing_when_nothing_changes(self, saved: Saved):
        product = make_product(stock=7)
        saved.clear()

        update_product(product, stock=7)

        assert saved == []
