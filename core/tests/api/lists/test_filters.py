from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import django_filters
import pytest
from django import forms

from categories.models import Category
from categories.services import delete_category, update_category
from categories.tests.factories import make_category
from core.api.lists.fields import MAX_ITEMS, IdListField, SlugOrIdListField, TextListField
from core.api.lists.filters import (
    AwareDateTimeField,
    DeletedFilter,
    PlainDecimalField,
    SearchFilter,
    StableOrderingFilter,
    StrictBooleanFormField,
)
from core.models import new_id


def refusal(field: forms.Field, value: str) -> str:
    """Give the code with which a field refuses a value."""
    with pytest.raises(forms.ValidationError) as caught:
        field.clean(value)
    return caught.value.error_list[0].code


class Shelves(django_filters.FilterSet):
    """A list to narrow."""

    search = SearchFilter(fields="name and description", example="mug")
    ordering = StableOrderingFilter(fields=["name", "position", "created_at"], example=["name"])
    deleted = DeletedFilter(example="only")

    class Meta:
        model = Category
        fields: list[str] = []


def names(**parameters: str) -> list[str]:
    filtered = Shelves(parameters, Category.all_objects.all())
    assert filtered.is_valid(), filtered.errors
    return [category.name for category in filtered.qs]


class TestStrictBooleanFormField:
    @pytest.mark.parametrize(
        ("value", "flag"),
        [
            ("true", True),
            ("1", True),
            ("TRUE", True),
            ("false", False),
            ("False", False),
            ("0", False),
            ("", None),
        ],
    )
    def test_reads(self, value, flag):
        assert StrictBooleanFormField(required=False).clean(value) is flag

    @pytest.mark.parametrize("value", ["yes", "2", "null", "None", "tru", "\0"])
    def test_refuses_anything_else(self, value):
        assert refusal(StrictBooleanFormField(), value)


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
    def test_keeps(self, value, expected):
        make_category("Live")
        delete_category(make_category("Deleted"))

        assert names(deleted=value, ordering="name") == expected

    def test_refuses_anything_else(self):
        assert "deleted" in Shelves({"deleted": "yes"}, Category.all_objects.all()).errors


@pytest.mark.django_db
class TestSlugOrIdListField:
    @pytest.fixture
    def field(self) -> SlugOrIdListField:
        return SlugOrIdListField(rows=Category.objects, required=False)

    def test_finds_rows_by_slug_and_by_id(self, field):
        mugs, cups = make_category("Mugs"), make_category("Cups")

        assert set(field.clean(f" mugs,{cups.pk}")) == {mugs.pk, cups.pk}

    def test_finds_a_row_once(self, field):
        mugs = make_category("Mugs")

        assert field.clean(f"mugs,mugs,{mugs.pk}") in ([mugs.pk], [mugs.pk, mugs.pk])

    def test_finds_none_where_none_are_named(self, field):
        assert not field.clean("")

    @pytest.mark.parametrize(
        "value", ["cups", "mugs,cups", "mugs,,", ",", "Mugs", "mugs\0", "mugs/", f"{UUID(int=0)}"]
    )
    def test_refuses_what_is_not_there(self, field, value):
        make_category("Mugs")

        assert refusal(field, value)

    def test_refuses_what_was_deleted(self, field):
        delete_category(make_category("Mugs"))

        assert refusal(field, "mugs") == "unknown"

    def test_finds_a_row_by_a_former_slug(self, field, django_assert_num_queries):
        cups, bowls = make_category("Cups"), make_category("Bowls")
        update_category(cups, slug="mugs")
        update_category(cups, slug="beakers")

        with django_assert_num_queries(2):
            found = field.clean("cups,mugs,beakers,bowls")
        assert found == [cups.pk, cups.pk, cups.pk, bowls.pk]

    def test_refuses_a_former_slug_that_another_had_since(self, field):
        update_category(make_category("Cups"), slug="mugs")
        delete_category(make_category("Cups"))

        assert refusal(field, "cups") == "unknown"

    def test_refuses_a_former_slug_of_what_was_deleted(self, field):
        mugs = make_category("Cups")
        update_category(mugs, slug="mugs")
        delete_category(mugs)

        assert refusal(field, "cups") == "unknown"

    def test_suggests_what_was_meant(self, field):
        make_category("Mugs")

        with pytest.raises(forms.ValidationError, match="Did you mean 'mugs'"):
            field.clean("mgus")

    def test_refuses_more_than_anybody_needs(self, field, django_assert_num_queries):
        with django_assert_num_queries(0):
            assert refusal(field, ",".join(str(new_id()) for _ in range(MAX_ITEMS + 1)))


