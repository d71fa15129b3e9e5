"""Categories come, change, go, and come back."""

from datetime import datetime
from typing import Any

from django.db import transaction

from categories import selectors
from categories.models import MAX_DEPTH, Category
from core.deletion import join_deletion, restore_together
from core.errors import CategoryCycle, CategoryNotEmpty, Invalid
from core.locks import advisory_xact_lock
from core.models import FormerSlug
from core.uniqueness import change, insert

TREE_LOCK = "categories.tree"


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
    if "parent" in values:
        require_place(category, values["parent"])
    change(category, if_version=if_version, **values)
    return category


def delete_category(category: Category, *, if_version: int | None = None) -> None:
    """Hide the category and free its slug. What links to it keeps the link, which reads as none."""
    category.delete(if_version=if_version)


@transaction.atomic
def delete_empty_category(category: Category, *, if_version: int | None = None) -> None:
    """Delete the category if nothing live hangs on it. Raises `CategoryNotEmpty`."""
    advisory_xact_lock(TREE_LOCK)
    hanging = selectors.count_hanging(category)
    if any(hanging.values()):
        raise CategoryNotEmpty(f"{category.slug!r} is not empty.", **hanging)
    category.delete(if_version=if_version)


@transaction.atomic
def delete_category_tree(category: Category, *, if_version: int | None = None) -> None:
    """Delete the category with all live categories below it and their products, as one deletion."""
    advisory_xact_lock(TREE_LOCK)
    ids = list(selectors.ids_below([category.pk]))
    category.delete(if_version=if_version)
    join_deletion(category, Category.objects.filter(pk__in=ids), selectors.products_in(ids))


# What else goes, by the name that a client gives it: nothing, only if nothing hangs on it, all.
DELETIONS = {
    "detach": delete_category,
    "restrict": delete_empty_category,
    "cascade": delete_category_tree,
}


@transaction.atomic
def restore_category(category: Category, *, slug: str = "") -> Category:
    """Bring a category back, with all that were deleted with it, under another slug if given.

    Raises `SlugConflict` or `SkuConflict` where a live row has taken a place.
    """
    advisory_xact_lock(TREE_LOCK)  # or two that begin at either end would wait for each other
    restore_together(category, slug)
    return category


@transaction.atomic
def purge_categories(*, before: datetime) -> int:
    """Remove the categories that were deleted before this time; give the number.

    What still links to one reads as having none already, and has none from now on.
    """
    advisory_xact_lock(TREE_LOCK)  # or one might be restored meanwhile
    expired = Category.all_objects.deleted().filter(deleted_at__lt=before)
    keys = list(expired.values_list("pk", flat=True))
    selectors.products_ever_in(keys).update(category=None)
    Category.all_objects.filter(parent__in=keys).update(parent=None)
    purged = Category.all_objects.filter(pk__in=keys)
    FormerSlug.forget(purged)
    purged.hard_delete()
    return len(keys)


def require_place(category: Category, parent: Category | None) -> None:
    """Keep the tree a tree, and at most ten deep, deleted categories counted in.

    Moves take their turns at a lock, so that two at once cannot close a circle.
    """
    if parent is None:
        return
    advisory_xact_lock(TREE_LOCK)
    above = selectors.ids_above(parent)
    if category.pk in above:
        raise CategoryCycle(f"{parent.slug!r} is {category.slug!r} itself, or below it.")
    if len(above) + selectors.height(category) > MAX_DEPTH:
        raise Invalid(f"Categories are at most {MAX_DEPTH} deep.", pointer="/parent")
