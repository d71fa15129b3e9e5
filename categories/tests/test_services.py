import pytest

from categories.models import MAX_DEPTH, Category
from categories.services import (
    delete_category,
    purge_categories,
    restore_category,
    update_category,
)
from categories.tests.factories import make_category
from core.errors import (
    CategoryCycle,
    InvalidField,
    NotDeleted,
    SlugConflict,
    SoftDeleted,
    VersionMismatch,
)

pytestmark = pytest.mark.django_db


def make_chain(length: int) -> list[Category]:
    chain = [make_category("Level 1")]
    for level in range(2, length + 1):
        chain.append(make_category(f"Level {level}", parent=chain[-1]))
    return chain


class TestCreateCategory:
    def test_numbers_the_slug_when_it_is_taken(self):
        make_category("Café")

        assert make_category("Cafe").slug == "cafe-2"

    def test_rejects_a_requested_slug_that_is_taken(self):
        holder = make_category("Mugs")

        with pytest.raises(SlugConflict) as caught:
            make_category("Other", slug="mugs")

        extensions = caught.value.extensions
        assert (extensions["slug"], extensions["holder"]) == ("mugs", holder.pk)

    def test_rejects_an_eleventh_level(self):
        chain = make_chain(MAX_DEPTH)

        with pytest.raises(InvalidField):
            make_category("Too deep", parent=chain[-1])


class TestUpdateCategory:
    def test_writes_the_values_and_increments_the_version(self):
        category = make_category("Mugs", position=3)

        update_category(category, name="Cups")

        assert (category.name, category.slug, category.position) == ("Cups", "mugs", 3)
        assert category.version == 2

    def test_keeps_the_slug_when_an_empty_one_is_sent(self):
        category = make_category("Mugs")

        assert update_category(category, slug="", name="Mugs").slug == "mugs"

    @pytest.mark.parametrize("below", [0, 1, 2])
    def test_rejects_a_parent_at_or_below_itself(self, below: int):
        chain = make_chain(3)

        with pytest.raises(CategoryCycle):
            update_category(chain[0], parent=chain[below])

    def test_rejects_a_cycle_through_a_deleted_category(self):
        top, middle, bottom = make_chain(3)
        delete_category(middle)

        with pytest.raises(CategoryCycle):
            update_category(top, parent=bottom)

    def test_counts_the_depth_of_the_subtree(self):
        make_chain(3)
        deep = make_category("Deep")
        bottom = make_chain(MAX_DEPTH - 1)[-1]
        make_category("Below deep", parent=deep)

        with pytest.raises(InvalidField):
            update_category(deep, parent=bottom)

    def test_rejects_another_version(self):
        category = make_category("Mugs")
        update_category(category, name="Cups")

        with pytest.raises(VersionMismatch) as caught:
            update_category(category, name="Bowls", expected_version=1)

        assert caught.value.extensions == {"version": 2}
        assert Category.objects.get().name == "Cups"

    def test_rejects_a_row_that_was_deleted_since_it_was_read(self):
        category = make_category("Mugs")
        delete_category(Category.objects.get())

        with pytest.raises(SoftDeleted):
            update_category(category, name="Cups")


class TestDeleteCategory:
    def test_frees_the_slug(self):
        for _ in range(3):
            delete_category(make_category("Mugs"))

        assert make_category("Mugs").slug == "mugs"
        assert Category.all_objects.deleted().count() == 3

    def test_increments_the_version(self):
        category = make_category("Mugs")
        before = category.updated_at

        delete_category(category)

        assert category.version == 2
        assert category.updated_at > before


class TestRestoreCategory:
    def test_restores_the_row_unchanged(self):
        category = make_category("Mugs", description="For tea.")
        delete_category(category)

        restore_category(category)

        assert Category.objects.get().description == "For tea."

    def test_rejects_a_slug_that_is_taken_by_now(self):
        category = make_category("Mugs")
        delete_category(category)
        make_category("Mugs")

        with pytest.raises(SlugConflict):
            restore_category(category)

    def test_accepts_another_slug(self):
        category = make_category("Mugs")
        delete_category(category)
        make_category("Mugs")

        assert restore_category(category, slug="old-mugs") == []
        assert category.slug == "old-mugs"

    def test_restores_a_row_whose_parent_was_purged_since_it_was_read(self):
        parent = make_category("Kitchen")
        delete_category(make_category("Mugs", parent=parent))
        category = Category.all_objects.get(slug="mugs")
        delete_category(parent)
        Category.all_objects.filter(pk=parent.pk).update(deleted_at=category.created_at)
        purge_categories(before=category.deleted_at)

        restore_category(category)

        assert Category.objects.get().parent_id is None

    def test_rejects_a_row_that_was_restored_since_it_was_read(self):
        category = make_category("Mugs")
        delete_category(category)
        restore_category(Category.all_objects.get())

        with pytest.raises(NotDeleted):
            restore_category(category)
