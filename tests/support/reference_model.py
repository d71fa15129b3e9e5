"""A model of the catalog as the contract describes it, to compare the API with."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

MAX_DEPTH = 10
RESOURCE_URLS = {"product": "/api/products/", "category": "/api/categories/"}


@dataclass
class Row:
    """What a client knows of a resource; `link` is the id of its category or parent, if any."""

    resource: str
    id: str
    slug: str
    values: dict[str, Any]
    link: str | None = None
    version: int = 1
    deletion: int | None = None  # the number of the request that deleted it, with others

    @property
    def is_live(self) -> bool:
        return self.deletion is None


@dataclass
class ReferenceCatalog:
    """Rows by their ids, and former slugs with the row and the time of the change."""

    rows: dict[str, Row] = field(default_factory=dict)
    former: dict[tuple[str, str], tuple[str, int]] = field(default_factory=dict)
    now: int = 0

    def live(self, resource: str) -> list[Row]:
        return [row for row in self.rows.values() if row.resource == resource and row.is_live]

    def deleted(self, resource: str) -> list[Row]:
        return [row for row in self.rows.values() if row.resource == resource and not row.is_live]

    def has_live(self, resource: str, name: str, value: Any, exclude: str = "") -> bool:
        """Return whether a live row, other than the excluded one, has a slug or a SKU."""
        return value is not None and any(
            (row.slug if name == "slug" else row.values.get(name)) == value
            for row in self.live(resource)
            if row.id != exclude
        )

    def live_link(self, row: Row) -> Row | None:
        """Return the live category that is shown as a row's category or parent."""
        target = self.rows[row.link] if row.link else None
        return target if target and target.is_live else None

    def path(self, row: Row) -> list[str]:
        above = self.live_link(row)
        return [*(self.path(above) if above else []), row.slug]

    def ancestor_ids(self, row: Row) -> Iterator[str]:
        """Yield the ids of a category and of its ancestors, deleted ones too."""
        yield row.id
        if row.link:
            yield from self.ancestor_ids(self.rows[row.link])

    def subtree_depth(self, row: Row) -> int:
        below = [other for other in self.rows.values() if other.link == row.id]
        return 1 + max(
            (self.subtree_depth(one) for one in below if one.resource == "category"), default=0
        )

    def live_descendants(self, row: Row) -> list[Row]:
        """Return the live rows below a category, through live rows only."""
        dependents = [
            other for other in self.rows.values() if other.link == row.id and other.is_live
        ]
        return dependents + [one for other in dependents for one in self.live_descendants(other)]

    def update(self, row: Row, **changes: Any) -> None:
        """Change values and increment the version if any differs.

        Null for a link that is shown as null keeps the link to a deleted category.
        """
        before = (row.slug, row.link, dict(row.values))
        for name, value in changes.items():
            if name == "slug":
                self.rename(row, value)
            elif name == "link":
                row.link = value if value or self.live_link(row) else row.link
            else:
                row.values[name] = value
        row.version += before != (row.slug, row.link, row.values)

    def rename(self, row: Row, slug: str) -> None:
        former, row.slug = row.slug, slug
        if former != slug:
            self.former[row.resource, former] = (row.id, self.now)

    def delete(self, *rows: Row) -> None:
        self.now += 1
        for row in rows:
            row.version, row.deletion = row.version + 1, self.now

    def restored_with(self, row: Row) -> list[Row]:
        """Return the rows that are restored with this one, itself first."""
        if row.resource == "product":
            return [row]
        same = [one for one in self.rows.values() if one.deletion == row.deletion]
        return [row, *(one for one in same if one is not row)]

    def restore(self, row: Row, slug: str) -> None:
        for one in self.restored_with(row):
            one.version, one.deletion = one.version + 1, None
        self.rename(row, slug)

    def restore_conflicts(self, row: Row, slug: str) -> bool:
        """Return whether two live rows would share a slug or a SKU after a restore."""
        back = self.restored_with(row)
        slugs = [(one.resource, slug if one is row else one.slug) for one in back]
        skus = [one.values.get("sku") for one in back]
        return (
            len(set(slugs)) < len(slugs)
            or any(self.has_live(resource, "slug", taken) for resource, taken in slugs)
            or any(self.has_live("product", "sku", sku) for sku in skus)
        )

    def look_up(self, resource: str, slug: str) -> tuple[int, Any]:
        """Return the status of a GET by slug, and the id, the slug or the code in the response."""
        for row in self.live(resource):
            if row.slug == slug:
                return 200, row.id
        gone = [row for row in self.deleted(resource) if row.slug == slug]
        last = max((row.deletion for row in gone), default=0)
        former, since = self.former.get((resource, slug), (None, 0))
        if former and since >= last:
            row = self.rows[former]
            return (301, row.slug) if row.is_live else (404, "deleted")
        return (404, "deleted" if gone else "not-found")

    def representation(self, row: Row) -> dict[str, Any]:
        """Return what responses contain of a row."""
        linked = self.live_link(row)
        shown = {"id": row.id, "slug": row.slug, "version": row.version, **row.values}
        if row.resource == "product":
            name = linked.values["name"] if linked else None
            return shown | {"category": linked and linked.slug, "category_name": name}
        below = [one for one in self.live_descendants(row) if one.resource == "product"]
        return shown | {
            "parent": linked and linked.slug,
            "path": self.path(row),
            "product_count": len(below),
            "product_count_direct": sum(one.link == row.id for one in below),
        }
