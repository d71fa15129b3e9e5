"""Query categories: for endpoints, for the admin, and for the rules of the tree."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import Any, cast
from uuid import UUID

from django.db.models import Max, QuerySet, Value
from django_cte import CTE, with_cte

from categories.models import MAX_DEPTH, Category
from categories.product_counts import PRODUCT_COUNTS
from core.db.batches import BATCH_SIZE
from core.db.columns import select_columns, stored_columns
from core.db.compiled import compiled, numbered, parameters
from core.db.search import fold
from core.models import CatalogModel, CatalogQuerySet

# The tree is at most ten levels deep, so the paths of a page come by joins in its one query.
ANCESTORS = "__".join(["parent"] * (MAX_DEPTH - 1))
PATH_COLUMNS = [
    f"{'parent__' * level}{column}"
    for level in range(1, MAX_DEPTH)
    for column in ("slug", "deleted_at", "parent_id")
]
PATH_SEPARATOR = " > "

PathRow = tuple[UUID, UUID | None, str, str]


def list_categories() -> CatalogQuerySet[Category]:
    """Return all categories, deleted ones too, each with its path and its numbers of products."""
    columns = [*stored_columns(Category), *PATH_COLUMNS]
    return select_columns(Category.all_objects.all(), columns).annotate(**PRODUCT_COUNTS)


def descendant_ids(roots: Collection[UUID]) -> list[UUID]:
    """Return the ids of these live categories and of all live ones below them."""

    def select() -> QuerySet:
        keys = parameters("root", Category._meta.pk, len(roots))

        def live_tree(below: CTE) -> QuerySet:
            children = below.join(Category.objects.all(), parent_id=below.col.id)
            return Category.objects.filter(pk__in=keys).values("id").union(children.values("id"))

        below = CTE.recursive(live_tree)
        return with_cte(below, select=below.queryset().values_list("id"))

    query = compiled(("categories.descendant_ids", len(roots)), select)
    return [pk for (pk,) in query.fetch(numbered("root", roots))]


def ancestor_ids(category: Category) -> set[UUID]:
    """Return the ids of this category and of all above it, deleted ones too."""

    def chain(above: CTE) -> QuerySet:
        parents = above.join(Category.all_objects.all(), id=above.col.parent_id)
        start = Category.all_objects.filter(pk=category.pk)
        return start.values("id", "parent_id").union(parents.values("id", "parent_id"))

    above = CTE.recursive(chain)
    return set(with_cte(above, select=above.queryset().values_list("id", flat=True)))


def subtree_depth(category: Category) -> int:
    """Return the number of levels from this category to the deepest below it, deleted ones too."""

    def levels(below: CTE) -> QuerySet:
        children = below.join(Category.all_objects.all(), parent_id=below.col.id)
        start = Category.all_objects.filter(pk=category.pk).values("id", level=Value(1))
        return start.union(children.values("id", level=below.col.level + 1), all=True)

    below = CTE.recursive(levels)
    deepest = with_cte(below, select=below.queryset()).aggregate(deepest=Max("level"))["deepest"]
    return deepest or 1


def products_in(ids: Iterable[UUID]) -> CatalogQuerySet[Any]:
    """Return the products of these categories, deleted ones too."""
    return all_products().filter(category__in=ids)


def live_products_in(ids: Iterable[UUID]) -> CatalogQuerySet[Any]:
    return products_in(ids).live()


def products_deleted_with(category: Category) -> CatalogQuerySet[Any]:
    """Return the products of the deletion that the category belongs to."""
    return all_products().filter(deletion_id=category.deletion_id)


def all_products() -> CatalogQuerySet[Any]:
    """Return all products. The relation knows their model, which this app must not import."""
    model = cast("type[CatalogModel]", Category.products.rel.related_model)
    return model.all_objects.all()


def count_live_dependents(roots: Collection[UUID]) -> dict[str, int]:
    """Count the live `categories` below these, and the live `products` in all of them."""
    ids = descendant_ids(roots)
    chunks = (ids[start : start + BATCH_SIZE] for start in range(0, len(ids), BATCH_SIZE))
    products = sum(live_products_in(chunk).count() for chunk in chunks)
    return {"categories": len(set(ids) - set(roots)), "products": products}


def search_paths(text: str, *, without: UUID | None = None) -> list[tuple[UUID, str]]:
    """Return id and path, such as `Kitchen > Chairs`, of the live categories that match `text`.

    Each of its words must occur in the path or in the slug. One category can be left `without`,
    and so is what is below it. The order is that of the tree.
    """
    rows = list(Category.objects.order_by("name", "id").values_list("id", "parent", "name", "slug"))
    live = {row[0] for row in rows}
    children: dict[UUID | None, list[PathRow]] = defaultdict(list)
    for row in rows:
        children[row[1] if row[1] in live else None].append(row)
    words = fold(text.replace(">", " ")).split()

    def walk(parent: UUID | None, above: str) -> Iterator[tuple[UUID, str]]:
        for key, _, name, slug in children[parent]:
            if key != without:
                path = f"{above}{name}"
                searched = fold(f"{path} {slug}")
                if all(word in searched for word in words):
                    yield key, path
                yield from walk(key, path + PATH_SEPARATOR)

    return list(walk(None, ""))
