"""The order of names: our own collation on SQLite, ICU's on PostgreSQL."""

from functools import cmp_to_key
from random import Random

import pytest
from django.db import connection

from categories.models import Category
from core.db.collation import compare
from products.models import Product

ALPHABETS = {
    "ascii": "".join(map(chr, range(0x20, 0x7F))),
    "latin": "abcdeABCDEéÉèÈêËäÄöÖüÜßæÆøØåÅñÑçÇœŒłŁđĐðÐþÞšŠžŽčČřŘőŐűŰğĞıİşŞățȚĄąĘęŻżźŹńŃ ",
    "short": "aAbBéÉäÄßsS",
    "greek": "αβγΑΒάΆέΈςσΣΩωϊΐΰ Ώ",
    "cyrillic": "абвгдеёжзийклмнопрстуфхцчшщъыьэюяАБВЁЙЯіїєґІЇЄҐўЎјљњћђџќѓ ",
    "digits and signs": "aAbB0123456789-_.,:;'\"!?()&/ +%€$£½²³™°×÷©®…“”‘’«»–—•",
    "scripts": "日本語茶碗かきくけこアイウカナ中文杯한국어컵AbあいうЯאבגדباქართულիայ",
}
NAMES = ["Äpfel", "apple", "Banana", "Zebra", "zoo"]  # f stands before p


def words(alphabet: str) -> list[str]:
    random = Random(alphabet)
    return sorted({"".join(random.choices(alphabet, k=random.randint(1, 6))) for _ in range(1_000)})


class TestCompare:
    @pytest.mark.parametrize(
        "names",
        [
            NAMES,
            ["", " a", "-a", "1", "10", "2", "a", "A", "ä", "Ä", "aa", "b", "z", "α", "я", "日"],
            ["cote", "coté", "côte", "côté"],
            ["role", "Role", "rôle", "roles"],
            ["Straße", "Strassen", "strasz"],
            ["ία", "Ία", "ίαβ"],
            ["ели", "елка", "ёлка", "Ёлка", "ия", "йа"],
            ["1", "١", "2"],
            ["a", "ａ", "A", "b"],
        ],
    )
    def test_compares_letters_then_accents_then_case(self, names: list[str]):
        shuffled = names[::-1]

        assert sorted(shuffled, key=cmp_to_key(compare)) == names

    @pytest.mark.parametrize("pair", [("a", "a\u200b"), ("e\u0301", "\xe9"), ("", "\u200b")])
    def test_distinguishes_different_texts(self, pair: tuple[str, str]):
        assert compare(*pair) == -compare(*reversed(pair)) != 0

    @pytest.mark.postgres
    @pytest.mark.django_db
    @pytest.mark.parametrize("alphabet", ALPHABETS.values(), ids=ALPHABETS.keys())
    def test_agrees_with_icu(self, alphabet: str):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT word FROM unnest(%s) AS word ORDER BY word COLLATE catalog_unicode",
                [words(alphabet)],
            )
            by_icu = [word for (word,) in cursor]

        assert sorted(by_icu, key=cmp_to_key(compare)) == by_icu


@pytest.mark.django_db
class TestOrderingByName:
    @pytest.fixture(autouse=True)
    def rows(self, db: None) -> None:
        for number, name in enumerate(["zoo", "Banana", "apple", "Äpfel", "Zebra"]):
            Product.objects.bulk_create([Product(name=name, slug=f"p-{number}", price=1)])
            Category.objects.bulk_create([Category(name=name, slug=f"c-{number}")])

    @pytest.mark.parametrize("url", ["/api/products/", "/api/categories/"])
    def test_is_the_unicode_collation(self, api, url: str):
        up = api.get(f"{url}?ordering=name").json()["results"]
        down = api.get(f"{url}?ordering=-name").json()["results"]

        assert [row["name"] for row in up] == NAMES
        assert [row["name"] for row in down] == NAMES[::-1]

    @pytest.mark.parametrize("url", ["/api/products/", "/api/categories/"])
    def test_is_consistent_across_pages_in_both_directions(self, api, url: str):
        link, there = f"{url}?ordering=name&cursor=&page_size=1", []
        while link:
            page = api.get(link).json()
            there, link, last = [*there, page["results"][0]["name"]], page["next"], page
        back = []
        while last["previous"]:
            last = api.get(last["previous"]).json()
            back.append(last["results"][0]["name"])

        assert (there, back) == (NAMES, NAMES[-2::-1])

    def test_is_the_order_of_siblings_in_the_tree(self, api):
        assert [node["name"] for node in api.get("/api/categories/tree/").json()] == NAMES
