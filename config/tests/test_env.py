import pytest
from django.core.exceptions import ImproperlyConfigured

from config.env import Environment, next_redis_database

SQLITE = "sqlite:////tmp/catalog.sqlite3"
REDIS = "redis://127.0.0.1:6379/0"


def environment(value: str) -> Environment:
    """Give an environment of one variable, `NAME`."""
    return Environment({"NAME": value})


class TestText:
    def test_reads(self):
        assert environment(" value ").text("NAME") == "value"

    @pytest.mark.parametrize("value", ["", "   "])
    def test_takes_a_blank_value_for_none(self, value):
        assert environment(value).text("NAME", "default") == "default"

    def test_has_a_default(self):
        assert Environment({}).text("NAME", "default") == "default"


class TestFlag:
    @pytest.mark.parametrize(
        ("value", "flag"),
        [
            ("True", True),
            ("true", True),
            ("1", True),
            ("yes", True),
            (" ON ", True),
            ("False", False),
            ("0", False),
            ("no", False),
            ("off", False),
        ],
    )
    def test_reads(self, value, flag):
        assert environment(value).flag("NAME", not flag) is flag

    @pytest.mark.parametrize("default", [True, False])
    @pytest.mark.parametrize("value", ["", " "])
    def test_takes_a_blank_value_for_none(self, value, default):
        assert environment(value).flag("NAME", default) is default

    @pytest.mark.parametrize("value", ["maybe", "2", "None", "truee", "-"])
    def test_refuses_anything_else(self, value):
        env = environment(value)
        env.flag("NAME", False)

        assert env.problems == [f"NAME must be true or false, not {value!r}"]


class TestNumber:
    @pytest.mark.parametrize(("value", "number"), [("7", 7), (" 7 ", 7), ("007", 7), ("", 5)])
    def test_reads(self, value, number):
        assert environment(value).number("NAME", 5) == number

    @pytest.mark.parametrize(
        "value", ["x", "1.5", "-1", "+1", "1e3", "1_000", "٣", "²", "0", "9" * 10, "9" * 5000]
    )
    def test_refuses_anything_else(self, value):
        env = environment(value)

        assert env.number("NAME", 5) == 5
        assert "NAME must be a whole number from 1 to 999999999" in env.problems[0]

    def test_has_a_minimum(self):
        env = environment("255")
        env.number("NAME", 1024, minimum=256)

        assert env.problems

    def test_has_a_maximum(self):
        env = environment("65536")
        env.number("NAME", 80, maximum=65_535)

        assert env.problems


class TestChoice:
    @pytest.mark.parametrize(
        ("value", "choice"), [("WARN", "WARN"), ("warn", "WARN"), ("", "INFO")]
    )
    def test_reads(self, value, choice):
        assert environment(value).choice("NAME", "INFO", ["INFO", "WARN"]) == choice

    def test_refuses_anything_else(self):
        env = environment("loud")

        assert env.choice("NAME", "INFO", ["INFO", "WARN"]) == "INFO"
        assert env.problems == ["NAME must be one of INFO, WARN, not 'LOUD'"]


class TestNames:
    @pytest.mark.parametrize(
        ("value", "names"), [("a", ["a"]), ("a, b ,,c", ["a", "b", "c"]), ("", []), (" , ", [])]
    )
    def test_reads_a_comma_list(self, value, names):
        assert environment(value).names("NAME") == names


class TestOrigins:
    def test_reads_a_comma_list(self):
        env = environment("https://a.example.com, http://localhost:3000")

        assert env.origins("NAME") == ["https://a.example.com", "http://localhost:3000"]

    @pytest.mark.parametrize("value", ["a.example.com", "https://a.example.com/", "*", "https://"])
    def test_refuses_anything_else(self, value):
        env = environment(value)

        assert env.origins("NAME") == []
        assert env.problems == ["NAME must name origins like https://shop.example.com"]


