import os
import re
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
SECRET = "a-secret-of-fifty-characters-that-nobody-will-guess-7f3a"
PRODUCTION = {"SECRET_KEY": SECRET, "ALLOWED_HOSTS": "shop.example.com"}


def settings_of(monkeypatch: pytest.MonkeyPatch, **variables: str) -> dict[str, Any]:
    """Return the settings from these variables alone."""
    for name in list(os.environ):
        monkeypatch.delenv(name)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return runpy.run_path(str(ROOT / "config" / "settings.py"))


def manage(*arguments: str, **variables: str) -> subprocess.CompletedProcess:
    """Run manage.py with these variables alone."""
    return subprocess.run(
        [sys.executable, ROOT / "manage.py", *arguments],
        env={"PATH": os.environ["PATH"], **variables},
        capture_output=True,
        text=True,
        timeout=60,
    )


class TestEnvironment:
    @pytest.mark.parametrize(
        ("variables", "bad"),
        [
            ({}, {"SECRET_KEY", "ALLOWED_HOSTS"}),
            ({"DEBUG": "False"}, {"SECRET_KEY", "ALLOWED_HOSTS"}),
            ({"DEBUG": "maybe"}, {"DEBUG", "SECRET_KEY", "ALLOWED_HOSTS"}),
            ({"SECRET_KEY": SECRET}, {"ALLOWED_HOSTS"}),
            ({"SECRET_KEY": SECRET, "ALLOWED_HOSTS": " , "}, {"ALLOWED_HOSTS"}),
            ({"ALLOWED_HOSTS": "shop.example.com"}, {"SECRET_KEY"}),
            (PRODUCTION | {"SECRET_KEY": "your-secret-key"}, {"SECRET_KEY"}),
            (PRODUCTION | {"SECRET_KEY": " "}, {"SECRET_KEY"}),
            (PRODUCTION | {"DATABASE_URL": "shop"}, {"DATABASE_URL"}),
            (PRODUCTION | {"DATABASE_URL": "mysql://ann:word@db/shop"}, {"DATABASE_URL"}),
            (PRODUCTION | {"REDIS_URL": "redis://[::1/0"}, {"REDIS_URL"}),
            (PRODUCTION | {"CACHE_URL": "memcached://x"}, {"CACHE_URL"}),
            (PRODUCTION | {"HTTPS_ONLY": "sometimes"}, {"HTTPS_ONLY"}),
            (PRODUCTION | {"TRUSTED_PROXY": "nginx"}, {"TRUSTED_PROXY"}),
            (PRODUCTION | {"FLOWER_PORT": "http"}, {"FLOWER_PORT"}),
            (PRODUCTION | {"FLOWER_PORT": "99999"}, {"FLOWER_PORT"}),
            (PRODUCTION | {"LOG_LEVEL": "LOUD"}, {"LOG_LEVEL"}),
            (PRODUCTION | {"RENDITION_FORMAT": "JPEG"}, {"RENDITION_FORMAT"}),
            (PRODUCTION | {"MEDIA_URL": "/pictures/"}, {"MEDIA_URL"}),
            (PRODUCTION | {"S3_ENDPOINT_URL": "minio:9000"}, {"S3_ENDPOINT_URL"}),
            (PRODUCTION | {"S3_BUCKET": "media", "S3_ACCESS_KEY": "anna"}, {"S3_ACCESS_KEY"}),
            (PRODUCTION | {"CORS_ALLOWED_ORIGINS": "example.com"}, {"CORS_ALLOWED_ORIGINS"}),
            (PRODUCTION | {"CSRF_TRUSTED_ORIGINS": "example.com"}, {"CSRF_TRUSTED_ORIGINS"}),
            (
                {"DEBUG": "?", "DATABASE_URL": "?", "REDIS_URL": "?", "FLOWER_PORT": "?"},
                {
                    "DEBUG",
                    "SECRET_KEY",
                    "ALLOWED_HOSTS",
                    "DATABASE_URL",
                    "REDIS_URL",
                    "FLOWER_PORT",
                },
            ),
        ],
    )
    def test_is_rejected_with_the_name_of_every_invalid_variable(self, monkeypatch, variables, bad):
        with pytest.raises(SystemExit) as caught:
            settings_of(monkeypatch, **variables)

        line = str(caught.value)
        assert set(re.findall(r"(?:: |; )([A-Z0-9_]+) must", line)) == bad
        assert "\n" not in line

    def test_is_rejected_without_revealing_secrets(self, monkeypatch):
        secrets = {
            "SECRET_KEY": SECRET,
            "DATABASE_URL": "mysql://ann:word-of-ann@db/shop",
            "REDIS_URL": "http://ann:word-of-ann@redis/0",
        }

        with pytest.raises(SystemExit) as caught:
            settings_of(monkeypatch, **secrets)

        assert not [secret for secret in (SECRET, "word-of-ann") if secret in str(caught.value)]

    def test_may_be_empty_in_development(self, monkeypatch):
        settings = settings_of(monkeypatch, DEBUG="True")

        assert (settings["ALLOWED_HOSTS"], settings["SECRET_KEY"] != "") == (["*"], True)

    def test_may_have_blank_values(self, monkeypatch):
        blank = dict.fromkeys(["SECRET_KEY", "DATABASE_URL", "REDIS_URL", "CACHE_URL"], "")

        assert settings_of(monkeypatch, DEBUG="True", **blank)["REDIS_URL"]

    def test_may_be_the_unchanged_example(self, monkeypatch):
        lines = (ROOT / ".env.example").read_text().splitlines()
        example = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))

        assert settings_of(monkeypatch, **example)["DATABASES"]["default"]["HOST"] == "db"


