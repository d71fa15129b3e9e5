import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from config.environment import Environment, bracketed, describe
from config.environment.__main__ import assignments
from config.environment.values import ROOT

SECRET = "a-secret-of-fifty-characters-that-nobody-will-guess-7f3a"
PRODUCTION = {"SECRET_KEY": SECRET, "ALLOWED_HOSTS": "shop.example.com"}
TOO_LONG = "a" * 64

GOOD = [
    ("DEBUG", "TRUE", True),
    ("DEBUG", "false", False),
    ("DEBUG", " On ", True),
    ("DEBUG", "0", False),
    ("DEBUG", "", False),
    ("MIGRATE_ON_START", "FALSE", False),
    ("MIGRATE_ON_START", "no", False),
    ("MIGRATE_ON_START", "Off", False),
    ("MIGRATE_ON_START", "YES", True),
    ("MIGRATE_ON_START", " ", True),
    ("SECRET_KEY", f" {SECRET} ", SECRET),
    ("SECRET_KEY_FALLBACKS", "old, older", ["old", "older"]),
    ("ALLOWED_HOSTS", "Shop.Example.com, api", ["shop.example.com", "api"]),
    ("ALLOWED_HOSTS", "*", ["*"]),
    ("ALLOWED_HOSTS", ".example.com", [".example.com"]),
    ("ALLOWED_HOSTS", "shop.example.com.", ["shop.example.com"]),
    ("ALLOWED_HOSTS", "10.0.0.7,[2001:DB8::1],::1", ["10.0.0.7", "[2001:db8::1]", "[::1]"]),
    ("ALLOWED_HOSTS", "bücher.example", ["xn--bcher-kva.example"]),
    ("CSRF_TRUSTED_ORIGINS", "https://*.example.com", ["https://*.example.com"]),
    ("CSRF_TRUSTED_ORIGINS", "https://a.example.com:8443", ["https://a.example.com:8443"]),
    ("CORS_ALLOWED_ORIGINS", "HTTPS://Shop.Example.com", ["https://shop.example.com"]),
    ("CORS_ALLOWED_ORIGINS", "https://a.example.com:443", ["https://a.example.com"]),
    ("CORS_ALLOWED_ORIGINS", "http://[::1]:3000, http://x", ["http://[::1]:3000", "http://x"]),
    ("HOST", "::", "::"),
    ("HOST", "[::]", "::"),
    ("HOST", "0.0.0.0", "0.0.0.0"),
    ("HOST", "localhost", "localhost"),
    ("PORT", "65535", 65_535),
    ("PORT", "08080", 8080),
    ("WEB_THREADS", " 16 ", 16),
    ("WORKER_MEMORY_MB", "256", 256),
    ("TRASH_DAYS", "36500", 36_500),
    ("LOG_LEVEL", "warning", "WARNING"),
    ("RENDITION_FORMAT", "avif", "AVIF"),
    ("MEDIA_URL", "https://cdn.example.com", "https://cdn.example.com/"),
    ("MEDIA_URL", "http://localhost:9000/shop/media", "http://localhost:9000/shop/media/"),
    ("MEDIA_URL", "", None),
    ("SCRIPT_NAME", "/shop", "/shop"),
    ("SCRIPT_NAME", "/shop/", "/shop"),
    ("SCRIPT_NAME", "/eu/shop-2", "/eu/shop-2"),
    ("SCRIPT_NAME", "/", ""),
    ("MEDIA_ROOT", "/srv/media", Path("/srv/media")),
    ("MEDIA_ROOT", "uploads", ROOT / "uploads"),
    ("FLOWER_BASIC_AUTH", "ann:a:b, bob:c", ["ann:a:b", "bob:c"]),
    ("INSTALLATION", "shop-2", "shop-2"),
]
BAD = [
    ("DEBUG", "maybe", "must be true or false, not 'maybe'"),
    ("DEBUG", "2", "must be true or false"),
    ("TRUSTED_PROXY", "nginx", "must be true or false"),
    ("HTTPS_ONLY", "ja", "must be true or false"),
    ("MIGRATE_ON_START", "nope", "must be true or false"),
    ("SECRET_KEY", "your-secret-key", "must be set to a secret of your own"),
    ("SECRET_KEY", "  ", "must be set to a secret of your own"),
    ("SECRET_KEY_FALLBACKS", "old,your-secret-key", "must not have the secret of .env.example"),
    ("ALLOWED_HOSTS", " , ", "must name the hosts to answer for"),
    ("ALLOWED_HOSTS", "https://shop.example.com", "without scheme, port or path"),
    ("ALLOWED_HOSTS", "shop.example.com:8443", "without scheme, port or path"),
    ("ALLOWED_HOSTS", "shop.example.com/shop", "without scheme, port or path"),
    ("ALLOWED_HOSTS", "a.example.com b.example.com", "separated by commas"),
    ("ALLOWED_HOSTS", "a.example.com;b.example.com", "separated by commas"),
    ("ALLOWED_HOSTS", '["shop.example.com"]', "without scheme, port or path"),
    ("ALLOWED_HOSTS", "*.example.com", "must name subdomains as '.example.com'"),
    ("ALLOWED_HOSTS", "my_shop", "must name hosts"),
    ("ALLOWED_HOSTS", "10.0.0.256", "must name hosts"),
    ("ALLOWED_HOSTS", TOO_LONG, "must name hosts"),
    ("CSRF_TRUSTED_ORIGINS", "example.com", "must name origins like"),
    ("CSRF_TRUSTED_ORIGINS", "https://a.*.com", "must name origins like"),
    ("CORS_ALLOWED_ORIGINS", "https://a.example.com/", "must name origins like"),
    ("CORS_ALLOWED_ORIGINS", "*", "must name origins like"),
    ("CORS_ALLOWED_ORIGINS", "https://*.example.com", "must name origins like"),
    ("CORS_ALLOWED_ORIGINS", "https://a.example.com:port", "must name origins like"),
    ("CORS_ALLOWED_ORIGINS", "https://", "must name origins like"),
    ("CORS_ALLOWED_ORIGINS", "ftp://a.example.com", "must name origins like"),
    ("HOST", "http://0.0.0.0", "must be an address to listen on"),
    ("HOST", "0.0.0.0:8000", "must be an address to listen on"),
    ("HOST", "*", "must be an address to listen on"),
    ("HOST", "256.0.0.1", "must be an address to listen on"),
    ("PORT", "tcp://10.0.12.7:8000", "enableServiceLinks: false"),
    ("FLOWER_PORT", "tcp://10.0.12.7:5555", "enableServiceLinks: false"),
    ("FLOWER_PORT", "http", "must be a whole number from 1 to 65535, not 'http'"),
    ("FLOWER_PORT", "8000", "must be another port than PORT"),
    ("PORT", "0", "must be a whole number"),
    ("PORT", "65536", "must be a whole number"),
    ("PORT", "80.5", "must be a whole number"),
    ("PORT", "+80", "must be a whole number"),
    ("PORT", "٨٠", "must be a whole number"),
    ("PORT", "9" * 5000, "must be a whole number"),
    ("WEB_WORKERS", "0", "must be a whole number from 1 to 256"),
    ("WEB_THREADS", "many", "must be a whole number"),
    ("WORKER_CONCURRENCY", "-1", "must be a whole number"),
    ("WORKER_MEMORY_MB", "255", "must be a whole number from 256"),
    ("WORKER_MEMORY_MB", "1G", "must be a whole number from 256"),
    ("TRASH_DAYS", "0", "must be a whole number from 1 to 36500"),
    ("TRASH_DAYS", "30d", "must be a whole number"),
    ("MEDIA_GRACE_HOURS", "999999999", "must be a whole number from 1 to 876000"),
    ("LOG_LEVEL", "loud", "must be one of DEBUG, INFO"),
    ("RENDITION_FORMAT", "JPEG", "must be one of WEBP, AVIF"),
    ("MEDIA_URL", "/pictures/", "must be a URL like"),
    ("SCRIPT_NAME", "shop", "must be a path like /shop"),
    ("SCRIPT_NAME", "//shop", "must be a path like /shop"),
    ("SCRIPT_NAME", "/shop/../admin", "must be a path like /shop"),
    ("SCRIPT_NAME", "/a b", "must be a path like /shop"),
    ("SCRIPT_NAME", "https://example.com/shop", "must be a path like /shop"),
    ("MEDIA_URL", "cdn.example.com", "must be a URL like"),
    ("MEDIA_URL", "https://x/?a=b", "must be a URL like"),
    ("S3_ENDPOINT_URL", "minio:9000", "must be a URL like"),
    ("FLOWER_BASIC_AUTH", "ann", "must be user:password"),
    ("FLOWER_BASIC_AUTH", "ann:", "must be user:password"),
    ("INSTALLATION", "My Shop", "must be a name of lowercase letters"),
    ("INSTALLATION", "a" * 33, "must be a name of lowercase letters"),
    ("DATABASE_URL", "shop", "must look like postgres://"),
    ("DATABASE_URL", "mysql://ann:word@db/shop", "must look like postgres://"),
    ("DATABASE_URL", "postgres://ann:word@db/shop?foo=1", "must not have the parameters foo"),
    ("REDIS_URL", "redis://redis:6379/5?socket_timeout=5", "parameters socket_timeout"),
    ("CACHE_URL", "memcached://x", "must look like redis://"),
]


