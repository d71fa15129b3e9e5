"""Requests as steps of the model, so that what a race left can be held against every order."""

from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import timedelta
from itertools import permutations
from typing import Any

from django.utils import timezone

from categories.models import Category
from categories.services import purge_categories
from products.models import Product
from products.services import purge_products
from tests.support.catalog import KINDS, MAX_DEPTH, Catalog, Row

PURGES = {"category": purge_categories, "product": purge_products}
LINKS = {"product": "category", "category": "parent"}


@dataclass(frozen=True)
class Step:
    """One request: what is done to which row, and what the row is linked to."""

    action: str
    kind: str = "category"
    id: str = ""
    to: str | None = None
    slug: str = ""

    def send(self, api: Any) -> Any:
        """Send the request to the API."""
        url = f"{KINDS[self.kind]}{self.id}/"
        match self.action:
            case "create":
                price = {"price": "1"} if self.kind == "product" else {}
                body = {"name": self.slug, "slug": self.slug, LINKS[self.kind]: self.to} | price
                return api.post(KINDS[self.kind], body)
            case "move":
                return api.patch(url, {LINKS[self.kind]: self.to})
            case "restore":
                return api.post(f"{url}restore/")
            case "delete":
                return api.delete(url)
            case strategy:
                return api.delete(f"{url}?strategy={strategy}")

    def replay(self, model: Catalog) -> int:
        """Do the same to the model, and return the status that it is answered with."""
        row = model.rows.get(self.id)
        target = model.rows.get(self.to or "")
        if self.action in {"create", "move"}:
            return self.link(model, row, target)
        if row is None:
            return 404
        if self.action == "restore":
            if row.is_live:
                return 409
            if model.loses_its_place(row, row.slug):
                return 409
            model.restore(row, row.slug)
            return 200
        if not row.is_live:
            return 404
        below = model.below(row) if row.kind == "category" else []
        if self.action == "restrict" and below:
            return 409
        model.delete(row, *(below if self.action == "cascade" else ()))
        return 204

    def link(self, model: Catalog, row: Row | None, target: Row | None) -> int:
        """Create or move a row; the link is validated after the row is found."""
        if self.action == "move" and (row is None or not row.is_live):
            return 404
        if self.to and (target is None or not target.is_live):
            return 400
        if self.kind == "category" and target:
            above = [*model.chain(target)]
            if row and row.id in above:
                return 409
            if len(above) + (model.height(row) if row else 1) > MAX_DEPTH:
                return 400
        if self.action == "move":
            model.change(row, link=self.to)
            return 200
        if model.holds(self.kind, "slug", self.slug):
            return 409
        values = {"name": self.slug}
        model.rows[self.slug] = Row(self.kind, self.slug, self.slug, values, self.to)
        return 201


@dataclass(frozen=True)
class Purge:
    """The daily purge of all deleted rows of one kind. It answers nothing."""

    kind: str = "category"

    def send(self, api: Any) -> None:
        PURGES[self.kind](before=timezone.now() + timedelta(days=1))

    def replay(self, model: Catalog) -> None:
        gone = {row.id for row in model.deleted(self.kind)}
        model.rows = {key: row for key, row in model.rows.items() if key not in gone}
        for row in model.rows.values():
            row.link = None if row.link in gone else row.link


def modeled() -> Catalog:
    """Return the model of what the database holds."""
    model, deletions = Catalog(), {}
    for kind, rows in (("category", Category.all_objects), ("product", Product.all_objects)):
        for row in rows.all():
            link = row.parent_id if kind == "category" else row.category_id
            deletion = row.deletion_id and deletions.setdefault(row.deletion_id, len(deletions) + 1)
            model.rows[str(row.pk)] = Row(
                kind, str(row.pk), row.slug, {"name": row.name}, link and str(link),
                deletion=deletion,
            )  # fmt: skip
    model.now = len(deletions)
    return model


def outcomes(model: Catalog, steps: Sequence[Step | Purge]) -> Iterator[tuple[list, set]]:
    """Yield what each order of the steps answers, and what it leaves."""
    for order in permutations(range(len(steps))):
        after = deepcopy(model)
        answers = {number: steps[number].replay(after) for number in order}
        yield [answers[number] for number in range(len(steps))], seen(after)


def seen(model: Catalog) -> set[tuple]:
    """Return all that counts of each row: its slug, its link, and what was deleted with it."""
    return {
        (
            row.kind,
            row.slug,
            model.rows[row.link].slug if row.link else None,
            None if row.is_live else frozenset(one.slug for one in together(model, row)),
        )
        for row in model.rows.values()
    }


def together(model: Catalog, row: Row) -> list[Row]:
    return [one for one in model.rows.values() if one.deletion == row.deletion]
