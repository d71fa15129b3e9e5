"""Files are stored before the transaction of their row."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone
from uuid_utils.compat import uuid7

from core.errors import SlugConflict
from core.models import IdempotencyRecord, OrphanedFile
from core.storage.filesystem import AtomicFileSystemStorage
from products.models import Product
from products.services import update_product
from products.services.garbage_collection import delete_orphan
from products.services.uploads import stored_image
from products.tests.factories import make_product
from tests.support.images import png, upload

URL = "/api/products/"
FORM = {"name": "Mug", "price": "1"}


class RecordingStorage(AtomicFileSystemStorage):
    """Records for each file that is saved whether a transaction was open, and which keys were."""

    def __init__(self) -> None:
        super().__init__()
        self.saved_in_transaction: list[bool] = []
        self.during_save: Callable[[], object] = lambda: None

    def _save(self, name, content):
        self.saved_in_transaction.append(connection.in_atomic_block)
        self.during_save()
        return super()._save(name, content)


@pytest.fixture
def storage(monkeypatch) -> RecordingStorage:
    storage = RecordingStorage()
    monkeypatch.setattr(default_storage, "_wrapped", storage)
    return storage


@pytest.mark.django_db(transaction=True)
class TestTransactions:
    @pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "k"}])
    def test_none_is_open_while_an_image_of_a_new_product_is_stored(
        self, api, storage: RecordingStorage, headers: dict[str, str]
    ):
        form = FORM | {"image": upload(png())}
        response = api.post(URL, form, format="multipart", headers=headers)

        assert (response.status_code, storage.saved_in_transaction) == (201, [False])
        assert default_storage.exists(Product.objects.get().image.name)

    def test_none_is_open_while_an_image_is_replaced(self, api, storage: RecordingStorage):
        make_product(slug="mug")

        api.put(f"{URL}mug/image/", png(), content_type="image/png")
        api.patch(f"{URL}mug/", {"image": upload(png(size=(9, 7)))}, format="multipart")

        assert storage.saved_in_transaction == [False, False]

    def test_the_key_is_in_use_while_the_image_is_stored(self, api, storage: RecordingStorage):
        responses = []

        def post():
            form = FORM | {"image": upload(png())}
            return api.post(URL, form, format="multipart", headers={"Idempotency-Key": "k"})

        storage.during_save = lambda: responses.append(post())
        first, (second,) = post(), responses

        assert (first.status_code, second.status_code) == (201, 409)
        assert (second.json()["code"], second["Retry-After"]) == ("idempotency-in-progress", "1")
        assert post()["Idempotent-Replayed"] == "true"

    def test_the_effect_is_rolled_back_if_the_lease_has_ended(self, api, storage: RecordingStorage):
        responses = []

        def post():
            form = FORM | {"image": upload(png())}
            return api.post(URL, form, format="multipart", headers={"Idempotency-Key": "k"})

        def be_slow():
            storage.during_save = lambda: None
            IdempotencyRecord.objects.update(created_at=timezone.now() - timedelta(minutes=1))
            responses.append(post())

        storage.during_save = be_slow
        first, (second,) = post(), responses

        assert (first.status_code, second.status_code) == (409, 201)
        assert post().json() == second.json()
        assert Product.objects.get().slug == "mug"


@pytest.mark.django_db
class TestStoredImage:
    def test_is_stored_in_the_context(self):
        with stored_image(uuid7(), upload(png())) as stored:
            assert default_storage.exists(stored.name)

    def test_is_deleted_after_an_error(self):
        with pytest.raises(SlugConflict), stored_image(uuid7(), upload(png())) as stored:
            raise SlugConflict("taken", value="mug", holder=None, errors=[])

        assert not default_storage.exists(stored.name)

    def test_stays_after_an_error_if_the_row_refers_to_it(self):
        product = make_product(image=upload(png()))

        with pytest.raises(SlugConflict), stored_image(product.pk, upload(png())):
            raise SlugConflict("taken", value="mug", holder=None, errors=[])

        assert default_storage.exists(product.image.name)

    def test_stays_after_an_error_until_its_grace_period_ends(self):
        product = make_product(image=upload(png()))
        name = product.image.name
        update_product(product, image=None)

        with pytest.raises(SlugConflict), stored_image(product.pk, upload(png())):
            raise SlugConflict("taken", value="mug", holder=None, errors=[])

        assert OrphanedFile.objects.get().name == name
        assert default_storage.exists(name)

    def test_is_stored_again_if_it_was_collected_meanwhile(self):
        with stored_image(uuid7(), upload(png())) as stored:
            assert delete_orphan(stored.name, timezone.now())

        assert default_storage.open(stored.name).read() == png()

    def test_is_yielded_as_it_is_if_it_is_stored(self):
        with (
            stored_image(uuid7(), ContentFile(png())) as outer,
            stored_image(outer.product_id, outer) as inner,
        ):
            assert inner is outer
