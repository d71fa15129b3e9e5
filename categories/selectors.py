"""The questions that endpoints ask about categories."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from uuid import UUID

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery, Value
from django_cte import CTE, with_cte

from categories.models import MAX_DEPTH, Category
from core.db.batches import BATCH_SIZE
from core.db.columns import select_columns, stored_columns
from core.db.search import fold

# The tree is at most ten deep, so the paths of a page come by joins in its one query.
ANCESTORS = "__".join(["parent"] * (MAX_DEPTH - 1))
PATH_COLUMNS = [
    f"{'parent__' * level}{column}"
    for level in range(1, MAX_DEPTH)
    for column in ("slug", "deleted_at", "parent_id")
]
PATH_SEPARATOR = " > "
LIVE_PRODUCTS = Count("products", filter=Q(products__deleted_at__isnull=True))


def list_categories() -> QuerySet[Category]:
    """All categories, each with its path and `product_count`: the live products directly in it."""
    itself = Category.all_objects.filter(pk=OuterRef("pk")).values("pk")
    counted = itself.annotate(count=LIVE_PRODUCTS).values("count")
    categories = select_columns(
        Category.all_objects.all(), [*stored_columns(Category), *PATH_COLUMNS]
    )
    return categories.annotate(product_count=Subquery(counted))


def ids_below(roots: Iterable[UUID]) -> QuerySet:
    """Ids of these live categories and of all live ones below them."""

    def live_tree(below: CTE) -> QuerySet:
        children = below.join(Category.objects.all(), parent_id=below.col.id)
        return Category.objects.filter(pk__in=roots).values("id").union(children.values("id"))

    below = CTE.recursive(live_tree)
    return with_cte(below, select=below.queryset().values_list("id", flat=True))


def ids_above(category: Category) -> set[UUID]:
    """Ids of this category and of all above it, deleted ones too."""

    def chain(above: CTE) -> QuerySet:
        parents = above.join(Category.all_objects.all(), id=above.col.parent_id)
        start = Category.all_objects.filter(pk=category.pk)
        return start.values("id", "parent_id").union(parents.values("id", "parent_id"))

    above = CTE.recursive(chain)
    return set(with_cte(above, select=above.queryset().values_list("id", flat=True)))


def height(category: Category) -> int:
    """Count the levels from this category down to the deepest below it, deleted ones too."""

    def levels(below: CTE) -> QuerySet:
        children = below.join(Category.all_objects.all(), parent_id=below.col.id)
        start = Category.all_objects.filter(pk=category.pk).values("id", level=Value(1))
        return start.union(children.values("id", level=below.col.level + 1), all=True)

    below = CTE.recursive(levels)
    deepest = with_cte(below, select=below.queryset()).aggregate(deepest=Max("level"))["deepest"]
    return deepest or 1


def products_in(ids: Iterable[UUID]) -> QuerySet:
    """Live products of these categories."""
    return products_ever_in(ids).live()


def products_ever_in(ids: Iterable[UUID]) -> QuerySet:
    """Products of these categories, deleted ones too.

    The relation knows their model, so that this app need not.
    """
    return Category.products.rel.related_model.all_objects.filter(category__in=ids)


def products_deleted_with(category: Category) -> QuerySet:
    """Products of the deletion that the category belongs to."""
    products = Category.products.rel.related_model.all_objects
    return products.filter(deletion_id=category.deletion_id)


def count_live_dependents(category: Category) -> dict[str, int]:
    """Count the live `categories` below this one, and the live `products` in all of them."""
    ids = list(ids_below([category.pk]))
    chunks = (ids[start : start + BATCH_SIZE] for start in range(0, len(ids), BATCH_SIZE))
    products = sum(products_in(chunk).count() for chunk in chunks)
    return {"categories": len(ids) - 1, "products": products}


def category_tree() -> list[Category]:
    """Live categories in the order of siblings, each with its `product_count` and `branches`.

    Gives the roots, in two queries for any size of tree.
    """
    counts = dict(Category.objects.values_list("pk").annotate(count=LIVE_PRODUCTS))
    ordered = Category.objects.order_by("position", "name", "id")
    categories = list(ordered.only("id", "slug", "name", "position", "parent"))
    by_id = {category.pk: category for category in categories}
    for category in categories:
        category.product_count = counts.get(category.pk, 0)
        category.branches = []
        category.parent = by_id.get(category.parent_id)
    for category in categories:
        if category.parent:
            category.parent.branches.append(category)
    return [category for category in categories if category.parent is None]


def count_below(roots: Collection[UUID]) -> dict[str, int]:
    """Count the live `categories` below these, and the live `products` in all of them."""
    ids = set(ids_below(roots))
    return {"categories": len(ids - set(roots)), "products": products_in(ids).count()}


def search_paths(text: str, *, without: UUID | None = None) -> list[tuple[UUID, str]]:
    """Return id and path, such as `Kitchen > Chairs`, of the live categories that `text` means.

    Each of its words must occur in the path or in the slug. One category can be left `without`,
    and so is what is below it. They come in the order of the tree.
    """
    rows = list(Category.objects.order_by("name", "id").values_list("id", "parent", "name", "slug"))
    live = {row[0] for row in rows}
    children = defaultdict(list)
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
