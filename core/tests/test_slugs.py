from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.models import new_id
from core.slugs import MAX_LENGTH, candidates, from_name, is_id, is_well_formed

ID = UUID("01935a3c-7d2e-7000-8000-0123456789ab")


class TestIsId:
    @pytest.mark.parametrize(
        "address", [str(ID), ID.hex, str(ID).upper(), pytest.param(str(new_id()), id="new id")]
    )
    def test_is_true_for_an_id_however_it_is_written(self, address):
        assert is_id(address)

    @pytest.mark.parametrize(
        "address",
        ["", "mug", f"{ID}-2", f"{ID}\n", f" {ID}", str(ID)[:-1], "g" * 32, "\uff41" * 8],
    )
    def test_is_false_for_anything_else(self, address):
        assert not is_id(address)

    @given(st.from_regex(r"[0-9a-fA-F-]{32,40}", fullmatch=True))
    def test_is_true_only_for_what_can_be_looked_up(self, address):
        assert not is_id(address) or UUID(address)


class TestIsWellFormed:
    @pytest.mark.parametrize("slug", ["mug", "blue-mug", "7", "mug-2", "a" * MAX_LENGTH])
    def test_takes_letters_and_digits_in_groups(self, slug):
        assert is_well_formed(slug)

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
            "a" * (MAX_LENGTH + 1),
        ],
    )
    def test_refuses_what_no_url_should_have(self, slug):
        assert not is_well_formed(slug)

    @pytest.mark.parametrize("slug", [str(ID), ID.hex])
    def test_refuses_what_looks_like_an_id(self, slug):
        assert not is_well_formed(slug)


class TestFromName:
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
    def test_writes_a_name_in_latin_letters(self, name, slug):
        assert from_name(name, ID) == slug

    @pytest.mark.parametrize("name", ["", "!!!", "---", "___", "\u200b", "\0"])
    def test_takes_the_id_where_nothing_readable_is_left(self, name):
        assert from_name(name, ID) == "item-456789ab"

    def test_leaves_room_for_a_suffix(self):
        assert len(from_name("x" * 300, ID)) == MAX_LENGTH - len("-12345678")

    def test_does_not_end_in_a_hyphen_where_it_was_cut(self):
        assert from_name("x" * 245 + " and more", ID) == "x" * 245


class TestCandidates:
    def test_counts_a_little(self):
        assert list(candidates("Mug", ID))[:5] == ["mug", "mug-2", "mug-3", "mug-4", "mug-5"]

    def test_goes_on_with_suffixes_that_nobody_else_draws(self):
        drawn = [slug for _ in range(20) for slug in list(candidates("Mug", ID))[5:]]

        assert len(set(drawn)) == len(drawn) >= 20

    def test_skips_a_name_that_looks_like_an_id(self):
        assert next(candidates(str(ID), ID)) == f"{ID}-2"

    def test_differs_for_long_names_too(self):
        slugs = list(candidates("x" * 300, ID))

        assert len(set(slugs)) == len(slugs)

    @given(st.text(max_size=300))
    def test_is_well_formed_whatever_the_name(self, name):
        assert all(is_well_formed(slug) for slug in candidates(name, ID))
