import pytest
from rest_framework.serializers import ModelSerializer

from categories.serializers import CategorySerializer
from core.api.serializers import CatalogSerializer
from products.serializers import ProductSerializer

pytestmark = pytest.mark.django_db  # the repr of a relation lists rows

SERIALIZERS = [ProductSerializer, CategorySerializer]


class TestGetFields:
    @pytest.mark.parametrize("serializer_class", SERIALIZERS)
    def test_returns_the_fields_that_drf_builds(self, serializer_class: type[CatalogSerializer]):
        built = ModelSerializer.get_fields(serializer_class())

        copied = serializer_class().get_fields()

        assert {name: repr(field) for name, field in copied.items()} == {
            name: repr(field) for name, field in built.items()
        }

    @pytest.mark.parametrize("serializer_class", SERIALIZERS)
    def test_binds_each_field_to_its_own_serializer(
        self, serializer_class: type[CatalogSerializer]
    ):
        first, second = serializer_class(), serializer_class()

        assert all(field.parent is first for field in first.fields.values())
        assert all(field.parent is second for field in second.fields.values())
        assert all(field.parent is first for field in first.fields.values())

    def test_returns_requested_fields_with_id_and_slug(self):
        serializer = ProductSerializer(context={"requested_fields": ["price"]})

        assert list(serializer.fields) == ["id", "slug", "price"]
