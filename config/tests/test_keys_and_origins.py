"""Rotation of the secret key, and headers that scripts of other origins may send and read."""

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client

from core.api.openapi.components import REQUEST_HEADERS, RESPONSE_HEADERS
from products.tests.factories import make_product

ORIGIN = "https://shop.example.com"

pytestmark = pytest.mark.django_db


class TestSecretKeyFallbacks:
    def test_keep_cursors(self, api, settings):
        for name in ("Blue mug", "Red mug"):
            make_product(name=name)
        following = api.get("/api/products/?cursor=&page_size=1").json()["next"]
        settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "new"

        assert len(api.get(following).json()["results"]) == 1

    def test_keep_sessions(self, settings):
        client = Client()
        client.force_login(User.objects.create_superuser("ann", password="word"))
        settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "new"

        assert client.get("/admin/").status_code == 200

    def test_are_required_after_a_rotation(self, api, settings):
        for name in ("Blue mug", "Red mug"):
            make_product(name=name)
        following = api.get("/api/products/?cursor=&page_size=1").json()["next"]
        settings.SECRET_KEY = "new"

        assert api.get(following).status_code == 400


class TestCors:
    @pytest.fixture(autouse=True)
    def allow_origin(self, settings):
        settings.CORS_ALLOWED_ORIGINS = [ORIGIN]

    @pytest.mark.parametrize(
        "name", [*(header["name"] for header in REQUEST_HEADERS), "Content-Type", "Range"]
    )
    def test_allows_every_header_that_the_api_documents(self, api, name):
        response = api.options(
            "/api/products/",
            HTTP_ORIGIN=ORIGIN,
            HTTP_ACCESS_CONTROL_REQUEST_METHOD="POST",
            HTTP_ACCESS_CONTROL_REQUEST_HEADERS=name.lower(),
        )

        assert response.status_code == 200
        assert name.lower() in response["Access-Control-Allow-Headers"].split(", ")

    def test_exposes_every_header_that_the_api_documents(self, api):
        response = api.get("/api/products/", HTTP_ORIGIN=ORIGIN)

        assert (
            set(RESPONSE_HEADERS) - set(response["Access-Control-Expose-Headers"].split(", "))
            == set()
        )

    def test_allows_nothing_to_other_origins(self, api):
        response = api.get("/api/products/", HTTP_ORIGIN="https://evil.example.com")

        assert "Access-Control-Allow-Origin" not in response


class TestCreatesuperuser:
    @pytest.mark.parametrize("password", ["password", "12345678", "ann-example", "short"])
    def test_rejects_a_weak_password_of_the_environment(self, monkeypatch, password):
        monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", password)

        with pytest.raises(CommandError, match=r"DJANGO_SUPERUSER_PASSWORD: .*password"):
            call_command("createsuperuser", interactive=False, username="ann-example", email="")

        assert not User.objects.exists()

    def test_accepts_a_strong_one(self, monkeypatch):
        monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "mug-shelf-kettle-7")

        call_command("createsuperuser", interactive=False, username="ann", email="", verbosity=0)

        assert User.objects.get().check_password("mug-shelf-kettle-7")