class TestTextListField:
    @pytest.mark.parametrize("value", ["a\0b", "M-1,\0", "M-1,,M-2"])
    def test_rejects_an_item_that_no_text_is(self, value):
        with pytest.raises(forms.ValidationError):
            TextListField().clean(value)


class TestIdListField:
    @pytest.mark.parametrize(
        "value", ["mug", "\0", pytest.param(f"{new_id()}\0", id="new id and NUL")]
    )
    def test_rejects_what_is_no_id(self, value):
        with pytest.raises(forms.ValidationError):
            IdListField().clean(value)


@pytest.mark.django_db
class TestStableOrderingFilter:
    def test_puts_the_newest_first_where_nothing_is_asked(self):
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
            make_category(f"Shelf {number}")

        made = [f"Shelf {number}" for number in range(5)]
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
    def test_refuses_what_it_does_not_know(self, ordering):
        assert "ordering" in Shelves({"ordering": ordering}, Category.all_objects.all()).errors


@pytest.mark.django_db
class TestSearchFilter:
    @pytest.fixture(autouse=True)
    def shelves(self) -> None:
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
    def test_keeps_rows_with_every_word_anywhere(self, search, expected):
        assert names(search=search, ordering="name") == expected

    @pytest.mark.parametrize("search", ["x" * 201, "\0"])
    def test_refuses(self, search):
        assert "search" in Shelves({"search": search}, Category.all_objects.all()).errors


class TestAwareDateTimeField:
    @pytest.mark.parametrize(
        ("value", "moment"),
        [
            ("2026-01-31T12:00:00Z", datetime(2026, 1, 31, 12, tzinfo=UTC)),
            ("2026-01-31T12:00:00+02:00", datetime(2026, 1, 31, 10, tzinfo=UTC)),
            ("2026-01-31t12:00:00z", datetime(2026, 1, 31, 12, tzinfo=UTC)),
            ("2026-01-31T12:00:00 02:00", datetime(2026, 1, 31, 10, tzinfo=UTC)),
            ("2026-01-31T12:00:00.123456Z", datetime(2026, 1, 31, 12, 0, 0, 123456, tzinfo=UTC)),
        ],
    )
    def test_reads_a_time_with_its_zone(self, value, moment):
        assert AwareDateTimeField().clean(value) == moment

    @pytest.mark.parametrize("value", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"])
    def test_reads_a_time_that_lies_beyond_all_years_in_utc(self, value):
        assert AwareDateTimeField().clean(value).tzinfo == UTC

    @pytest.mark.parametrize(
        "value",
        [
            "2026-01-31",
            "2026-01-31T12:00:00",
            "2026-13-45T12:00:00Z",
            "0000-01-01T00:00:00Z",
            "yesterday",
            "now",
            "1700000000",
            "x" * 5000,
            "\0",
        ],
    )
    def test_refuses_anything_else(self, value):
        assert refusal(AwareDateTimeField(), value)


class TestPlainDecimalField:
    @pytest.mark.parametrize("value", ["0", "12.5", "12.50", "9999999999.99"])
    def test_reads_an_amount(self, value):
        field = PlainDecimalField(max_digits=12, decimal_places=2, min_value=0)

        assert field.clean(value) == Decimal(value)

    @pytest.mark.parametrize(
        "value",
        ["-1", "1e3", "1e400", "NaN", "Infinity", "1,5", "12.505", "9" * 11, "x", "\0", "٣", ".5"],
    )
    def test_refuses_anything_else(self, value):
        assert refusal(PlainDecimalField(max_digits=12, decimal_places=2, min_value=0), value)
