import pytest

from core.images import InvalidImage
from products import services
from products.models import Product, ThumbnailStatus
from products.tests.factories import make_product
from tests.support.html_forms import messages, read_form, submit
from tests.support.images import png, undecodable, upload

pytestmark = pytest.mark.django_db

LIST = "/admin/products/product/"


def run_action(client, action: str, *products: Product, url: str = LIST, **values: str):
    """Run an action on the selected products, and return the change list after it."""
    selected = [str(product.pk) for product in products]
    form = {"action": action, "_selected_action": selected, **values}
    return client.post(url, form, follow=True)


def make_failed(name: str) -> Product:
    product = make_product(name, image=upload(undecodable()))
    with pytest.raises(InvalidImage):
        services.thumbnails.attach_thumbnail(product_id=product.pk)
    product.refresh_from_db()
    return product


class TestList:
    def test_shows_live_products_by_default(self, admin_client):
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

    def test_runs_a_constant_number_of_queries(self, admin_client, django_assert_max_num_queries):
        for number in range(30):
            make_product(name=f"Mug {number}")

        with django_assert_max_num_queries(8):
            admin_client.get(LIST)


class TestDelete:
    def test_explains_restoring(self, admin_client):
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

    def test_redirects_if_the_product_is_already_deleted(self, admin_client):
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
    def test_asks_for_confirmation(self, admin_client):
        product = make_product()

        page = run_action(admin_client, "delete_selected", product)

        assert read_form(page)["_selected_action"] == str(product.pk)
        assert Product.objects.exists()

    def test_deletes_each_product_as_a_separate_deletion(self, admin_client):
        products = [make_product(name) for name in ("One", "Two", "Three")]

        page = run_action(admin_client, "delete_selected", *products)
        response = admin_client.post(LIST, read_form(page), follow=True)

        deletions = Product.all_objects.deleted().values_list("deletion_id", flat=True)
        assert len(set(deletions)) == 3
        assert messages(response) == ["3 products deleted."]

    def test_rejects_too_many_rows(self, admin_client, monkeypatch):
        monkeypatch.setattr("core.admin.actions.MAX_ROWS", 2)
        products = [make_product(name) for name in ("One", "Two", "Three")]

        response = run_action(admin_client, "delete_selected", *products, post="yes")

        assert messages(response) == ["Nothing was done. Select at most 2 products at once."]
        assert Product.objects.count() == 3

    def test_reports_rows_that_were_skipped_at_the_deadline(self, admin_client, monkeypatch):
        monkeypatch.setattr("core.admin.actions.MAX_SECONDS", -1)

        response = run_action(admin_client, "delete_selected", make_product(), post="yes")

        assert messages(response) == ["Not deleted yet: 1. Repeat the action for them."]

    def test_logs_each_deletion(self, admin_client):
        products = [make_product(name) for name in ("One", "Two")]

        run_action(admin_client, "delete_selected", *products, post="yes")
        history = admin_client.get(f"{LIST}{products[0].pk}/history/")

        assert [entry.is_deletion() for entry in history.context["action_list"]] == [True]


class TestRestore:
    def test_reports_successes_and_failures(self, admin_client):
        live, free, taken = make_product("Live"), make_product("Free"), make_product("Taken")
        services.delete_product(free)
        services.delete_product(taken)
        holder = make_product("Holder", slug="taken")

        response = run_action(
            admin_client, "restore", live, free, taken, url=f"{LIST}?deleted=include"
        )

        first, *others = messages(response)
        assert first == "1 product restored."
        assert any("Live" in text and "not deleted" in text for text in others)
        assert any(str(taken.pk) in text and str(holder.pk) in text for text in others)
        assert set(Product.objects.values_list("slug", flat=True)) == {"live", "free", "taken"}
        assert Product.objects.get(slug="taken") == holder

    def test_replaces_taken_values_on_request(self, admin_client):
        product = make_product("Mug", sku="MUG-1")
        services.delete_product(product)
        make_product("Holder", slug="mug", sku="MUG-1")

        response = run_action(admin_client, "restore_renamed", product, url=f"{LIST}?deleted=only")

        product.refresh_from_db()
        assert product.is_live
        success, renamed = messages(response)
        assert success == "1 product restored."
        assert "“mug”" in renamed
        assert f"“{product.slug}”" in renamed
        assert "“MUG-1”" in renamed

    def test_limits_the_number_of_messages(self, admin_client, monkeypatch):
        monkeypatch.setattr("core.admin.actions.MAX_MESSAGES", 1)
        products = [make_product(name) for name in ("One", "Two", "Three")]

        response = run_action(admin_client, "restore", *products, url=f"{LIST}?deleted=include")

        assert messages(response)[1:] == ["Not restored: 2 more."]


class TestRetryThumbnails:
    def test_reports_successes_and_failures(self, admin_client):
        failed, pending = make_failed("Failed"), make_product("Pending", image=upload(png()))

        response = run_action(
            admin_client, "retry_thumbnails", failed, pending, make_product("None")
        )

        failed.refresh_from_db()
        assert failed.thumbnail_status == ThumbnailStatus.PENDING
        success, *errors = messages(response)
        assert success == "1 product queued for a new thumbnail."
        assert len(errors) == 2

    def test_ignores_a_deleted_product(self, admin_client):
        failed = make_failed("Failed")
        services.delete_product(failed)

        response = run_action(admin_client, "retry_thumbnails", failed, url=f"{LIST}?deleted=only")

        failed.refresh_from_db()
        assert failed.thumbnail_status == ThumbnailStatus.FAILED
        assert "deleted" in messages(response)[0]
