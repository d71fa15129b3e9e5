"""Text search, with the same result on both databases."""

from importlib import import_module
from unicodedata import normalize

import pytest
from django.apps import apps
from django.db import connection
from hypothesis import given, strategies

from categories.models import Category
from categories.tests.factories import make_category
from core.db.search import fold
from products.models import Product
from products.services import update_product
from products.tests.factories import make_product
from tests.support.responses import list_names

pytestmark = pytest.mark.django_db

URL, CATEGORIES = "/api/products/", "/api/categories/"


class TestFold:
    @pytest.mark.parametrize(
        ("text", "folded"),
        [
            ("Blue MUG", "blue mug"),
            ("КРУЖКА", "кружка"),
            ("\u0130stanbul", "istanbul"),
            ("I\u0307stanbul", "istanbul"),
            ("I\u015eIK \u0131\u015f\u0131k", "i\u015fik i\u015fik"),
            ("Straße STRASSE STRA\u1e9eE", "strasse strasse strasse"),
            ("ΟΔΟΣ οδος", "οδοσ οδοσ"),
            ("Cafe\u0301", "caf\xe9"),
            ("\ufb01n", "fin"),
            ("\uff21\uff22\uff23", "abc"),
            ("\uff76\uff9e", "\u30ac"),
            ("a\u200bb\u2060c\ufeffd\xade", "abcde"),
            ("\u2764\ufe0f", "\u2764"),
            ("\u1e9b\u0323", "\u1e69"),
        ],
    )
    def test_folds_spellings_of_the_same_letters(self, text: str, folded: str):
        assert fold(text) == folded

    @given(strategies.text())
    def test_is_idempotent(self, text: str):
        assert fold(fold(text)) == fold(text)

    @given(strategies.text())
    def test_ignores_the_normalization_form(self, text: str):
        forms = {fold(normalize(form, text)) for form in ("NFC", "NFD")}
        assert len(forms) == 1


