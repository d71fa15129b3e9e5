import pytest

from core.images import InvalidImage
from products import services
from products.models import Product, ThumbnailStatus
from products.tests.factories import make_product
from tests.support.forms import messages, read_form, submit
from tests.support.pictures import png, undecodable, upload

pytestmark = pytest.mark.django_db

LIST = "/admin/products/product/"


def act(client, action: str, *products: Product, url: str = LIST, **values: str):
    """Send an action of the list, and follow to the list that reports on it."""
    chosen = [str(product.pk) for product in products]
    form = {"action": action, "_selected_action": chosen, **values}
    return client.post(url, form, follow=True)


def make_failed(name: str) -> Product:
    product = make_product(name, image=upload(undecodable()))
    with pytest.raises(InvalidImage):
        services.thumbnails.attach_thumbnail(product_id=product.pk)
    product.refresh_from_db()
    return product


class TestList:
    def test_shows_live_products_unless_asked_for_deleted_ones(self, admin_client):
        make_product(name="Live one")
        services.delete_product(make_product(name="Deleted one"))

        assert b"Deleted one" not in admin_client.get(LIST).content
        assert b"Deleted one" in admin_client.get(f"{LIST}?deleted=only").content

    @pytest.mark.parametrize("words", ["КРУЖКА", "синяя кружка", "cafe\u0301", "sku-1", "kruzhka"])
    def test_searches_as_the_api_does(self, admin_client, words: str):
        make_product("Синяя кружка", description="Café", sku="SKU-1", slug="kruzhka")
        make_product("Spade")

        page = admin_client.get(LIST, {"q": words})

        assert page.context["cl"].result_count == 1

    def test_needs_no_more_queries_for_more_rows(self, admin_client, django_assert_max_num_queries):
        for number in range(30):
            make_product(name=f"Mug {number}")

        with django_assert_max_num_queries(8):
            admin_client.get(LIST)


class TestDelete:
    def test_says_what_can_be_undone(self, admin_client):
        product = make_product()

        page = admin_client.get(f"{LIST}{product.pk}/delete/").content.decode()

        assert "can be restored" in page
        assert "SKU" in page

    def test_deletes_through_the_service(self, admin_client):
        product = make_product()

        submit(admin_client, f"{LIST}{product.pk}/delete/")

        product.refresh_from_db()
        assert not product.is_live
        assert product.deletion_id

    def test_says_that_it_was_deleted_already(self, admin_client):
        product = make_product()
        services.delete_product(product)

        response = admin_client.get(f"{LIST}{product.pk}/delete/", follow=True)

        assert messages(response) == ["“Blue mug” is already deleted."]

    def test_rejects_a_strategy_that_does_not_exist(self, admin_client):
        product = make_product()

        response = admin_client.post(f"{LIST}{product.pk}/delete/", {"strategy": "burn"})

        assert response.status_code == 400
        assert Product.objects.exists()


class TestDeleteSelected:
    def test_asks_first(self, admin_client):
        product = make_product()

        page = act(admin_client, "delete_selected", product)

        assert read_form(page)["_selected_action"] == str(product.pk)
        assert Product.objects.exists()

    def test_gives_each_a_deletion_of_its_own(self, admin_client):
        products = [make_product(name) for name in ("One", "Two", "Three")]

        page = act(admin_client, "delete_selected", *products)
        response = admin_client.post(LIST, read_form(page), follow=True)

        deletions = Product.all_objects.deleted().values_list("deletion_id", flat=True)
        assert len(set(deletions)) == 3
        assert messages(response) == ["3 products deleted."]

    def test_does_nothing_with_more_than_it_can_do(self, admin_client, monkeypatch):
        monkeypatch.setattr("core.admin.actions.MAX_ROWS", 2)
        products = [make_product(name) for name in ("One", "Two", "Three")]

        response = act(admin_client, "delete_selected", *products, post="yes")

        assert messages(response) == ["Nothing was done. Select at most 2 products at once."]
        assert Product.objects.count() == 3

    def test_says_what_is_left_when_the_time_is_up(self, admin_client, monkeypatch):
        monkeypatch.setattr("core.admin.actions.MAX_SECONDS", -1)

        response = act(admin_client, "delete_selected", make_product(), post="yes")

        assert messages(response) == ["Not deleted yet: 1. Repeat the action for them."]

    def test_leaves_a_log_entry_for_each(self, admin_client):
        products = [make_product(name) for name in ("One", "Two")]

        act(admin_client, "delete_selected", *products, post="yes")
        history = admin_client.get(f"{LIST}{products[0].pk}/history/")

        assert [entry.is_deletion() for entry in history.context["action_list"]] == [True]


class TestRestore:
    def test_says_what_was_done_and_what_was_not(self, admin_client):
        live, free, taken = make_product("Live"), make_product("Free"), make_product("Taken")
        services.delete_product(free)
        services.delete_product(taken)
        holder = make_product("Holder", slug="taken")

        response = act(admin_client, "restore", live, free, taken, url=f"{LIST}?deleted=include")

        said = messages(response)
        assert said[0] == "1 product restored."
        assert any("Live" in text and "not deleted" in text for text in said[1:])
        assert any(str(taken.pk) in text and str(holder.pk) in text for text in said[1:])
        assert set(Product.objects.values_list("slug", flat=True)) == {"live", "free", "taken"}
        assert Product.objects.get(slug="taken") == holder

    def test_renames_what_is_taken_where_asked_to(self, admin_client):
        product = make_product("Mug", sku="MUG-1")
        services.delete_product(product)
        make_product("Holder", slug="mug", sku="MUG-1")

        response = act(admin_client, "restore_renamed", product, url=f"{LIST}?deleted=only")

        product.refresh_from_db()
        assert product.is_live
        done, renamed = messages(response)
        assert done == "1 product restored."
        assert "“mug”" in renamed
        assert f"“{product.slug}”" in renamed
        assert "“MUG-1”" in renamed

    def test_names_a_few_reasons_and_counts_the_rest(self, admin_client, monkeypatch):
        monkeypatch.setattr("core.admin.actions.MAX_MESSAGES", 1)
        products = [make_product(name) for name in ("One", "Two", "Three")]

        response = act(admin_client, "restore", *products, url=f"{LIST}?deleted=include")

        assert messages(response)[1:] == ["Not restored: 2 more."]


class TestRetryThumbnails:
    def test_says_which_were_queued_and_which_were_not(self, admin_client):
        failed, pending = make_failed("Failed"), make_product("Pending", image=upload(png()))

        response = act(admin_client, "retry_thumbnails", failed, pending, make_product("None"))

        failed.refresh_from_db()
        assert failed.thumbnail_status == ThumbnailStatus.PENDING
        done, *rejected = messages(response)
        assert done == "1 product queued for a new thumbnail."
        assert len(rejected) == 2

    def test_leaves_a_deleted_product_alone(self, admin_client):
        failed = make_failed("Failed")
        services.delete_product(failed)

        response = act(admin_client, "retry_thumbnails", failed, url=f"{LIST}?deleted=only")

        failed.refresh_from_db()
        assert failed.thumbnail_status == ThumbnailStatus.FAILED
        assert "deleted" in messages(response)[0]
