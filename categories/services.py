"""Categories come, change, go, and come back."""

from typing import Any

from django.db import transaction

from categories import selectors
from categories.models import MAX_DEPTH, Category
from core.errors import CategoryCycle, Invalid
from core.locks import lock_until_commit
from core.uniqueness import conflicts_named, insert


@transaction.atomic
def create_category(**values: Any) -> Category:
    """Create a category from `name` and whatever else is known of it.

    Without a `slug`, a free one is made from the name. Raises `SlugConflict` for one that
    was chosen, `Invalid` where the tree would grow too deep.
    """
    category = Category(**values)
    require_place(category, category.parent)
    insert(category)
    return category


@transaction.atomic
def update_category(
    category: Category, *, if_version: int | None = None, **values: Any
) -> Category:
    """Write the named values alone. A blank `slug` keeps the one it has.

    Raises `CategoryCycle`, `VersionMoved`, and what `create_category` raises.
    """
    if not values.get("slug"):
        values.pop("slug", None)
    if "parent" in values:
        require_place(category, values["parent"])
    with conflicts_named(Category, values):
        category.change(if_version=if_version, **values)
    return category


@transaction.atomic
def delete_category(category: Category, *, if_version: int | None = None) -> None:
    """Hide the category and free its slug. What links to it keeps the link, which reads as none."""
    category.delete(if_version=if_version)


@transaction.atomic
def restore_category(category: Category, *, slug: str = "") -> Category:
    """Bring a deleted category back, under another slug where one is given.

    Raises `SlugConflict` where a live category has taken its slug.
    """
    values = {"slug": slug or category.slug}
    with conflicts_named(Category, values):
        category.restore(**values)
    return category


def require_place(category: Category, parent: Category | None) -> None:
    """Keep the tree a tree, and at most ten deep, deleted categories counted in.

    Moves take their turns at a lock, so that two at once cannot close a circle.
    """
    if parent is None:
        return
    lock_until_commit("categories.tree")
    above = selectors.ids_above(parent)
    if category.pk in above:
        raise CategoryCycle(f"{parent.slug!r} is {category.slug!r} itself, or below it.")
    if len(above) + selectors.height(category) > MAX_DEPTH:
        raise Invalid(f"Categories are at most {MAX_DEPTH} deep.", pointer="/parent")