@pytest.fixture
def read(monkeypatch):
    """Return a function that loads production's variables with these changes."""
    for name in list(os.environ):
        monkeypatch.delenv(name)

    def read(**variables: str) -> Environment:
        for name, value in (PRODUCTION | variables).items():
            monkeypatch.setenv(name, value)
        return Environment()

    return read


def errors(read: Any, **variables: str) -> str:
    with pytest.raises(ValidationError) as caught:
        read(**variables)
    return describe(caught.value)


def run_module(*names: str, **variables: str) -> subprocess.CompletedProcess:
    """Run the module as a shell does, with these variables alone."""
    return subprocess.run(
        [sys.executable, "-m", "config.environment", *names], cwd=ROOT, capture_output=True,
        text=True, timeout=60, env={"PATH": os.environ["PATH"], **variables},
    )  # fmt: skip


class TestEnvironment:
    @pytest.mark.parametrize(("name", "text", "value"), GOOD)
    def test_reads(self, read, name, text, value):
        assert getattr(read(**{name: text}), name.lower()) == value

    @pytest.mark.parametrize(("name", "text", "reason"), BAD)
    def test_reports_a_wrong_value_in_one_line(self, read, name, text, reason):
        line = errors(read, **{name: text})

        assert line.startswith(f"{name} must ")
        assert reason in line
        assert ("\n" in line, len(line) < 400) == (False, True)

    def test_reports_every_wrong_variable_at_once(self, read):
        line = errors(read, DEBUG="?", PORT="?", REDIS_URL="?", SECRET_KEY="", ALLOWED_HOSTS="")

        names = ["DEBUG", "SECRET_KEY", "ALLOWED_HOSTS", "REDIS_URL", "PORT"]
        assert [part.split()[0] for part in line.split("; ")] == names

    def test_reports_a_value_of_two_lines_in_one(self, read):
        assert "\n" not in errors(read, DEBUG="may\nbe")

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("DATABASE_URL", "mysql://ann:hush@db/shop"),
            ("DATABASE_URL", "postgres://ann:hush@db:port/shop"),
            ("DATABASE_URL", "postgres://ann:hush@[::1/shop"),
            ("DATABASE_URL", "postgres://ann:hush/hush@db/shop"),
            ("DATABASE_URL", "postgres://ann:hush@db/shop?sslmode=bogus"),
            ("REDIS_URL", "http://ann:hush@redis/0"),
            ("REDIS_URL", "redis://ann:hush@redis:port/0"),
            ("CACHE_URL", "redis://:hush@redis/queue"),
            ("FLOWER_BASIC_AUTH", "hush"),
            ("MEDIA_URL", "https://ann:hush@cdn.example.com/"),
            ("CORS_ALLOWED_ORIGINS", "https://ann:hush@shop.example.com"),
            ("ALLOWED_HOSTS", "https://ann:hush@shop.example.com"),
            ("HOST", "ann:hush@localhost"),
        ],
    )
    def test_keeps_passwords_out_of_errors(self, read, name, value):
        assert "hush" not in errors(read, **{name: value})

    def test_keeps_secrets_out_of_its_representation(self, read):
        environment = read(
            SECRET_KEY_FALLBACKS="hush",
            DATABASE_URL="postgres://ann:hush@db/shop",
            REDIS_URL="redis://:hush@redis",
            CACHE_URL="redis://:hush@redis/1",
            FLOWER_BASIC_AUTH="ann:hush",
            S3_ACCESS_KEY="hush",
            S3_SECRET_KEY="hush",
        )

        assert [word for word in ("hush", SECRET) if word in repr(environment)] == []

    @pytest.mark.parametrize(
        ("pool", "direct", "reason"),
        [
            ("sqlite:////tmp/a.db", "postgres://db/shop", "behind the pool"),
            ("postgres://pool/shop", "sqlite:////tmp/a.db", "behind the pool"),
            ("postgres://pool/shop?currentSchema=a", "postgres://db/shop", "ALTER ROLE"),
            ("postgres://pool/shop?options=-c%20a.b%3D1", "postgres://db/shop", "ALTER ROLE"),
            ("postgres://pool/shop", "db", "must look like postgres://"),
        ],
    )
    def test_requires_postgres_behind_a_pool(self, read, pool, direct, reason):
        line = errors(read, DATABASE_URL=pool, DATABASE_DIRECT_URL=direct)

        assert line.startswith("DATABASE_DIRECT_URL must ")
        assert reason in line

    @pytest.mark.parametrize("name", ["S3_ACCESS_KEY", "S3_SECRET_KEY"])
    def test_requires_both_halves_of_an_account(self, read, name):
        assert "S3_ACCESS_KEY must be set where S3_SECRET_KEY is" in errors(read, **{name: "x"})

    def test_requires_nothing_in_development(self, read):
        environment = read(DEBUG="1", SECRET_KEY="", ALLOWED_HOSTS="")

        assert environment.allowed_hosts == ["*"]
        assert environment.secret_key

    def test_uses_the_queue_s_redis_for_the_cache_by_default(self, read):
        assert read(REDIS_URL="redis://redis/3").cache.url == "redis://redis:6379/3"
        assert read(CACHE_URL="redis://cache/1").cache.url == "redis://cache:6379/1"

    @pytest.mark.parametrize(
        ("host", "in_url", "local"),
        [
            ("::", "[::]", "127.0.0.1"),
            ("0.0.0.0", "0.0.0.0", "127.0.0.1"),
            ("fd00::7", "[fd00::7]", "fd00::7"),
            ("localhost", "localhost", "localhost"),
        ],
    )
    def test_returns_its_host_for_urls_and_for_local_clients(self, read, host, in_url, local):
        environment = read(HOST=host)

        assert (environment.url_host, environment.local_host) == (in_url, local)


