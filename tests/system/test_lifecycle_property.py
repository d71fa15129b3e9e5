"""Any life of a catalog, beside a model of it: nothing is lost, doubled or dangling."""

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

from tests.support.catalog import KINDS, MAX_DEPTH, Catalog, Row

pytestmark = pytest.mark.django_db

PROFILE = settings(
    stateful_step_count=40,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
# Few of each, so that they meet.
KIND = st.sampled_from(list(KINDS))
SLUG = st.sampled_from(["a", "b", "c", "d"])
NAME = st.sampled_from(["A", "B b", "Ä", "日本", "!"])
SKU = st.sampled_from([None, "1", "2"])
ANY = st.integers(0, 30)
LINKS = {"product": "category", "category": "parent"}


class Life(RuleBasedStateMachine):
    """Does the same to the API and to the model, and compares them after each step."""

    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.api = APIClient()
        self.model = Catalog()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    @initialize()
    def begin(self) -> None:
        """Make a > b > c with a product in each: a life from nothing is long without events."""
        for kind, links in (("category", (0, 0, 1)), ("product", (0, 1, 2))):
            for slug, link in zip("abc", links, strict=True):
                self.create(kind, "A", slug, slug, link, stock=0)

    def pick(self, rows: Sequence[Row | None], number: int) -> Row | None:
        """Choose one of the rows, if there is any."""
        return rows[number % len(rows)] if rows else None

    def url(self, row: Row, by_slug: bool = False, part: str = "") -> str:
        return f"{KINDS[row.kind]}{row.slug if by_slug else row.id}/{part}"

    def conflicts(self, kind: str, slug: str | None, sku: str | None, but: str = "") -> set[str]:
        """Name the conflicts that a write must be refused with: either, where there are both."""
        taken = {"slug": self.model.holds(kind, "slug", slug, but)}
        taken["sku"] = kind == "product" and self.model.holds(kind, "sku", sku, but)
        return {f"{name}-conflict" for name in taken if taken[name]}

    def too_deep(self, parent: Row | None, height: int) -> bool:
        return bool(parent) and len([*self.model.chain(parent)]) + height > MAX_DEPTH

    def assert_refused(self, response: Any, status: int, codes: set[str]) -> None:
        assert response.status_code == status, response.content
        assert response.json()["code"] in codes

    @rule(kind=KIND, name=NAME, slug=st.none() | SLUG, sku=SKU, link=ANY, stock=ANY)
    def create(
        self, kind: str, name: str, slug: str | None, sku: str | None, link: int, stock: int
    ):
        target = self.pick([*self.model.live("category"), None], link)
        values = {"name": name, "description": f"{stock}"}
        values |= {"sku": sku, "stock": stock} if kind == "product" else {"position": stock}
        body = values | {LINKS[kind]: target and target.slug} | ({"slug": slug} if slug else {})
        response = self.api.post(KINDS[kind], body | ({"price": "1"} if kind == "product" else {}))
        if kind == "category" and self.too_deep(target, 1):
            return self.assert_refused(response, 400, {"validation-error"})
        if conflicts := self.conflicts(kind, slug, sku):
            return self.assert_refused(response, 409, conflicts)
        assert response.status_code == 201, response.content
        made = response.json()
        assert made["slug"] == slug or not slug
        assert not self.model.holds(kind, "slug", made["slug"])
        row = Row(kind, made["id"], made["slug"], values, target and target.id)
        self.model.rows[row.id] = row

    @rule(kind=KIND, number=ANY, name=NAME, slug=st.none() | SLUG, sku=SKU, by_slug=st.booleans())
    def change(
        self, kind: str, number: int, name: str, slug: str | None, sku: str | None, by_slug: bool
    ) -> None:
        if (row := self.pick(self.model.live(kind), number)) is None:
            return
        values = {"name": name} | ({"sku": sku} if kind == "product" else {})
        body = values | ({"slug": slug} if slug else {})
        response = self.api.patch(self.url(row, by_slug), body)
        if conflicts := self.conflicts(kind, slug, sku, but=row.id):
            return self.assert_refused(response, 409, conflicts)
        assert response.status_code == 200, response.content
        self.model.change(row, **values, **({"slug": slug} if slug else {}))

    @rule(kind=KIND, number=ANY, link=ANY)
    def move(self, kind: str, number: int, link: int) -> None:
        target = self.pick([*self.model.live("category"), None], link)
        if (row := self.pick(self.model.live(kind), number)) is None:
            return
        response = self.api.patch(self.url(row), {LINKS[kind]: target and target.id})
        if kind == "category" and target and row.id in self.model.chain(target):
            return self.assert_refused(response, 409, {"category-cycle"})
        if kind == "category" and self.too_deep(target, self.model.height(row)):
            return self.assert_refused(response, 400, {"validation-error"})
        assert response.status_code == 200, response.content
        self.model.change(row, link=target and target.id)

    @rule(kind=KIND, number=ANY, strategy=st.sampled_from(["detach", "restrict", "cascade"]))
    def delete(self, kind: str, number: int, strategy: str) -> None:
        if (row := self.pick(self.model.live(kind), number)) is None:
            return
        query = f"?strategy={strategy}" if kind == "category" else ""
        response = self.api.delete(self.url(row, by_slug=True) + query)
        below = self.model.below(row)
        if kind == "category" and strategy == "restrict" and below:
            return self.assert_refused(response, 409, {"category-not-empty"})
        assert response.status_code == 204, response.content
        self.model.delete(row, *(below if kind == "category" and strategy == "cascade" else ()))

    @rule(kind=KIND, number=ANY, slug=st.none() | SLUG)
    def restore(self, kind: str, number: int, slug: str | None) -> None:
        if (row := self.pick(self.model.deleted(kind), number)) is None:
            return
        response = self.api.post(self.url(row, part="restore/"), {"slug": slug} if slug else {})
        if self.model.loses_its_place(row, slug or row.slug):
            return self.assert_refused(response, 409, {"slug-conflict", "sku-conflict"})
        assert response.status_code == 200, response.content
        self.model.restore(row, slug or row.slug)

    @rule(kind=KIND, slug=SLUG)
    def find(self, kind: str, slug: str) -> None:
        status, what = self.model.found(kind, slug)
        response = self.api.get(f"{KINDS[kind]}{slug}/")
        assert response.status_code == status
        match status:
            case 200:
                assert response.json()["id"] == what
            case 301:
                assert response["Location"] == f"{KINDS[kind]}{what}/"
            case 404:
                assert response.json()["code"] == what

    @rule(number=ANY)
    def narrow(self, number: int) -> None:
        """List the products of a category and of what is below it."""
        if (row := self.pick(self.model.live("category"), number)) is None:
            return
        results = self.api.get(f"/api/products/?category={row.slug}").json()["results"]
        below = {one.id for one in self.model.below(row) if one.kind == "product"}
        assert {product["id"] for product in results} == below

    @invariant()
    def shows_what_the_model_shows(self) -> None:
        """See that every link is live, no two live slugs are the same, and nothing is lost."""
        for kind, url in KINDS.items():
            results = self.api.get(f"{url}?deleted=include&page_size=100").json()["results"]
            assert len(results) == sum(row.kind == kind for row in self.model.rows.values())
            for shown in results:
                row = self.model.rows[shown["id"]]
                expected = self.model.shown(row)
                assert {name: shown[name] for name in expected} == expected
                assert (shown["deleted_at"] is None) == row.is_live
            slugs = [shown["slug"] for shown in results if shown["deleted_at"] is None]
            assert len(set(slugs)) == len(slugs)


def test_a_short_life_of_a_catalog():
    quick = settings(PROFILE, max_examples=15, stateful_step_count=20)
    run_state_machine_as_test(Life, settings=quick)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_a_long_life_of_a_catalog():
    thorough = settings(PROFILE, max_examples=200, derandomize="CI" in os.environ)
    run_state_machine_as_test(Life, settings=thorough)
