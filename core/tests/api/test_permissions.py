"""Object permissions hold on every route of a single object."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.urls import reverse
from rest_framework.permissions import AllowAny, BasePermission

from categories.services import delete_category
from categories.tests.factories import make_category
from categories.urls import router as categories
from core.models import CatalogModel
from products.services import delete_product
from products.tests.factories import make_product
from products.urls import router as products
from tests.support.images import png

pytestmark = pytest.mark.django_db

BODIES: dict[str, Any] = {
    "update": {"name": "Cups", "price": "2"},
    "partial_update": {"name": "Cups"},
    "restore": {},
}


class NoObject(BasePermission):
    def has_object_permission(self, request, view, obj) -> bool:
        return False


def detail_actions() -> Iterator[tuple[str, str, str]]:
    """Yield the name of each detail route, with each of its methods and actions."""
    for router in (categories, products):
        for _, viewset, basename in router.registry:
            for route in router.get_routes(viewset):
                if route.detail:
                    for method, action in router.get_method_map(viewset, route.mapping).items():
                        yield route.name.format(basename=basename), method, action


@pytest.fixture(autouse=True)
def denied(monkeypatch) -> None:
    for router in (categories, products):
        for _, viewset, _ in router.registry:
            monkeypatch.setattr(viewset, "permission_classes", [NoObject])


@pytest.fixture(autouse=True)
def rows(db: None) -> None:
    make_category("Mugs")
    delete_category(make_category("Gone"))
    make_product(name="Mugs")
    delete_product(make_product(name="Gone"))


def stored() -> list[dict[str, Any]]:
    models = [model for model in apps.get_models() if issubclass(model, CatalogModel)]
    return [row for model in models for row in model.all_objects.order_by("pk").values()]


class TestObjectPermissions:
    def test_are_checked_on_these_actions(self):
        assert {action for _, _, action in detail_actions()} == {
            "retrieve",
            "update",
            "partial_update",
            "destroy",
            "restore",
            "image",
            "remove_image",
            "retry_image",
        }

    @pytest.mark.parametrize(("name", "method", "action"), list(detail_actions()))
    def test_deny_each_action_and_change_nothing(self, api, name, method, action):
        before = stored()
        url = reverse(name, args=["gone" if action == "restore" else "mugs"])
        body = BODIES.get(action, {})
        if name.startswith("category"):
            body = {key: value for key, value in body.items() if key != "price"}

        if action == "image":
            response = api.generic("PUT", url, png(), "image/png")
        else:
            response = getattr(api, method)(url, body)

        assert (response.status_code, response.json()["code"]) == (403, "permission-denied")
        assert stored() == before

    @pytest.mark.parametrize("name", ["category-detail", "product-detail"])
    def test_deny_a_read_in_any_combination(self, api, name, monkeypatch):
        for router in (categories, products):
            for _, viewset, _ in router.registry:
                monkeypatch.setattr(viewset, "permission_classes", [AllowAny & NoObject])

        assert api.get(reverse(name, args=["mugs"])).status_code == 403

    @pytest.mark.parametrize("name", ["category-restore", "product-restore"])
    def test_deny_a_repeated_request_too(self, api, name):
        url = reverse(name, args=["gone"])

        statuses = [
            api.post(url, {}, headers={"Idempotency-Key": "same"}).status_code for _ in range(2)
        ]

        assert statuses == [403, 403]