class TestAssignments:
    def test_quotes_for_a_shell(self, read):
        environment = read(RUNTIME_DIR="/tmp/a 'b'", MIGRATE_ON_START="off")

        lines = assignments(environment, ["RUNTIME_DIR", "MIGRATE_ON_START"])

        assert lines == "RUNTIME_DIR='/tmp/a '\"'\"'b'\"'\"''\nMIGRATE_ON_START=False"

    def test_rejects_an_invalid_name(self, read):
        with pytest.raises(SystemExit, match="no variable PROT"):
            assignments(read(), ["PROT"])


class TestBracketed:
    def test_brackets_only_ipv6(self):
        assert (bracketed("::1"), bracketed("10.0.0.1")) == ("[::1]", "10.0.0.1")


class TestMain:
    @pytest.mark.parametrize(
        ("value", "read"), [("FALSE", "False"), ("0", "False"), ("", "True"), ("On", "True")]
    )
    def test_prints_assignments_for_a_shell(self, value, read):
        done = run_module("MIGRATE_ON_START", MIGRATE_ON_START=value, **PRODUCTION)

        assert (done.stdout, done.stderr) == (f"MIGRATE_ON_START={read}\n", "")

    def test_exits_with_one_line_if_a_variable_is_invalid(self):
        done = run_module("PORT", PORT="tcp://10.0.12.7:8000", DEBUG="maybe")

        (line,) = done.stderr.splitlines()
        assert (done.returncode, done.stdout) == (1, "")
        assert line.startswith("The configuration is wrong: DEBUG must be true or false")
        assert "PORT must be" in line
