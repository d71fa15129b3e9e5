import django_filters
import pytest

from categories.models import Category
from categories.services import delete_category
from categories.tests.factories import make_category
from core.api.lists.filters import DeletedFilter, SearchFilter, StableOrderingFilter


class CategoryFilter(django_filters.FilterSet):
    """Categories with the three filters under test."""

    search = SearchFilter(fields="name and description", example="mug")
    ordering = StableOrderingFilter(fields=["name", "position", "created_at"], example=["name"])
    deleted = DeletedFilter(example="only")

    class Meta:
        model = Category
        fields: list[str] = []


def names(**parameters: str) -> list[str]:
    filtered = CategoryFilter(parameters, Category.all_objects.all())
    assert filtered.is_valid(), filtered.errors
    return [category.name for category in filtered.qs]


@pytest.mark.django_db
class TestDeletedFilter:
    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            ("", ["Live"]),
            ("exclude", ["Live"]),
            ("only", ["Deleted"]),
            ("include", ["Deleted", "Live"]),
        ],
    )
    def test_selects_by_mode(self, value, expected):
        make_category("Live")
        delete_category(make_category("Deleted"))

        assert names(deleted=value, ordering="name") == expected

    def test_rejects_other_values(self):
        assert "deleted" in CategoryFilter({"deleted": "yes"}, Category.all_objects.all()).errors


@pytest.mark.django_db
class TestStableOrderingFilter:
    def test_puts_the_newest_first_by_default(self):
        make_category("Old")
        make_category("New")

        assert names() == ["New", "Old"]

    def test_orders_by_several_fields(self):
        for name, position in [("B", 1), ("A", 1), ("C", 0)]:
            make_category(name, position=position)

        assert names(ordering="position,-name") == ["C", "B", "A"]

    @pytest.mark.parametrize(("ordering", "ascending"), [("position", True), ("-position", False)])
    def test_breaks_ties_by_id_in_the_same_direction(self, ordering, ascending):
        for number in range(5):
            make_category(f"Category {number}")

        made = [f"Category {number}" for number in range(5)]
        assert names(ordering=ordering) == (made if ascending else made[::-1])

    @pytest.mark.parametrize(
        "ordering",
        [
            "password",
            "parent__name",
            "name,password",
            "--name",
            "name,name",
            "name,-name",
            "name,",
            ",",
            "?",
            "pk",
            "\0",
        ],
    )
    def test_rejects_unknown_and_repeated_fields(self, ordering):
        assert (
            "ordering" in CategoryFilter({"ordering": ordering}, Category.all_objects.all()).errors
        )


@pytest.mark.django_db
class TestSearchFilter:
    @pytest.fixture(autouse=True)
    def categories(self) -> None:
        make_category("Blue mugs", description="For coffee")
        make_category("Blue pots", description="For tea, 100% clay, c:\\kiln_1")

    @pytest.mark.parametrize(
        ("search", "expected"),
        [
            ("blue", ["Blue mugs", "Blue pots"]),
            ("BLUE tEA", ["Blue pots"]),
            ("mug coff", ["Blue mugs"]),
            ("mugs tea", []),
            ("  ", ["Blue mugs", "Blue pots"]),
            ("100%", ["Blue pots"]),
            ("%", ["Blue pots"]),
            ("_", ["Blue pots"]),
            ("\\", ["Blue pots"]),
            ("b.*s", []),
            ("'", []),
        ],
    )
    def test_selects_rows_with_every_word_anywhere(self, search, expected):
        assert names(search=search, ordering="name") == expected

    @pytest.mark.parametrize("search", ["x" * 201, "\0"])
    def test_rejects_long_words_and_nul(self, search):
        assert "search" in CategoryFilter({"search": search}, Category.all_objects.all()).errors
