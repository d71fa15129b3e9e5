import pytest

from config.environment.database_url import connection_settings, parse_database_url
from config.environment.values import ROOT


def location(url: str) -> tuple:
    database = parse_database_url(url)
    return tuple(database.get(name) for name in ("USER", "PASSWORD", "HOST", "PORT", "NAME"))


class TestParseDatabaseUrl:
    @pytest.mark.parametrize(
        ("url", "expected"),
        [
            ("postgres://ann:p%40ss@db:5433/shop", ("ann", "p@ss", "db", 5433, "shop")),
            ("postgresql://ann:%2F%3F%23@db/shop", ("ann", "/?#", "db", "", "shop")),
            ("pgsql://db/shop", ("", "", "db", "", "shop")),
            ("postgres://ann@[::1]:5433/shop", ("ann", "", "::1", 5433, "shop")),
            ("postgres://ann@%2Frun%2Fpg/shop", ("ann", "", "/run/pg", "", "shop")),
            ("postgres://db/caf%C3%A9", ("", "", "db", "", "café")),
        ],
    )
    def test_reads_postgres_as_libpq_does(self, url, expected):
        assert location(url) == expected

    @pytest.mark.parametrize(
        ("query", "options"),
        [
            ("host=/run/pg", {"host": "/run/pg"}),
            ("host=a,b&port=5432,5433", {"host": "a,b", "port": "5432,5433"}),
            ("sslmode=verify-full", {"sslmode": "verify-full"}),
            ("ssl=true", {"sslmode": "require"}),
            ("application_name=shop%20api", {"application_name": "shop api"}),
            ("application_name=a+b", {"application_name": "a b"}),
            ("connect_timeout=7", {"connect_timeout": 7}),
            ("target_session_attrs=read-write", {"target_session_attrs": "read-write"}),
            ("options=-c%20geqo%3Doff", {"options": "-c geqo=off"}),
            ("currentSchema=tenant_a", {"options": "-c search_path=tenant_a"}),
            ("currentSchema=a,public", {"options": "-c search_path=a,public"}),
            ("currentSchema=tenant%20a", {"options": r"-c search_path=tenant\ a"}),
            (
                "currentSchema=tenant_a&options=-c%20geqo%3Doff",
                {"options": "-c geqo=off -c search_path=tenant_a"},
            ),
        ],
    )
    def test_honors_parameters(self, query, options):
        assert parse_database_url(f"postgres://db/shop?{query}")["OPTIONS"] == options

    @pytest.mark.parametrize(
        ("url", "reason"),
        [
            ("shop", "must look like"),
            ("oracel://db/shop", "must look like"),
            ("mysql://db/shop", "must look like"),
            ("postgis://db/shop", "must look like"),
            ("postgres://", "must look like"),
            ("postgres://ann:hush@db:5432", "must look like"),
            ("postgres://ann:hush@db:port/shop", "must look like"),
            ("postgres://ann:hush@db:99999/shop", "must look like"),
            ("postgres://ann:hush@[::1/shop", "must look like"),
            ("postgres://a:5432,b:5433/shop", "must look like"),
            ("postgres://ann:hu/sh@db/shop", "are written as %40"),
            ("postgres://ann:hu%zz@db/shop", "are written as %40"),
            ("postgres://ann:hu#sh@db/shop", "are written as %40"),
            ("postgres://db/shop?foo=1", "parameters foo: libpq"),
            ("postgres://db/shop?schema=a&pool=1", "parameters pool, schema: libpq"),
            ("postgres://db/shop?client_encoding=latin1", "parameters client_encoding"),
            ("postgres://db/shop?sslmode=bogus", "as sslmode"),
            ("postgres://db/shop?connect_timeout=2s", "whole number as connect_timeout"),
            ("postgres://db/shop?sslrootcert=/no/such", "readable file as sslrootcert"),
            ("sqlite:////tmp/a.db?mode=ro", "without parameters"),
            ("sqlite://tmp/a.db", "third slash"),
        ],
    )
    def test_rejects_parameters_that_would_be_ignored(self, url, reason):
        with pytest.raises(ValueError, match=reason) as caught:
            parse_database_url(url)

        assert "hu" not in str(caught.value).split()

    @pytest.mark.parametrize(
        ("url", "name"),
        [
            ("sqlite:////tmp/shop.sqlite3", "/tmp/shop.sqlite3"),
            ("sqlite:///var/shop.sqlite3", str(ROOT / "var" / "shop.sqlite3")),
            ("sqlite://:memory:", ":memory:"),
            ("sqlite://", ":memory:"),
        ],
    )
    def test_reads_sqlite(self, url, name):
        assert parse_database_url(url)["NAME"] == name


class TestConnectionSettings:
    def test_keep_connections_and_check_their_health(self):
        database = connection_settings(parse_database_url("sqlite://"))

        assert (database["CONN_MAX_AGE"], database["CONN_HEALTH_CHECKS"]) == (60, True)

    def test_limit_every_wait_for_postgres(self):
        options = connection_settings(parse_database_url("postgres://db/shop"))["OPTIONS"]

        assert (options["connect_timeout"], options["tcp_user_timeout"]) == (2, 10_000)
        for limit in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"):
            assert f"-c {limit}=" in options["options"]

    def test_are_overridden_by_the_url(self):
        url = "postgres://db/shop?currentSchema=a&connect_timeout=9&options=-c%20lock_timeout%3D1s"
        options = connection_settings(parse_database_url(url))["OPTIONS"]

        assert options["connect_timeout"] == 9
        assert options["options"].startswith("-c statement_timeout=5s")
        assert options["options"].endswith("-c lock_timeout=1s -c search_path=a")

    def test_send_no_session_options_to_a_pool(self):
        database = connection_settings(parse_database_url("postgres://db/shop"), is_pooled=True)

        assert "options" not in database["OPTIONS"]
        assert database["DISABLE_SERVER_SIDE_CURSORS"]

    def test_make_writers_to_sqlite_wait_for_each_other(self):
        options = connection_settings(parse_database_url("sqlite://"))["OPTIONS"]

        assert options["transaction_mode"] == "IMMEDIATE"
