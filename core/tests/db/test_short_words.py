"""Search for words without three letters in a row, the same on both databases."""

from random import Random

import pytest
from django.db import connection

from core.db.search import fold, search_words
from core.db.short_words import is_short, letters_of
from products.models import Product
from products.tests.factories import make_product

pytestmark = pytest.mark.django_db


def make_mugs() -> None:
    """Create 5,000 mugs, and one with rare letters."""
    Product.objects.bulk_create(
        Product(name=f"Mug {number}", slug=f"mug-{number}", price=1) for number in range(5_000)
    )
    make_product(name="Mug Ж qj")
    with connection.cursor() as cursor:
        # PostgreSQL avoids a GIN index that has a long list of pending entries.
        cursor.execute("SELECT gin_clean_pending_list('product_letters')")
        cursor.execute("ANALYZE products_product")


class TestSearchWords:
    def test_drops_words_that_others_contain(self):
        assert search_words("Mug m smug ug smug") == ["smug"]

    def test_keeps_each_letter_once(self):
        assert search_words("b a b c a") == ["a", "b", "c"]


class TestIsShort:
    @pytest.mark.parametrize("word", ["a", "ж", "ab", "日本", "c++", "a-b", "--------", "ab_cd"])
    def test_is_true_without_three_letters_in_a_row(self, word: str):
        assert is_short(word)

    @pytest.mark.parametrize("word", ["abc", "a-bcd", "123", "кружка", "日本語"])
    def test_is_false_with_three(self, word: str):
        assert not is_short(word)


class TestLettersOf:
    def test_returns_the_pairs_of_words_and_single_letters(self):
        assert letters_of(["x", "ab", "c++", "b"]) == ["c+", "ab", "++", "x", "b"]


class TestSearch:
    @pytest.mark.parametrize("alphabet", ["ab", "aж本🫖 ", "%_\\'\"x "])
    def test_finds_what_contains_the_words(self, alphabet: str):
        random = Random(alphabet)
        texts = {"".join(random.choices(alphabet, k=random.randint(1, 9))) for _ in range(60)}
        names = sorted({text.strip() for text in texts} - {""})
        for number, name in enumerate(names):
            make_product(name=name, slug=f"p-{number}")

        for search in ["a", "ab", "ba", "aж", "本", "本🫖", "%", "_", "\\", "x '", "a b", "bb"]:
            expected = [
                name for name in names if all(word in fold(name) for word in search.split())
            ]
            found = Product.objects.search(search).values_list("name", flat=True)
            assert sorted(found) == expected, search

    @pytest.mark.postgres
    @pytest.mark.parametrize("search", ["ж", "qj", "mug ж"])
    def test_reads_the_rows_of_rare_letters_only(self, search: str):
        make_mugs()

        plan = Product.objects.search(search).explain()

        assert "product_letters" in plan

    @pytest.mark.postgres
    def test_looks_for_the_rarest_of_many_letters(self):
        make_mugs()

        assert "@> '{q,ж," in Product.objects.search("m u g 1 ж q").explain()

    @pytest.mark.postgres
    def test_walks_for_frequent_letters(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr("core.db.short_words.MAX_FREQUENT", 1_000)
        make_mugs()

        assert "catalog_letters" not in str(Product.objects.search("m").query)
        assert "catalog_letters" in str(Product.objects.search("x").query)
