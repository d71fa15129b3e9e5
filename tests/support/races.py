"""Requests as steps of the reference model, to compare a race with every order of them."""

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
from tests.support.reference_model import MAX_DEPTH, RESOURCE_URLS, ReferenceCatalog, Row

PURGES = {"category": purge_categories, "product": purge_products}
LINKS = {"product": "category", "category": "parent"}


@dataclass(frozen=True)
class Step:
    """One request: an action on a row, and the category that the row is linked to."""

    action: str
    resource: str = "category"
    id: str = ""
    to: str | None = None
    slug: str = ""

    def send(self, api: Any) -> Any:
        """Send the request to the API."""
        url = f"{RESOURCE_URLS[self.resource]}{self.id}/"
        match self.action:
            case "create":
                price = {"price": "1"} if self.resource == "product" else {}
                body = {"name": self.slug, "slug": self.slug, LINKS[self.resource]: self.to} | price
                return api.post(RESOURCE_URLS[self.resource], body)
            case "move":
                return api.patch(url, {LINKS[self.resource]: self.to})
            case "restore":
                return api.post(f"{url}restore/")
            case "delete":
                return api.delete(url)
            case strategy:
                return api.delete(f"{url}?strategy={strategy}")

    def replay(self, model: ReferenceCatalog) -> int:
        """Apply the request to the model, and return the status of its response."""
        row = model.rows.get(self.id)
        target = model.rows.get(self.to or "")
        if self.action in {"create", "move"}:
            return self.link(model, row, target)
        if row is None:
            return 404
        if self.action == "restore":
            if row.is_live:
                return 409
            if model.restore_conflicts(row, row.slug):
                return 409
            model.restore(row, row.slug)
            return 200
        if not row.is_live:
            return 404
        descendants = model.live_descendants(row) if row.resource == "category" else []
        if self.action == "restrict" and descendants:
            return 409
        model.delete(row, *(descendants if self.action == "cascade" else ()))
        return 204

    def link(self, model: ReferenceCatalog, row: Row | None, target: Row | None) -> int:
        """Create or move a row; the link is validated after the row is found."""
        if self.action == "move" and (row is None or not row.is_live):
            return 404
        if self.to and (target is None or not target.is_live):
            return 400
        if self.resource == "category" and target:
            ancestors = [*model.ancestor_ids(target)]
            if row and row.id in ancestors:
                return 409
            if len(ancestors) + (model.subtree_depth(row) if row else 1) > MAX_DEPTH:
                return 400
        if self.action == "move":
            model.update(row, link=self.to)
            return 200
        if model.has_live(self.resource, "slug", self.slug):
            return 409
        values = {"name": self.slug}
        model.rows[self.slug] = Row(self.resource, self.slug, self.slug, values, self.to)
        return 201


@dataclass(frozen=True)
class Purge:
    """The daily purge of all deleted rows of one resource. It has no response."""

    resource: str = "category"

    def send(self, api: Any) -> None:
        PURGES[self.resource](before=timezone.now() + timedelta(days=1))

    def replay(self, model: ReferenceCatalog) -> None:
        gone = {row.id for row in model.deleted(self.resource)}
        model.rows = {key: row for key, row in model.rows.items() if key not in gone}
        for row in model.rows.values():
            row.link = None if row.link in gone else row.link


def model_of_database() -> ReferenceCatalog:
    """Return a reference model with the contents of the database."""
    model, deletions = ReferenceCatalog(), {}
    for resource, rows in (("category", Category.all_objects), ("product", Product.all_objects)):
        for row in rows.all():
            link = row.parent_id if resource == "category" else row.category_id
            deletion = row.deletion_id and deletions.setdefault(row.deletion_id, len(deletions) + 1)
            model.rows[str(row.pk)] = Row(
                resource, str(row.pk), row.slug, {"name": row.name}, link and str(link),
                deletion=deletion,
            )  # fmt: skip
    model.now = len(deletions)
    return model


def possible_outcomes(
    model: ReferenceCatalog, steps: Sequence[Step | Purge]
) -> Iterator[tuple[list, set]]:
    """Yield the statuses and the final state of each order of the steps."""
    for order in permutations(range(len(steps))):
        after = deepcopy(model)
        statuses = {number: steps[number].replay(after) for number in order}
        yield [statuses[number] for number in range(len(steps))], visible_state(after)


def visible_state(model: ReferenceCatalog) -> set[tuple]:
    """Return each row's slug, its link, and the rows that were deleted with it."""
    return {
        (
            row.resource,
            row.slug,
            model.rows[row.link].slug if row.link else None,
            None if row.is_live else frozenset(one.slug for one in deleted_with(model, row)),
        )
        for row in model.rows.values()
    }


def deleted_with(model: ReferenceCatalog, row: Row) -> list[Row]:
    return [one for one in model.rows.values() if one.deletion == row.deletion]
