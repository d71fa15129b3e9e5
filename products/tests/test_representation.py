"""Products are spelled by `PRODUCT_REPRESENTATION` as `ProductSerializer` spells them."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from categories.services import delete_category
from categories.tests.factories import make_category
from core.api.lists.criteria import prepared_criteria
from core.api.lists.pagination import CatalogPagination
from core.db.compiled import CompiledQuery, bound
from products import selectors
from products.filters import ProductFilter
from products.models import Product, ThumbnailStatus
from products.representation import PRODUCT_REPRESENTATION
from products.serializers import ProductSerializer
from products.services import delete_product
from products.tests.factories import make_product

pytestmark = pytest.mark.django_db

NAMES = list(PRODUCT_REPRESENTATION.fields)
RENDITIONS = {"medium": "thumbnails/ab/medium.webp", "large": "thumbnails/ab/large.webp"}
OTHERS = {*CatalogPagination.parameters, "fields"}


def request(query: str = "") -> Request:
    return Request(APIRequestFactory().get(f"/api/products/?{query}"))


def make_every_kind() -> None:
    """Create products with each kind of value that a column can have."""
    deleted = make_category("Gone")
    make_product(name="Bare")
    make_product(name="Yen", price=Decimal(1200), currency="JPY", category=deleted)
    make_product(
        name="Zażółć",
        description="Two\nlines",
        sku="MUG-1",
        price=Decimal("12.5"),
        stock=7,
        is_active=False,
        category=make_category("Mugs"),
        attributes={"colour": "blue", "volume_ml": 350, "small": 1e-7, "vegan": True},
    )
    Product.objects.filter(name="Bare").update(
        image="products/ab/image.jpg",
        image_width=4,
        image_height=3,
        thumbnail="thumbnails/ab/small.webp",
        renditions=RENDITIONS,
        placeholder="1QcSHQ",
        thumbnail_status=ThumbnailStatus.READY,
    )
    failed = {"code": "worker-lost", "detail": "The worker was lost."}
    Product.objects.filter(name="Yen").update(
        image="products/ab/other.jpg",
        thumbnail_status=ThumbnailStatus.FAILED,
        thumbnail_error=failed,
    )
    delete_category(deleted)
    delete_product(make_product(name="Deleted"))


class TestProductRepresentation:
    def test_has_the_fields_of_the_serializer_in_their_order(self):
        assert ProductSerializer.Meta.fields == NAMES

    @pytest.mark.parametrize("name", NAMES)
    def test_spells_each_field_as_the_serializer_does(self, name):
        make_every_kind()
        products = selectors.list_products().order_by("id")
        serializer = ProductSerializer(products, many=True, context={"request": request()})

        rows = CompiledQuery(products.values_list(*PRODUCT_REPRESENTATION.columns([name])))
        represented = PRODUCT_REPRESENTATION.represent(rows.fetch({}), [name], request())

        assert represented == [{name: row[name]} for row in serializer.data]

    def test_is_what_a_single_product_is_returned_as(self, api):
        make_every_kind()
        for product in selectors.list_products().live():
            serializer = ProductSerializer(product, context={"request": request()})

            assert api.get(f"/api/products/{product.slug}/").json() == serializer.data
            assert api.get(f"/api/products/{product.pk}/").json() == serializer.data


def example_of(name: str) -> str:
    example: Any = ProductFilter.base_filters[name].example
    if isinstance(example, list):
        return ",".join(example)
    return str(example).lower() if isinstance(example, bool) else str(example)


def without_parentheses(sql: str) -> str:
    """Return SQL without those that Django puts around an expression, such as a parameter."""
    return sql.replace("(%s)", "%s")


class TestPreparedQueries:
    """A compiled query has the SQL and the values of the queryset that it stands for."""

    @pytest.mark.parametrize("name", sorted({*ProductFilter.base_filters} - {"search"}))
    @pytest.mark.parametrize("other", ["", "category=kitchen", "deleted=include"])
    def test_are_those_of_the_filter_set(self, name, other):
        kitchen = make_category("Kitchen")
        make_category("Mugs", parent=kitchen)
        query = "&".join({f"{name}={example_of(name)}", other} - {""})
        if query.count(f"{name}=") > 1:
            query = other
        columns = NAMES[:3]
        plain = ProductFilter(QueryDict(query), selectors.list_products()).qs

        criteria = prepared_criteria(request(query), ProductFilter, OTHERS)

        assert criteria is not None
        prepared = CompiledQuery(criteria.apply(selectors.list_products()).values_list(*columns))
        values = [bound(param, criteria.values, connection) for param in prepared.params]
        sql, params = plain.values_list(*columns).query.sql_with_params()
        assert without_parentheses(prepared.sql) == without_parentheses(sql)
        assert list(map(str, values)) == list(map(str, params))

    @pytest.mark.parametrize(
        "query", ["search=mug", "attributes.colour=blue", "category=null", "min_price=dear", "x=1"]
    )
    def test_are_not_used_for_what_differs_in_each_request(self, query):
        assert prepared_criteria(request(query), ProductFilter, OTHERS) is None