class TestSearch:
    @pytest.mark.parametrize(
        ("name", "search"),
        [
            ("Blue mug", "BLUE"),
            ("Café crème", "CAFÉ"),
            ("CAFÉ CRÈME", "café crème"),
            ("Cafe\u0301", "Caf\xe9"),
            ("Caf\xe9", "cafe\u0301"),
            ("Straße", "STRAßE"),
            ("Straße", "strasse"),
            ("STRASSE", "straße"),
            ("\u0130stanbul", "istanbul"),
            ("istanbul", "\u0130STANBUL"),
            ("DIYARBAKIR", "diyarbak\u0131r"),
            ("Mi\u017ft", "mist"),
            ("Ελλάδα", "ΕΛΛΆΔΑ"),
            ("ΟΔΟΣ ΒΓ", "οδοσ"),
            ("οδος", "ΟΔΟΣ"),
            ("КРУЖКА", "кружка"),
            ("Чашка синяя", "чАШКА"),
            ("\u0531\u0532\u0533", "\u0561\u0562\u0563"),
            ("\U00010400", "\U00010428"),
            ("Ölkanne", "öl"),
            ("日本の茶碗", "茶碗"),
            ("Mug 🫖", "🫖"),
            ("Blue\u200bberry", "blueberry"),
            ("Blueberry", "blue\u200b\xadberry"),
            ("a" * 255, "a" * 200),
        ],
    )
    def test_ignores_case_and_form_in_any_script(self, api, name: str, search: str):
        make_product(name=name)
        make_category(name)

        assert list_names(api, search=search) == list_names(api, url=CATEGORIES, search=search)
        assert len(list_names(api, search=search)) == 1

    @pytest.mark.parametrize(
        ("name", "search"), [("Cafe", "Café"), ("Café", "cafe"), ("mug", "mugs"), ("0", "O")]
    )
    def test_distinguishes_letters(self, api, name: str, search: str):
        make_product(name=name)

        assert list_names(api, search=search) == []

    def test_finds_new_text_and_no_replaced_text(self, api):
        product = make_product(name="Blue mug", description="For tea")
        url = f"{URL}{product.slug}/"
        api.patch(url, {"name": "Кружка"})
        api.patch(url, {"sku": "M-1"})

        assert list_names(api, search="КРУЖКА TEA m-1") == ["Кружка"]
        assert list_names(api, search="blue") == []

    def test_finds_the_text_of_two_concurrent_changes(self, api):
        product = make_product(name="Blue mug", description="For tea")
        as_read = Product.objects.get(pk=product.pk)
        update_product(product, name="Red cup")
        update_product(as_read, description="For coffee")

        assert list_names(api, search="red coffee") == ["Red cup"]
        assert list_names(api, search="blue") == list_names(api, search="tea") == []

    def test_finds_rows_of_a_bulk_insert(self, api):
        Product.objects.bulk_create([Product(name="КРУЖКА", slug="a", price=1)])

        assert list_names(api, search="кружка") == ["КРУЖКА"]

    def test_does_not_read_the_folded_text(self, api, django_assert_num_queries):
        make_product()

        with django_assert_num_queries(2) as queries:
            list_names(api)
        assert not any("search_text" in query["sql"] for query in queries)

    @pytest.mark.parametrize(
        "character", [*"%_\\*?.+^$|()[]{}'\"-#&~;:/", "\\d", "\\\\", "%%", ".*", "[a-z]", "(?i)"]
    )
    def test_matches_special_characters_literally(self, api, character: str):
        make_product(name="Plain words")
        make_product(name=f"Odd{character}words")

        assert list_names(api, search=f"d{character}w") == [f"Odd{character}words"]

    @pytest.mark.parametrize("where", ["name", "sku", "description"])
    def test_searches_every_field(self, api, where: str):
        make_product(**({"name": "Mug"} | {where: "Needle"}))

        assert len(list_names(api, search="needle")) == 1

    def test_requires_every_word_in_any_field(self, api):
        make_product(name="Blue mug", sku="M-1", description="For tea")
        make_product(name="Blue cup")

        assert list_names(api, search="tea blue m-1") == ["Blue mug"]
        assert list_names(api, search="tea cup") == []

    @pytest.mark.parametrize("space", ["\t", "\n", "\u00a0", "\u3000", "   "])
    def test_splits_words_at_any_white_space(self, api, space: str):
        make_product(name="Blue mug")

        assert list_names(api, search=f"{space}mug{space}blue{space}") == ["Blue mug"]

    def test_matches_everything_without_a_word(self, api):
        make_product(name="Mug")

        assert list_names(api, search="  ") == list_names(api, search="") == ["Mug"]


@pytest.mark.parametrize("app", ["products", "categories"])
def test_the_migration_fills_existing_rows(api, monkeypatch, app: str):
    monkeypatch.setattr("core.db.search.BATCH_SIZE", 2)
    for number in range(5):
        make_product(name=f"КРУЖКА {number}", sku=f"S-{number}")
        make_category(f"КРУЖКА {number}")
    model = {"products": Product, "categories": Category}[app]
    filled = set(model.objects.values_list("pk", "search_text"))
    model.objects.update(search_text="")

    number = {"products": "0005", "categories": "0004"}[app]
    import_module(f"{app}.migrations.{number}_fill_search_text").fill(apps, None)

    assert set(model.objects.values_list("pk", "search_text")) == filled


@pytest.mark.postgres
class TestIndexes:
    def test_are_used_for_searches(self):
        Product.objects.bulk_create(
            Product(name="Mug", slug=f"p-{number}", price=1, description=f"{number} " * 99)
            for number in range(5_000)
        )
        with connection.cursor() as cursor:
            # PostgreSQL avoids a GIN index that has a long list of pending entries.
            cursor.execute("SELECT gin_clean_pending_list('product_search')")
            cursor.execute("ANALYZE products_product")

        plan = Product.objects.filter(search_text__contains="needle").explain()
        assert "product_search" in plan
