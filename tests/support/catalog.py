"""The catalog as the contract tells it, in a few dictionaries, to hold the real one against."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

MAX_DEPTH = 10
KINDS = {"product": "/api/products/", "category": "/api/categories/"}


@dataclass
class Row:
    """What a client knows of an object; `link` is the id of its category or parent, if any."""

    kind: str
    id: str
    slug: str
    values: dict[str, Any]
    link: str | None = None
    version: int = 1
    deletion: int | None = None  # when, and together with whom

    @property
    def is_live(self) -> bool:
        return self.deletion is None


@dataclass
class Catalog:
    """Rows by their ids, and the slugs that were given up: by whom, and when."""

    rows: dict[str, Row] = field(default_factory=dict)
    former: dict[tuple[str, str], tuple[str, int]] = field(default_factory=dict)
    now: int = 0

    def live(self, kind: str) -> list[Row]:
        return [row for row in self.rows.values() if row.kind == kind and row.is_live]

    def deleted(self, kind: str) -> list[Row]:
        return [row for row in self.rows.values() if row.kind == kind and not row.is_live]

    def holds(self, kind: str, name: str, value: Any, but: str = "") -> bool:
        """Tell whether a live row, `but` for one, has a slug or a SKU."""
        return value is not None and any(
            (row.slug if name == "slug" else row.values.get(name)) == value
            for row in self.live(kind)
            if row.id != but
        )

    def linked(self, row: Row) -> Row | None:
        """Give the live category that a row shows as its category or parent."""
        target = self.rows[row.link] if row.link else None
        return target if target and target.is_live else None

    def path(self, row: Row) -> list[str]:
        above = self.linked(row)
        return [*(self.path(above) if above else []), row.slug]

    def chain(self, row: Row) -> Iterator[str]:
        """Give the ids of a category and of all above it, deleted ones too."""
        yield row.id
        if row.link:
            yield from self.chain(self.rows[row.link])

    def height(self, row: Row) -> int:
        below = [other for other in self.rows.values() if other.link == row.id]
        return 1 + max((self.height(one) for one in below if one.kind == "category"), default=0)

    def below(self, row: Row) -> list[Row]:
        """Give what hangs on a category, through live rows only."""
        hanging = [other for other in self.rows.values() if other.link == row.id and other.is_live]
        return hanging + [one for other in hanging for one in self.below(other)]

    def change(self, row: Row, **changes: Any) -> None:
        """Write what differs; null for a link that reads as null leaves it as it is."""
        before = (row.slug, row.link, dict(row.values))
        for name, value in changes.items():
            if name == "slug":
                self.rename(row, value)
            elif name == "link":
                row.link = value if value or self.linked(row) else row.link
            else:
                row.values[name] = value
        row.version += before != (row.slug, row.link, row.values)

    def rename(self, row: Row, slug: str) -> None:
        former, row.slug = row.slug, slug
        if former != slug:
            self.former[row.kind, former] = (row.id, self.now)

    def delete(self, *rows: Row) -> None:
        self.now += 1
        for row in rows:
            row.version, row.deletion = row.version + 1, self.now

    def together(self, row: Row) -> list[Row]:
        """Give the rows that a restore of this one brings back: it first."""
        if row.kind == "product":
            return [row]
        same = [one for one in self.rows.values() if one.deletion == row.deletion]
        return [row, *(one for one in same if one is not row)]

    def restore(self, row: Row, slug: str) -> None:
        for one in self.together(row):
            one.version, one.deletion = one.version + 1, None
        self.rename(row, slug)

    def loses_its_place(self, row: Row, slug: str) -> bool:
        """Tell whether a restore under this slug would give two live rows one slug or one SKU."""
        back = self.together(row)
        slugs = [(one.kind, slug if one is row else one.slug) for one in back]
        skus = [one.values.get("sku") for one in back]
        return (
            len(set(slugs)) < len(slugs)
            or any(self.holds(kind, "slug", taken) for kind, taken in slugs)
            or any(self.holds("product", "sku", sku) for sku in skus)
        )

    def found(self, kind: str, slug: str) -> tuple[int, Any]:
        """Give what a GET of a slug is answered: a status, and the id, slug or code with it."""
        for row in self.live(kind):
            if row.slug == slug:
                return 200, row.id
        gone = [row for row in self.deleted(kind) if row.slug == slug]
        last = max((row.deletion for row in gone), default=0)
        former, since = self.former.get((kind, slug), (None, 0))
        if former and since >= last:
            row = self.rows[former]
            return (301, row.slug) if row.is_live else (404, "deleted")
        return (404, "deleted" if gone else "not-found")

    def shown(self, row: Row) -> dict[str, Any]:
        """Give what a payload says of a row."""
        linked = self.linked(row)
        shown = {"id": row.id, "slug": row.slug, "version": row.version, **row.values}
        if row.kind == "product":
            name = linked.values["name"] if linked else None
            return shown | {"category": linked and linked.slug, "category_name": name}
        count = sum(one.link == row.id for one in self.live("product"))
        return shown | {
            "parent": linked and linked.slug,
            "path": self.path(row),
            "product_count": count,
        }
