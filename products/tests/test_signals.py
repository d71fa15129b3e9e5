from ssl import SSLCertVerificationError
from typing import Any

import pytest
from kombu.exceptions import EncodeError, OperationalError
from redis.exceptions import BusyLoadingError, ReadOnlyError

from products.models import Product
from tests.support.images import png, upload


@pytest.mark.usefixtures("closed_circuit")
@pytest.mark.django_db(transaction=True)
class TestEnqueueThumbnail:
    @pytest.mark.parametrize(
        "error",
        [
            OperationalError("unavailable"),
            EncodeError("no JSON"),
            ReadOnlyError("a replica"),
            BusyLoadingError("loading"),
            SSLCertVerificationError("self-signed"),
            ConnectionResetError(),
            TypeError("unexpected keyword argument 'socket_timeout'"),
            ValueError("no port"),
            KeyError("hostname"),
            RuntimeError(),
        ],
        ids=lambda error: type(error).__name__,
    )
    def test_never_fails_the_request(self, api, monkeypatch, caplog, error):
        def fail(*args: Any, **kwargs: Any) -> None:
            raise error

        monkeypatch.setattr("celery.app.task.Task.apply_async", fail)

        response = api.post(
            "/api/products/", {"name": "Mug", "price": "1", "image": upload(png())}, "multipart"
        )

        assert response.status_code == 201
        assert Product.objects.get().thumbnail_status == "pending"
        assert "generate_thumbnail" in caplog.text