class TestAddress:
    @pytest.mark.parametrize(
        ("value", "address"),
        [
            ("https://cdn.example.com", "https://cdn.example.com/"),
            ("https://cdn.example.com/", "https://cdn.example.com/"),
            ("http://localhost:9000/shop/media", "http://localhost:9000/shop/media/"),
            ("", "/media/"),
        ],
    )
    def test_reads(self, value, address):
        assert environment(value).address("NAME", "/media/") == address

    @pytest.mark.parametrize(
        "value", ["cdn.example.com", "/pictures/", "ftp://x/", "https://", "https://x/?a=b", "a b"]
    )
    def test_refuses_anything_else(self, value):
        env = environment(value)

        assert env.address("NAME", "/media/") == "/media/"
        assert env.problems == [
            f"NAME must be an address like https://cdn.example.com/, not {value!r}"
        ]


class TestRedis:
    @pytest.mark.parametrize(
        "value",
        [
            "redis://redis:6379/0",
            "redis://redis",
            "redis://redis:6379/",
            "rediss://user:p%40ss@redis.example.com:6380/15",
            "redis://[::1]:6379/1",
            "redis://redis:6379/0?ssl_cert_reqs=none",
        ],
    )
    def test_reads(self, value):
        env = environment(value)

        assert (env.redis("NAME", REDIS), env.problems) == (value, [])

    @pytest.mark.parametrize(
        "value",
        [
            "redis",
            "http://redis:6379/0",
            "redis://redis:6379/queue",
            "redis://redis:6379/-1",
            "redis://redis:6379/٣",
            "redis://redis:port/0",
            "redis://redis:99999/0",
            "redis://redis:0/0",
            "redis://[::1/0",
        ],
    )
    def test_refuses_anything_else(self, value):
        env = environment(value)

        assert env.redis("NAME", REDIS) == REDIS
        assert env.problems == ["NAME must look like redis://host:6379/0"]


class TestDatabase:
    def test_reads_postgres(self):
        database = environment("postgres://ann:p%40ss@db:5433/shop").database("NAME", SQLITE)

        assert database["ENGINE"] == "django.db.backends.postgresql"
        assert database["PASSWORD"] == "p@ss"
        assert (database["HOST"], database["PORT"], database["NAME"]) == ("db", 5433, "shop")

    def test_reads_sqlite(self):
        assert environment(SQLITE).database("NAME", "")["NAME"] == "/tmp/catalog.sqlite3"

    def test_keeps_connections_and_looks_whether_they_are_well(self):
        database = environment(SQLITE).database("NAME", "")

        assert (database["CONN_MAX_AGE"], database["CONN_HEALTH_CHECKS"]) == (60, True)

    @pytest.mark.parametrize(
        "value",
        [
            "shop",
            "oracel://db/shop",
            "postgres://",
            "postgres://ann:secret@db:5432",
            "postgres://ann:secret@db:port/shop",
            "postgres://ann:secret@db:99999/shop",
            "postgres://ann:secret@[::1/shop",
        ],
    )
    def test_refuses_anything_else(self, value):
        env = environment(value)

        assert env.database("NAME", SQLITE)["NAME"] == "/tmp/catalog.sqlite3"
        assert env.problems == ["NAME must look like postgres://user:password@host:5432/name"]


class TestCheck:
    def test_is_content_with_good_variables(self):
        environment("true").check()

    def test_names_every_bad_variable_at_once(self):
        env = Environment({"A": "maybe", "B": "many", "C": "http://x"})
        env.flag("A", False)
        env.number("B", 1)
        env.redis("C", REDIS)

        with pytest.raises(ImproperlyConfigured) as caught:
            env.check()

        assert str(caught.value) == (
            "A must be true or false, not 'maybe';"
            " B must be a whole number from 1 to 999999999, not 'many';"
            " C must look like redis://host:6379/0."
        )

    def test_says_it_in_one_line(self):
        env = environment("may\nbe")
        env.flag("NAME", False)

        with pytest.raises(ImproperlyConfigured) as caught:
            env.check()

        assert "\n" not in str(caught.value)


class TestNextRedisDatabase:
    @pytest.mark.parametrize(
        ("url", "following"),
        [
            ("redis://redis:6379/0", "redis://redis:6379/1"),
            ("redis://redis:6379", "redis://redis:6379/1"),
            ("redis://redis/", "redis://redis/1"),
            ("rediss://a:b@redis:6379/9?x=y", "rediss://a:b@redis:6379/10?x=y"),
        ],
    )
    def test_counts_on(self, url, following):
        assert next_redis_database(url) == following
