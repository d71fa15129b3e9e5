import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from core.models import IdempotencyRecord
from core.models.idempotency_record import CLAIM_LEASE, RUNNING
from products.models import Product
from products.services import delete_product
from products.tests.factories import make_product
from tests.support.images import png, upload

pytestmark = pytest.mark.django_db

URL = "/api/products/"
BODY = {"name": "Mug", "price": "1.00", "attributes": {"a": 1}}


def post(api, url: str = URL, body: Any = BODY, key: str = "k", **options: Any):
    return api.post(url, body, headers={"Idempotency-Key": key}, **options)


class TestIdempotent:
    def test_replays_the_response_without_an_effect(self, api):
        first, second = post(api), post(api)

        assert (first.status_code, second.status_code) == (201, 201)
        assert first.json() == second.json()
        assert first["Location"] == second["Location"]
        assert (first.get("Idempotent-Replayed"), second["Idempotent-Replayed"]) == (None, "true")
        assert Product.objects.count() == 1

    def test_replays_the_first_response_after_an_update(self, api):
        post(api)
        api.patch(f"{URL}mug/", {"price": "2.00"})

        assert post(api).json()["price"] == "1.00"

    def test_ignores_the_order_of_names_in_the_body(self, api):
        post(api)
        other_way_round = json.dumps(dict(reversed(BODY.items())), indent=3)

        response = post(api, body=other_way_round, content_type="application/json")

        assert response["Idempotent-Replayed"] == "true"

    @pytest.mark.parametrize(
        "body", [BODY | {"price": "1.01"}, BODY | {"stock": 1}, {}, [], BODY | {"attributes": {}}]
    )
    def test_rejects_the_key_for_another_body(self, api, body: Any):
        post(api)

        response = post(api, body=body)

        assert (response.status_code, response.json()["code"]) == (422, "idempotency-key-reused")
        assert Product.objects.count() == 1

    @pytest.mark.parametrize(
        "body",
        [
            {"name": "Mug"},
            BODY | {"price": "free"},
            BODY | {"category": "nowhere"},
            BODY | {"slug": "taken"},
            BODY | {"sku": "taken"},
            [],
        ],
    )
    def test_stores_no_error(self, api, body: Any):
        make_product(slug="taken", sku="taken")

        rejected, again, corrected = post(api, body=body), post(api, body=body), post(api)

        assert rejected.status_code == again.status_code in {400, 409}
        assert "Idempotent-Replayed" not in again
        assert corrected.status_code == 201
        assert post(api)["Idempotent-Replayed"] == "true"

    def test_succeeds_once_the_conflict_is_resolved(self, api):
        holder = make_product(slug="mug")
        conflict = post(api, body=BODY | {"slug": "mug"})
        delete_product(holder)

        assert conflict.status_code == 409
        assert post(api, body=BODY | {"slug": "mug"}).status_code == 201

    def test_replays_no_stored_error(self, api):
        post(api)
        IdempotencyRecord.objects.update(status=409)

        assert post(api).status_code == 201
        assert IdempotencyRecord.objects.get().status == 201

    def test_stores_no_internal_error(self, api, settings):
        form = BODY | {"attributes": "{}"}
        folder, settings.MEDIA_ROOT = settings.MEDIA_ROOT, "/dev/null/nowhere"
        failed = post(api, body=form | {"image": upload(png())}, format="multipart")
        settings.MEDIA_ROOT = folder
        worked = post(api, body=form | {"image": upload(png())}, format="multipart")

        assert (failed.status_code, worked.status_code) == (507, 201)
        assert "Idempotent-Replayed" not in worked

    def test_rolls_back_a_rejected_request(self, api):
        post(api, body=BODY | {"category": "nowhere"})

        assert not Product.all_objects.exists()
        assert not IdempotencyRecord.objects.exists()

    def test_compares_the_image_of_a_form(self, api):
        form = {"name": "Mug", "price": "1"}
        first = post(api, body=form | {"image": upload(png())}, format="multipart")
        same = post(api, body=form | {"image": upload(png(), "other.png")}, format="multipart")
        other = post(api, body=form | {"image": upload(png((9, 9)))}, format="multipart")

        assert first.json() == same.json()
        assert other.status_code == 422
        assert default_storage.exists(Product.objects.get().image.name)

    def test_rejects_a_key_that_is_claimed(self, api):
        IdempotencyRecord.objects.create(key="k", path=URL, status=RUNNING)

        response = post(api)

        assert (response.status_code, response.json()["code"]) == (409, "idempotency-in-progress")
        assert response["Retry-After"] == "1"
        assert not Product.objects.exists()

    def test_accepts_the_key_of_a_crashed_request_after_its_lease(self, api):
        claimed_at = timezone.now() - CLAIM_LEASE
        IdempotencyRecord.objects.create(key="k", path=URL, status=RUNNING, created_at=claimed_at)

        assert post(api).status_code == 201
        assert post(api)["Idempotent-Replayed"] == "true"
        assert IdempotencyRecord.objects.get().created_at > claimed_at

    def test_makes_the_same_statements_for_each_new_key(self, api, django_assert_num_queries):
        # claim; in savepoints: lock, INSERT of the product, UPDATE of the record
        with django_assert_num_queries(8):
            post(api)

    def test_scopes_keys_to_a_path(self, api):
        post(api)

        assert post(api, "/api/categories/", {"name": "Mug"}).status_code == 201

    def test_ignores_the_last_slash_of_the_path(self, api):
        post(api)

        assert post(api, URL.rstrip("/"))["Idempotent-Replayed"] == "true"

    def test_expires_after_a_day(self, api):
        post(api)
        IdempotencyRecord.objects.update(created_at=timezone.now() - timedelta(hours=24, seconds=1))

        again = post(api)

        assert (again.status_code, again.json()["slug"]) == (201, "mug-2")
        assert IdempotencyRecord.objects.count() == 1

    def test_is_active_for_a_day(self, api):
        post(api)
        IdempotencyRecord.objects.update(
            created_at=timezone.now() - timedelta(hours=23, minutes=59)
        )

        assert post(api)["Idempotent-Replayed"] == "true"

    @pytest.mark.parametrize("key", ["", "x" * 256, "a\tb", "é"])
    def test_rejects_an_invalid_key(self, api, key: str):
        response = post(api, key=key)

        assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")
        assert not Product.objects.exists()

    @pytest.mark.parametrize("key", ["x" * 255, "a b", "!~", "'; --"])
    def test_accepts_any_other_key(self, api, key: str):
        post(api, key=key)

        assert post(api, key=key)["Idempotent-Replayed"] == "true"

    def test_guards_a_restore(self, api):
        delete_product(make_product(slug="mug"))

        first, second = post(api, f"{URL}mug/restore/", {}), post(api, f"{URL}mug/restore/", {})

        assert (first.status_code, second.status_code) == (200, 200)
        assert Product.objects.get().version == 3

    def test_guards_a_retry(self, api):
        product = make_product(slug="mug", image=upload(png()))
        Product.objects.update(thumbnail_status="failed")

        first, second = (post(api, f"{URL}mug/image/retry/", {}) for _ in range(2))

        assert (first.status_code, second.status_code) == (202, 202)
        assert Product.objects.get(pk=product.pk).version == 2

    def test_ignores_other_methods(self, api):
        make_product(slug="mug")
        for stock in (1, 2):
            api.patch(f"{URL}mug/", {"stock": stock}, headers={"Idempotency-Key": "k"})

        assert Product.objects.get().stock == 2