class TestSettings:
    @pytest.fixture
    def production(self, monkeypatch) -> dict[str, Any]:
        url = "postgres://ann:word@db/shop"
        return settings_of(monkeypatch, **PRODUCTION, DATABASE_URL=url, HTTPS_ONLY="1")

    def test_default_to_production(self, production):
        assert production["DEBUG"] is False

    def test_send_cookies_over_https_only_if_configured(self, production):
        assert production["SESSION_COOKIE_SECURE"]
        assert production["CSRF_COOKIE_SECURE"]
        assert production["SECURE_SSL_REDIRECT"]
        assert production["SECURE_HSTS_SECONDS"] >= 31_536_000

    def test_exempt_probes_from_the_https_redirect(self, production):
        assert any(re.match(path, "health/live/") for path in production["SECURE_REDIRECT_EXEMPT"])

    def test_trust_no_proxy_by_default(self, production):
        assert production["SECURE_PROXY_SSL_HEADER"] is None
        assert production["USE_X_FORWARDED_HOST"] is False

    def test_trust_a_configured_proxy(self, monkeypatch):
        settings = settings_of(monkeypatch, **PRODUCTION, TRUSTED_PROXY="true")

        assert settings["SECURE_PROXY_SSL_HEADER"] == ("HTTP_X_FORWARDED_PROTO", "https")
        assert settings["USE_X_FORWARDED_HOST"]

    def test_limit_the_duration_of_every_statement(self, production):
        options = production["DATABASES"]["default"]["OPTIONS"]

        assert options["connect_timeout"] <= 5
        assert options["tcp_user_timeout"] <= 30_000
        for limit in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"):
            assert f"-c {limit}=" in options["options"]

    def test_make_writers_to_sqlite_wait_for_each_other(self, monkeypatch):
        settings = settings_of(monkeypatch, DEBUG="True")

        options = settings["DATABASES"]["default"]["OPTIONS"]
        assert options["transaction_mode"] == "IMMEDIATE"

    def test_separate_the_cache_from_the_queue(self, monkeypatch):
        settings = settings_of(monkeypatch, **PRODUCTION, REDIS_URL="redis://redis:6379/3")

        cache = settings["CACHES"]["default"]
        assert settings["CELERY_BROKER_URL"] == cache["LOCATION"] == "redis://redis:6379/3"
        assert cache["KEY_PREFIX"] == "catalog.cache"

    def test_store_media_in_a_folder_without_a_bucket(self, production):
        assert production["STORAGES"]["default"] == {
            "BACKEND": "core.storage.filesystem.AtomicFileSystemStorage"
        }

    def test_store_media_in_a_configured_bucket(self, monkeypatch):
        settings = settings_of(
            monkeypatch,
            **PRODUCTION,
            S3_BUCKET="media",
            S3_ENDPOINT_URL="https://s3.example.com/",
            S3_REGION="eu-central-1",
            S3_ACCESS_KEY="anna",
            S3_SECRET_KEY="word",
        )

        assert settings["STORAGES"]["default"] == {
            "BACKEND": "core.storage.s3.S3MediaStorage",
            "OPTIONS": {
                "bucket_name": "media",
                "endpoint_url": "https://s3.example.com",
                "region_name": "eu-central-1",
                "access_key": "anna",
                "secret_key": "word",
            },
        }

    def test_limit_the_time_that_a_publisher_waits(self, production):
        options = production["CELERY_BROKER_TRANSPORT_OPTIONS"]

        assert options["socket_timeout"] <= 1
        assert options["max_retries"] == 0
        assert production["CELERY_TASK_PUBLISH_RETRY"] is False

    def test_accept_no_messages_that_execute_code(self, production):
        assert production["CELERY_ACCEPT_CONTENT"] == ["json"]

    def test_log_to_standard_output_only(self, production):
        handlers = production["LOGGING"]["handlers"].values()

        assert [handler.get("stream") for handler in handlers] == ["ext://sys.stdout"]


class TestManage:
    @pytest.mark.parametrize(
        ("variables", "bad"),
        [
            ({"DEBUG": "False"}, ["SECRET_KEY", "ALLOWED_HOSTS"]),
            (
                {"DEBUG": "True", "DATABASE_URL": "?", "REDIS_URL": "?"},
                ["DATABASE_URL", "REDIS_URL"],
            ),
        ],
    )
    def test_fails_to_start_with_one_clear_line(self, variables, bad):
        done = manage("check", **variables)

        assert done.returncode != 0
        (line,) = done.stderr.splitlines()
        assert line.startswith("The configuration is wrong: ")
        assert [name for name in bad if name not in line] == []

    def test_reports_no_issues_in_production(self):
        url = "postgres://ann:word@127.0.0.1/shop"
        done = manage(
            "check", "--deploy", "--fail-level", "WARNING",
            **PRODUCTION, HTTPS_ONLY="True", DATABASE_URL=url,
        )  # fmt: skip

        assert done.returncode == 0, done.stderr
