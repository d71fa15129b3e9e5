"""Random requests against a reference model: nothing is lost, duplicated or dangling."""

import os
from collections.abc import Sequence
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from rest_framework.test import APIClient

from tests.support.reference_model import MAX_DEPTH, RESOURCE_URLS, ReferenceCatalog, Row

pytestmark = pytest.mark.django_db

PROFILE = settings(
    stateful_step_count=40,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
# Few of each, so that they collide.
RESOURCE = st.sampled_from(list(RESOURCE_URLS))
SLUG = st.sampled_from(["a", "b", "c", "d"])
NAME = st.sampled_from(["A", "B b", "Ä", "日本", "!"])
SKU = st.sampled_from([None, "1", "2"])
ANY = st.integers(0, 30)
LINKS = {"product": "category", "category": "parent"}


class CatalogMachine(RuleBasedStateMachine):
    """Sends each request to the API and to the reference model, and compares them."""

    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.api = APIClient()
        self.model = ReferenceCatalog()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    @initialize()
    def create_initial_rows(self) -> None:
        """Create a > b > c with a product in each, so that few steps are without effect."""
        for resource, links in (("category", (0, 0, 1)), ("product", (0, 1, 2))):
            for slug, link in zip("abc", links, strict=True):
                self.create(resource, "A", slug, slug, link, stock=0)

    def pick(self, rows: Sequence[Row | None], number: int) -> Row | None:
        """Return one of the rows, if there is any."""
        return rows[number % len(rows)] if rows else None

    def url(self, row: Row, by_slug: bool = False, part: str = "") -> str:
        return f"{RESOURCE_URLS[row.resource]}{row.slug if by_slug else row.id}/{part}"

    def conflicts(
        self, resource: str, slug: str | None, sku: str | None, exclude: str = ""
    ) -> set[str]:
        """Return the codes with which a write may be rejected."""
        taken = {"slug": self.model.has_live(resource, "slug", slug, exclude)}
        taken["sku"] = resource == "product" and self.model.has_live(resource, "sku", sku, exclude)
        return {f"{name}-conflict" for name in taken if taken[name]}

    def is_too_deep(self, parent: Row | None, height: int) -> bool:
        return bool(parent) and len([*self.model.ancestor_ids(parent)]) + height > MAX_DEPTH

    def assert_rejected(self, response: Any, status: int, codes: set[str]) -> None:
        assert response.status_code == status, response.content
        assert response.json()["code"] in codes

    @rule(resource=RESOURCE, name=NAME, slug=st.none() | SLUG, sku=SKU, link=ANY, stock=ANY)
    def create(
        self, resource: str, name: str, slug: str | None, sku: str | None, link: int, stock: int
    ):
        target = self.pick([*self.model.live("category"), None], link)
        values = {"name": name, "description": f"{stock}"}
        values |= {"sku": sku, "stock": stock} if resource == "product" else {"position": stock}
        body = values | {LINKS[resource]: target and target.slug} | ({"slug": slug} if slug else {})
        response = self.api.post(
            RESOURCE_URLS[resource], body | ({"price": "1"} if resource == "product" else {})
        )
        if resource == "category" and self.is_too_deep(target, 1):
            return self.assert_rejected(response, 400, {"validation-error"})
        if conflicts := self.conflicts(resource, slug, sku):
            return self.assert_rejected(response, 409, conflicts)
        assert response.status_code == 201, response.content
        created = response.json()
        assert created["slug"] == slug or not slug
        assert not self.model.has_live(resource, "slug", created["slug"])
        row = Row(resource, created["id"], created["slug"], values, target and target.id)
        self.model.rows[row.id] = row

    @rule(
        resource=RESOURCE,
        number=ANY,
        name=NAME,
        slug=st.none() | SLUG,
        sku=SKU,
        by_slug=st.booleans(),
    )
    def change(
        self,
        resource: str,
        number: int,
        name: str,
        slug: str | None,
        sku: str | None,
        by_slug: bool,
    ) -> None:
        if (row := self.pick(self.model.live(resource), number)) is None:
            return
        values = {"name": name} | ({"sku": sku} if resource == "product" else {})
        body = values | ({"slug": slug} if slug else {})
        response = self.api.patch(self.url(row, by_slug), body)
        if conflicts := self.conflicts(resource, slug, sku, exclude=row.id):
            return self.assert_rejected(response, 409, conflicts)
        assert response.status_code == 200, response.content
        self.model.update(row, **values, **({"slug": slug} if slug else {}))

    @rule(resource=RESOURCE, number=ANY, link=ANY)
    def move(self, resource: str, number: int, link: int) -> None:
        target = self.pick([*self.model.live("category"), None], link)
        if (row := self.pick(self.model.live(resource), number)) is None:
            return
        response = self.api.patch(self.url(row), {LINKS[resource]: target and target.id})
        if resource == "category" and target and row.id in self.model.ancestor_ids(target):
            return self.assert_rejected(response, 409, {"category-cycle"})
        if resource == "category" and self.is_too_deep(target, self.model.subtree_depth(row)):
            return self.assert_rejected(response, 400, {"validation-error"})
        assert response.status_code == 200, response.content
        self.model.update(row, link=target and target.id)

    @rule(
        resource=RESOURCE, number=ANY, strategy=st.sampled_from(["detach", "restrict", "cascade"])
    )
    def delete(self, resource: str, number: int, strategy: str) -> None:
        if (row := self.pick(self.model.live(resource), number)) is None:
            return
        query = f"?strategy={strategy}" if resource == "category" else ""
        response = self.api.delete(self.url(row, by_slug=True) + query)
        descendants = self.model.live_descendants(row)
        if resource == "category" and strategy == "restrict" and descendants:
            return self.assert_rejected(response, 409, {"category-not-empty"})
        assert response.status_code == 204, response.content
        self.model.delete(
            row, *(descendants if resource == "category" and strategy == "cascade" else ())
        )

    @rule(resource=RESOURCE, number=ANY, slug=st.none() | SLUG)
    def restore(self, resource: str, number: int, slug: str | None) -> None:
        if (row := self.pick(self.model.deleted(resource), number)) is None:
            return
        response = self.api.post(self.url(row, part="restore/"), {"slug": slug} if slug else {})
        if self.model.restore_conflicts(row, slug or row.slug):
            return self.assert_rejected(response, 409, {"slug-conflict", "sku-conflict"})
        assert response.status_code == 200, response.content
        self.model.restore(row, slug or row.slug)

    @rule(resource=RESOURCE, slug=SLUG)
    def retrieve(self, resource: str, slug: str) -> None:
        status, what = self.model.look_up(resource, slug)
        response = self.api.get(f"{RESOURCE_URLS[resource]}{slug}/")
        assert response.status_code == status
        match status:
            case 200:
                assert response.json()["id"] == what
            case 301:
                assert response["Location"] == f"{RESOURCE_URLS[resource]}{what}/"
            case 404:
                assert response.json()["code"] == what

    @rule(number=ANY)
    def filter_by_category(self, number: int) -> None:
        """List the products of a category's subtree."""
        if (row := self.pick(self.model.live("category"), number)) is None:
            return
        results = self.api.get(f"/api/products/?category={row.slug}").json()["results"]
        expected = {one.id for one in self.model.live_descendants(row) if one.resource == "product"}
        assert {product["id"] for product in results} == expected

    @invariant()
    def matches_the_model(self) -> None:
        """Check that links are live, live slugs are unique, and nothing is lost."""
        for resource, url in RESOURCE_URLS.items():
            results = self.api.get(f"{url}?deleted=include&page_size=100").json()["results"]
            assert len(results) == sum(row.resource == resource for row in self.model.rows.values())
            for shown in results:
                row = self.model.rows[shown["id"]]
                expected = self.model.representation(row)
                assert {name: shown[name] for name in expected} == expected
                assert (shown["deleted_at"] is None) == row.is_live
            slugs = [shown["slug"] for shown in results if shown["deleted_at"] is None]
            assert len(set(slugs)) == len(slugs)


def test_a_short_sequence_of_requests_matches_the_model():
    quick = settings(PROFILE, max_examples=15, stateful_step_count=20)
    run_state_machine_as_test(CatalogMachine, settings=quick)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_long_sequences_of_requests_match_the_model():
    thorough = settings(PROFILE, max_examples=200, derandomize="CI" in os.environ)
    run_state_machine_as_test(CatalogMachine, settings=thorough)
