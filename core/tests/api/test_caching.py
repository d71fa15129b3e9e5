from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core import serializers
from django.utils import timezone
from rest_framework.permissions import AllowAny

from categories import services as categories
from categories.models import Category
from categories.tests.factories import make_category
from config.environment.redis_url import RedisURL
from core.api import caching
from core.catalog_version import CatalogVersion, catalog_version
from core.images import InvalidImage
from products import services as products
from products.models import Product, ThumbnailStatus
from products.services.backfill import enqueue_outdated
from products.services.product_counts import correct_counts
from products.services.thumbnails import attach_thumbnail, requeue_overdue
from products.tests.factories import make_product, shift_deadlines
from products.views import ProductViewSet
from tests.support.catalog_version import close_version
from tests.support.html_forms import submit
from tests.support.images import png, undecodable, upload
from tests.support.servers.brokers import Broker, running_broker

pytestmark = pytest.mark.django_db(transaction=True)

PRODUCTS, CATEGORIES = "/api/products/", "/api/categories/"


@pytest.fixture
def broker() -> Iterator[Broker]:
    with running_broker() as running:
        yield running


@pytest.fixture(autouse=True)
def version(broker, settings) -> Iterator[CatalogVersion]:
    settings.RESPONSE_CACHE = True
    settings.CATALOG_VERSION = RedisURL(broker.url)
    catalog_version.cache_clear()
    caching.recent_misses.clear()
    current = catalog_version()
    assert current
    yield current
    catalog_version.cache_clear()
    close_version(current)


@pytest.fixture
def cached_get(api, django_assert_num_queries) -> Callable[..., Any]:
    """Return a function that gets a path until it is cached, and then without SQL."""

    def get(path: str, **headers: str) -> Any:
        for _ in range(3):  # makes the token, is the first to miss, and is stored
            api.get(path)
        with django_assert_num_queries(0):
            return api.get(path, headers=headers)

    return get


def comparable(response: Any) -> tuple[Any, ...]:
    headers = [item for item in response.items() if item[0] != "X-Request-ID"]
    return response.status_code, headers, response.content


class TestCachedResponses:
    @pytest.mark.parametrize(
        "path",
        [
            PRODUCTS,
            f"{PRODUCTS}?page_size=1",
            f"{PRODUCTS}?cursor=&page_size=1",
            f"{PRODUCTS}blue-mug/",
            CATEGORIES,
            f"{CATEGORIES}mugs/",
            f"{CATEGORIES}tree/",
        ],
    )
    @pytest.mark.parametrize(
        "headers", [{}, {"If-None-Match": "*"}, {"If-None-Match": '"other"'}, {"Host": "localhost"}]
    )
    def test_answers_without_sql_what_it_answered_before(
        self, api, cached_get, settings, path, headers
    ):
        make_product(category=make_category())
        make_product("Red mug")
        settings.RESPONSE_CACHE = False
        expected = comparable(api.get(path, headers=headers))
        settings.RESPONSE_CACHE = True
        if "Host" in headers:
            for _ in range(3):
                api.get(path, headers=headers)

        assert comparable(cached_get(path, **headers)) == expected

    def test_answers_head_as_get(self, api, cached_get, settings):
        make_product()
        settings.RESPONSE_CACHE = False
        expected = comparable(api.head(PRODUCTS))
        settings.RESPONSE_CACHE = True
        cached_get(PRODUCTS)

        assert comparable(api.head(PRODUCTS)) == expected

    def test_stores_what_a_client_revalidates(self, api, django_assert_num_queries):
        make_product()
        etag = api.get(PRODUCTS)["ETag"]
        for _ in range(2):
            assert api.get(PRODUCTS, headers={"If-None-Match": etag}).status_code == 304

        with django_assert_num_queries(0):
            assert api.get(PRODUCTS, headers={"If-None-Match": etag}).status_code == 304
            assert api.get(PRODUCTS).json()["results"]

    @pytest.mark.parametrize("path", [f"{PRODUCTS}nothing/", f"{PRODUCTS}?unknown=1"])
    def test_stores_no_error(self, api, path, monkeypatch, version):
        monkeypatch.setattr(version, "write", lambda *args: pytest.fail("stored"))
        for _ in range(3):
            assert api.get(path).status_code in {400, 404}

    def test_stores_nothing_that_is_asked_for_once(self, api, monkeypatch, version):
        version.read()
        monkeypatch.setattr(version, "write", lambda *args: pytest.fail("stored"))

        api.get(PRODUCTS)

    def test_tells_hosts_and_media_types_apart(self, api, cached_get):
        make_product(image=upload(png()))
        here = cached_get(f"{PRODUCTS}blue-mug/").content

        there = api.get(f"{PRODUCTS}blue-mug/", headers={"Host": "localhost"})
        indented = api.get(f"{PRODUCTS}blue-mug/", headers={"Accept": "application/json; indent=4"})

        assert b"http://localhost/" in there.content
        assert len({here, there.content, indented.content}) == 3

    def test_leaves_out_requests_with_credentials(self, cached_get, api, monkeypatch):
        cached_get(PRODUCTS)
        monkeypatch.setattr(caching, "find", lambda *args: pytest.fail("used"))

        assert api.get(PRODUCTS, headers={"Authorization": "Bearer x"}).status_code == 200

    def test_leaves_out_views_with_permissions(self, cached_get, api, monkeypatch):
        cached_get(PRODUCTS)
        monkeypatch.setattr(ProductViewSet, "permission_classes", [AllowAny])
        monkeypatch.setattr(caching, "find", lambda *args: pytest.fail("used"))

        assert api.get(PRODUCTS).status_code == 200

    def test_shows_each_of_200_writes_to_the_next_read(self, api):
        product = make_product()
        for stock in range(1, 201):
            for _ in range(stock % 4):
                api.get(f"{PRODUCTS}blue-mug/")
            products.update_product(product, stock=stock)

            assert api.get(f"{PRODUCTS}blue-mug/").json()["stock"] == stock

    def test_is_right_while_redis_is_frozen_and_after_it(self, api, broker, cached_get):
        product = make_product()
        cached_get(f"{PRODUCTS}blue-mug/")
        broker.freeze()

        products.update_product(product, stock=7)
        during = api.get(f"{PRODUCTS}blue-mug/").json()["stock"]
        broker.thaw()

        assert during == api.get(f"{PRODUCTS}blue-mug/").json()["stock"] == 7

    def test_is_right_without_redis(self, api, broker, cached_get):
        product = make_product()
        cached_get(f"{PRODUCTS}blue-mug/")
        broker.stop()

        assert api.patch(f"{PRODUCTS}blue-mug/", {"stock": 7}).status_code == 200

        assert api.get(f"{PRODUCTS}{product.pk}/").json()["stock"] == 7


