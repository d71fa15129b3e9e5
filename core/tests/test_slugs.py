from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.models import uuid7
from core.slugs import MAX_SLUG_LENGTH, is_uuid, is_valid_slug, slug_candidates, slug_from_name

ID = UUID("01935a3c-7d2e-7000-8000-0123456789ab")


class TestIsUuid:
    @pytest.mark.parametrize(
        "value", [str(ID), ID.hex, str(ID).upper(), pytest.param(str(uuid7()), id="new id")]
    )
    def test_is_true_for_an_id_however_it_is_written(self, value):
        assert is_uuid(value)

    @pytest.mark.parametrize(
        "value",
        ["", "mug", f"{ID}-2", f"{ID}\n", f" {ID}", str(ID)[:-1], "g" * 32, "\uff41" * 8],
    )
    def test_is_false_for_anything_else(self, value):
        assert not is_uuid(value)

    @given(st.from_regex(r"[0-9a-fA-F-]{32,40}", fullmatch=True))
    def test_is_true_only_for_what_can_be_looked_up(self, value):
        assert not is_uuid(value) or UUID(value)


class TestIsValidSlug:
    @pytest.mark.parametrize("slug", ["mug", "blue-mug", "7", "mug-2", "a" * MAX_SLUG_LENGTH])
    def test_accepts_letters_and_digits_in_groups(self, slug):
        assert is_valid_slug(slug)

    @pytest.mark.parametrize(
        "slug",
        [
            "",
            "-",
            "-mug",
            "mug-",
            "blue--mug",
            "blue_mug",
            "Mug",
            "blue mug",
            "blue/mug",
            "mug.html",
            "café",
            "mug\n",
            "mug\0",
            "٣",
            "a" * (MAX_SLUG_LENGTH + 1),
        ],
    )
    def test_rejects_anything_else(self, slug):
        assert not is_valid_slug(slug)

    @pytest.mark.parametrize("slug", [str(ID), ID.hex])
    def test_rejects_the_shape_of_an_id(self, slug):
        assert not is_valid_slug(slug)


class TestSlugFromName:
    @pytest.mark.parametrize(
        ("name", "slug"),
        [
            ("Blue mug", "blue-mug"),
            ("Café crème", "cafe-creme"),
            ("Straße", "strasse"),
            ("Кружка", "kruzhka"),
            ("日本", "riben"),
            ("snake_case", "snake-case"),
            ("  much -- space __ ", "much-space"),
            ("Größe 42", "grosse-42"),
        ],
    )
    def test_transliterates_the_name(self, name, slug):
        assert slug_from_name(name, ID) == slug

    @pytest.mark.parametrize("name", ["", "!!!", "---", "___", "\u200b", "\0"])
    def test_uses_the_id_when_nothing_readable_is_left(self, name):
        assert slug_from_name(name, ID) == "item-456789ab"

    def test_leaves_room_for_a_suffix(self):
        assert len(slug_from_name("x" * 300, ID)) == MAX_SLUG_LENGTH - len("-12345678")

    def test_does_not_end_in_a_hyphen_where_it_was_cut(self):
        assert slug_from_name("x" * 245 + " and more", ID) == "x" * 245


class TestSlugCandidates:
    def test_numbers_the_first_candidates(self):
        assert list(slug_candidates("Mug", ID))[:5] == ["mug", "mug-2", "mug-3", "mug-4", "mug-5"]

    def test_continues_with_random_suffixes(self):
        random = [slug for _ in range(20) for slug in list(slug_candidates("Mug", ID))[5:]]

        assert len(set(random)) == len(random) >= 20

    def test_skips_a_name_with_the_shape_of_an_id(self):
        assert next(slug_candidates(str(ID), ID)) == f"{ID}-2"

    def test_differs_for_long_names_too(self):
        slugs = list(slug_candidates("x" * 300, ID))

        assert len(set(slugs)) == len(slugs)

    @given(st.text(max_size=300))
    def test_are_valid_for_any_name(self, name):
        assert all(is_valid_slug(slug) for slug in slug_candidates(name, ID))
