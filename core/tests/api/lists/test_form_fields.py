from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from django import forms

from categories.models import Category
from categories.services import delete_category, update_category
from categories.tests.factories import make_category
from core.api.lists.form_fields import (
    MAX_ITEMS,
    AwareDateTimeField,
    IdListField,
    PlainDecimalField,
    SlugOrIdListField,
    StrictBooleanFormField,
    StringListField,
)
from core.models import uuid7


def error_code(field: forms.Field, value: str) -> str:
    """Return the code of the error that a field raises for an invalid value."""
    with pytest.raises(forms.ValidationError) as caught:
        field.clean(value)
    return caught.value.error_list[0].code


class TestStrictBooleanFormField:
    @pytest.mark.parametrize(
        ("value", "expected"),
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
    def test_parses_true_and_false(self, value, expected):
        assert StrictBooleanFormField(required=False).clean(value) is expected

    @pytest.mark.parametrize("value", ["yes", "2", "null", "None", "tru", "\0"])
    def test_rejects_other_values(self, value):
        assert error_code(StrictBooleanFormField(), value)


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

    def test_returns_an_empty_list_for_an_empty_value(self, field):
        assert not field.clean("")

    @pytest.mark.parametrize(
        "value", ["cups", "mugs,cups", "mugs,,", ",", "Mugs", "mugs\0", "mugs/", f"{UUID(int=0)}"]
    )
    def test_rejects_unknown_items(self, field, value):
        make_category("Mugs")

        assert error_code(field, value)

    def test_rejects_a_deleted_row(self, field):
        delete_category(make_category("Mugs"))

        assert error_code(field, "mugs") == "unknown"

    def test_finds_a_row_by_a_former_slug(self, field, django_assert_num_queries):
        cups, bowls = make_category("Cups"), make_category("Bowls")
        update_category(cups, slug="mugs")
        update_category(cups, slug="beakers")

        with django_assert_num_queries(2):
            found = field.clean("cups,mugs,beakers,bowls")
        assert found == [cups.pk, cups.pk, cups.pk, bowls.pk]

    def test_rejects_a_former_slug_that_another_row_had_since(self, field):
        update_category(make_category("Cups"), slug="mugs")
        delete_category(make_category("Cups"))

        assert error_code(field, "cups") == "unknown"

    def test_rejects_a_former_slug_of_a_deleted_row(self, field):
        mugs = make_category("Cups")
        update_category(mugs, slug="mugs")
        delete_category(mugs)

        assert error_code(field, "cups") == "unknown"

    def test_suggests_a_similar_slug(self, field):
        make_category("Mugs")

        with pytest.raises(forms.ValidationError, match="Did you mean 'mugs'"):
            field.clean("mgus")

    def test_rejects_too_many_items_without_a_query(self, field, django_assert_num_queries):
        with django_assert_num_queries(0):
            assert error_code(field, ",".join(str(uuid7()) for _ in range(MAX_ITEMS + 1)))


class TestStringListField:
    @pytest.mark.parametrize("value", ["a\0b", "M-1,\0", "M-1,,M-2"])
    def test_rejects_an_invalid_item(self, value):
        with pytest.raises(forms.ValidationError):
            StringListField().clean(value)


class TestIdListField:
    @pytest.mark.parametrize(
        "value", ["mug", "\0", pytest.param(f"{uuid7()}\0", id="new id and NUL")]
    )
    def test_rejects_an_item_that_is_no_uuid(self, value):
        with pytest.raises(forms.ValidationError):
            IdListField().clean(value)


class TestAwareDateTimeField:
    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            ("2026-01-31T12:00:00Z", datetime(2026, 1, 31, 12, tzinfo=UTC)),
            ("2026-01-31T12:00:00+02:00", datetime(2026, 1, 31, 10, tzinfo=UTC)),
            ("2026-01-31t12:00:00z", datetime(2026, 1, 31, 12, tzinfo=UTC)),
            ("2026-01-31T12:00:00 02:00", datetime(2026, 1, 31, 10, tzinfo=UTC)),
            ("2026-01-31T12:00:00.123456Z", datetime(2026, 1, 31, 12, 0, 0, 123456, tzinfo=UTC)),
        ],
    )
    def test_parses_a_datetime_with_an_offset(self, value, expected):
        assert AwareDateTimeField().clean(value) == expected

    @pytest.mark.parametrize("value", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"])
    def test_clips_a_datetime_outside_the_years_of_utc(self, value):
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
    def test_rejects_other_values(self, value):
        assert error_code(AwareDateTimeField(), value)


class TestPlainDecimalField:
    @pytest.mark.parametrize("value", ["0", "12.5", "12.50", "9999999999.99"])
    def test_parses_a_decimal(self, value):
        field = PlainDecimalField(max_digits=12, decimal_places=2, min_value=0)

        assert field.clean(value) == Decimal(value)

    @pytest.mark.parametrize(
        "value",
        ["-1", "1e3", "1e400", "NaN", "Infinity", "1,5", "12.505", "9" * 11, "x", "\0", "٣", ".5"],
    )
    def test_rejects_other_values(self, value):
        assert error_code(PlainDecimalField(max_digits=12, decimal_places=2, min_value=0), value)