def deleted(row: Any) -> Any:
    row.delete()
    return row


def old_trash(model: Any) -> None:
    model.all_objects.all().delete()
    model.all_objects.update(deleted_at=timezone.now() - timedelta(days=40))


def failed_thumbnail() -> Product:
    product = make_product(image=upload(undecodable()))
    with pytest.raises(InvalidImage):
        attach_thumbnail(product_id=product.pk)
    product.refresh_from_db()
    assert product.thumbnail_status == ThumbnailStatus.FAILED
    return product


def overdue_thumbnail() -> None:
    make_product(image=upload(png()))
    shift_deadlines(hours=1)


def outdated_thumbnail() -> None:
    product = make_product(image=upload(png()))
    attach_thumbnail(product_id=product.pk)
    Product.objects.update(thumbnail="products/thumbnails/old.webp")


def deleted_tree() -> Category:
    category = make_category()
    make_product(category=category)
    categories.delete_category_tree(category)
    make_product()
    return category


# What prepares, and what writes: every service that changes what the API shows.
WRITES: dict[str, tuple[Callable[[], Any], Callable[[Any], Any]]] = {
    "create_product": (lambda: None, lambda _: make_product()),
    "update_product": (make_product, lambda row: products.update_product(row, stock=5)),
    "delete_product": (make_product, products.delete_product),
    "restore_product": (lambda: deleted(make_product()), products.restore_product),
    "purge_products": (
        lambda: old_trash(make_product() and Product),
        lambda _: products.purge_products(before=timezone.now() - timedelta(days=30)),
    ),
    "retry_thumbnail": (failed_thumbnail, products.retry_thumbnail),
    "attach_thumbnail": (
        lambda: make_product(image=upload(png())),
        lambda row: attach_thumbnail(product_id=row.pk),
    ),
    "requeue_overdue": (overdue_thumbnail, lambda _: requeue_overdue(limit=5)),
    "enqueue_outdated": (outdated_thumbnail, lambda _: sum(enqueue_outdated(batch_size=5))),
    "correct_counts": (lambda: None, lambda _: correct_counts()),
    "create_category": (lambda: None, lambda _: make_category()),
    "update_category": (make_category, lambda row: categories.update_category(row, name="Cups")),
    "delete_category": (make_category, categories.delete_category),
    "delete_empty_category": (make_category, categories.delete_empty_category),
    "delete_category_tree": (make_category, categories.delete_category_tree),
    "restore_category": (
        deleted_tree,
        lambda row: categories.restore_category(row, rename_conflicts=True),
    ),
    "purge_categories": (
        lambda: old_trash(make_category() and Category),
        lambda _: categories.purge_categories(before=timezone.now() - timedelta(days=30)),
    ),
    "QuerySet.delete": (make_product, lambda _: Product.objects.all().delete()),
    "bulk_create": (
        lambda: None,
        lambda _: Product.objects.bulk_create([Product(name="a", slug="a", price=1)]),
    ),
    "bulk_update": (make_product, lambda row: Product.objects.bulk_update([row], ["stock"])),
    "save": (make_product, lambda row: row.save()),
    "loaddata": (
        lambda: serializers.serialize("json", [make_product()]),
        lambda text: [row.save() for row in serializers.deserialize("json", text)],
    ),
}


class TestWrites:
    @pytest.mark.parametrize("write", WRITES)
    def test_void_what_was_cached(self, write, version):
        prepare, run = WRITES[write]
        prepared = prepare()
        before = version.read()[0] or version.read()[0]

        run(prepared)

        assert before
        assert version.read()[0] != before

    def test_are_all_listed(self):
        public = {name for name in products.__all__ if name != "stored_image"}
        public |= {strategy.__name__ for strategy in categories.DELETE_STRATEGIES.values()}

        assert public <= set(WRITES)

    def test_of_the_admin_void_what_was_cached(self, admin_client, version):
        category = make_category()
        before = version.read()[0]

        response = submit(
            admin_client, f"/admin/categories/category/{category.pk}/change/", name="Cups"
        )

        assert response.status_code == 302
        assert version.read()[0] != before

    def test_that_change_no_row_keep_what_was_cached(self, version):
        product = make_product()
        before = version.read()[0]

        products.update_product(product, name=product.name)

        assert version.read()[0] == before
