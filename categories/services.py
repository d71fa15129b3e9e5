"""Create, update, delete and restore categories."""

from datetime import datetime
from typing import Any, TypedDict, Unpack
from uuid import UUID

from django.db import transaction

from categories import selectors
from categories.models import MAX_DEPTH, Category
from core.db.batches import BATCH_SIZE, pk_batches
from core.db.locks import advisory_xact_lock, block_new_references, lock_if_live, lock_rows
from core.errors import CategoryCycle, CategoryNotEmpty, InvalidField, UnknownLink
from core.models import SlugRedirect
from core.services.deletion import soft_delete_with
from core.services.purge import purge_in_batches
from core.services.restore import Restoration
from core.services.rows import insert_with_free_slug, update_row

TREE_LOCK = "categories.tree"


class CategoryChanges(TypedDict, total=False):
    """The columns that an update may write."""

    name: str
    slug: str
    description: str
    parent: Category | None
    position: int


@transaction.atomic
def create_category(
    *,
    name: str,
    slug: str = "",
    description: str = "",
    parent: Category | None = None,
    position: int = 0,
) -> Category:
    """Create a category. Without a slug, a free one is made from the name.

    Raises `SlugConflict` for a slug that the caller chose, `InvalidField` where the tree would
    grow too deep, `UnknownLink`.
    """
    category = Category(
        name=name, slug=slug, description=description, parent=parent, position=position
    )
    if parent:
        validate_parent(category, parent)
    insert_with_free_slug(category)
    return category


@transaction.atomic
def update_category(
    category: Category, *, expected_version: int | None = None, **changes: Unpack[CategoryChanges]
) -> Category:
    """Write these columns only. An empty `slug` keeps the current one.

    Raises `CategoryCycle`, `VersionMismatch`, and what `create_category` raises.
    """
    parent = changes.get("parent")
    if parent:
        validate_parent(category, parent)
    else:
        block_new_references([category.pk])
    update_row(category, expected_version=expected_version, **changes)
    return category


@transaction.atomic
def delete_category(category: Category, *, expected_version: int | None = None) -> None:
    """Soft-delete the category and free its slug. References to it are kept, and read as null."""
    block_new_references([category.pk])
    category.delete(expected_version=expected_version)


@transaction.atomic
def delete_empty_category(category: Category, *, expected_version: int | None = None) -> None:
    """Delete the category if no live row depends on it. Raises `CategoryNotEmpty`."""
    block_new_references([category.pk])
    if lock_rows(Category.objects.filter(pk=category.pk)):
        dependents = selectors.count_live_dependents([category.pk])
        if any(dependents.values()):
            raise CategoryNotEmpty(f"The category {category.slug!r} is not empty.", **dependents)
    category.delete(expected_version=expected_version)


@transaction.atomic
def delete_category_tree(category: Category, *, expected_version: int | None = None) -> None:
    """Delete the category with all live categories below it and their products, as one deletion."""
    ids = lock_subtree(category)
    category.delete(expected_version=expected_version)
    for start in range(0, len(ids), BATCH_SIZE):
        chunk = ids[start : start + BATCH_SIZE]
        soft_delete_with(category, Category.objects.filter(pk__in=chunk))
        soft_delete_with(category, selectors.live_products_in(chunk))


# What happens to dependents: they stay, they prevent the deletion, they are deleted too.
DELETE_STRATEGIES = {
    "detach": delete_category,
    "restrict": delete_empty_category,
    "cascade": delete_category_tree,
}


@transaction.atomic
def restore_category(
    category: Category, *, slug: str = "", rename_conflicts: bool = False
) -> list[dict[str, Any]]:
    """Restore a category with all rows that were deleted with it, under another slug if requested.

    Return which rows were renamed. Raises `SlugConflict` or `SkuConflict` where live rows have
    their values, unless `rename_conflicts` replaces those by generated slugs and no SKUs.
    """
    together = Category.all_objects.filter(deletion_id=category.deletion_id)
    if category.parent_id:
        lock_if_live(Category(pk=category.parent_id))  # not read: it may be purged by now
    for keys in pk_batches(together):
        lock_rows(together.filter(pk__in=keys))
    related = selectors.products_deleted_with(category)
    requested = {"slug": slug} if slug else {}
    return Restoration(category, [together, related], requested, rename_conflicts).run()


def purge_categories(*, before: datetime) -> int:
    """Hard-delete the categories that were deleted before this time; return their number.

    References to them read as null already, and are null from now on. Each category first
    leaves its deletion, so that it cannot be restored while references to it are removed: in
    batches, because no live product may be locked for long. Raises `PurgeIncomplete`.
    """
    expired = Category.all_objects.deleted().filter(deleted_at__lt=before)
    for keys in pk_batches(expired):
        with transaction.atomic():
            locked = lock_rows(expired.filter(pk__in=keys))
            Category.all_objects.filter(pk__in=locked).update(deletion_id=None)
    leaving = pk_batches(Category.all_objects.pending_purge())
    return purge_in_batches(([key] for keys in leaving for key in keys), unreference_and_purge)


def unreference_and_purge(keys: list[UUID]) -> int:
    """Set all references to categories that are being purged to null, then delete these."""
    for rows, reference in (
        (selectors.products_in(keys), "category"),
        (Category.all_objects.filter(parent__in=keys), "parent"),
    ):
        for referring in pk_batches(rows):
            with transaction.atomic():
                batch = rows.filter(pk__in=lock_rows(rows.filter(pk__in=referring)))
                batch.update(**{reference: None})
    with transaction.atomic():
        purged = Category.all_objects.pending_purge().filter(pk__in=keys)
        SlugRedirect.delete_for(list(purged.only("slug", "deleted_at")))
        return purged.hard_delete()[0]


def lock_subtree(category: Category) -> list[UUID]:
    """Lock this category and all live ones below it, and return their ids.

    No row can refer to them from then on. While waiting for locks the tree may change; then all
    are released and acquired again, always in one order, so that two transactions cannot deadlock.
    """
    while True:
        ids = sorted({category.pk, *selectors.descendant_ids([category.pk])})
        savepoint = transaction.savepoint()
        block_new_references(ids)
        for start in range(0, len(ids), BATCH_SIZE):
            lock_rows(Category.all_objects.filter(pk__in=ids[start : start + BATCH_SIZE]))
        found = set(selectors.descendant_ids([category.pk]))
        if found <= set(ids):
            transaction.savepoint_commit(savepoint)
            return sorted(found)
        transaction.savepoint_rollback(savepoint)


def validate_parent(category: Category, parent: Category) -> None:
    """Check that the tree has no cycle and at most ten levels, deleted categories included.

    An advisory lock lets one change of the tree in at a time, so that two cannot form a cycle.
    The parent stays live until commit. Raises `CategoryCycle`, `InvalidField`, `UnknownLink`.
    """
    for row in sorted([category, parent], key=lambda row: row.pk):  # one order, or a deadlock
        if row is category:
            block_new_references([row.pk])
            lock_rows(Category.all_objects.filter(pk=row.pk))
        elif not lock_if_live(row):
            raise UnknownLink(f"There is no live category {row.slug!r}.", pointer="/parent")
    advisory_xact_lock(TREE_LOCK)
    above = selectors.ancestor_ids(parent)
    if category.pk in above:
        raise CategoryCycle(f"{parent.slug!r} is {category.slug!r} itself or a descendant of it.")
    if len(above) + selectors.subtree_depth(category) > MAX_DEPTH:
        raise InvalidField(f"The category tree has at most {MAX_DEPTH} levels.", pointer="/parent")
