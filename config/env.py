"""Strict readers of the environment, which name every bad variable at once."""

import os
import re
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit, urlunsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured


class Environment:
    """Reads variables; a blank one counts as unset. Call `check` when all are read."""

    def __init__(self, variables: Mapping[str, str] = os.environ) -> None:
        self.variables = variables
        self.problems: list[str] = []

    def text(self, name: str, default: str = "") -> str:
        return self.variables.get(name, "").strip() or default

    def flag(self, name: str, default: bool) -> bool:
        value = self.text(name, str(default))
        match value.lower():
            case "true" | "1" | "yes" | "on":
                return True
            case "false" | "0" | "no" | "off":
                return False
            case _:
                self.refuse(name, f"must be true or false, not {value!r}")
                return default

    def number(self, name: str, default: int, minimum: int = 1, maximum: int = 999_999_999) -> int:
        value = self.text(name, str(default))
        if re.fullmatch("[0-9]{1,9}", value) and minimum <= int(value) <= maximum:
            return int(value)
        self.refuse(name, f"must be a whole number from {minimum} to {maximum}, not {value!r}")
        return default

    def choice(self, name: str, default: str, choices: Sequence[str]) -> str:
        value = self.text(name, default).upper()
        if value in choices:
            return value
        self.refuse(name, f"must be one of {', '.join(choices)}, not {value!r}")
        return default

    def names(self, name: str) -> list[str]:
        """Read a comma-separated list."""
        return [item.strip() for item in self.text(name).split(",") if item.strip()]

    def origins(self, name: str) -> list[str]:
        """Read a comma-separated list of origins: a scheme and a host, and no path."""
        origins = self.names(name)
        if all(re.fullmatch(r"https?://[^/?#\s]+", origin) for origin in origins):
            return origins
        self.refuse(name, "must name origins like https://shop.example.com")
        return []

    def address(self, name: str, default: str) -> str:
        """Read the address of a server, or of a folder on it; give it with a slash at the end."""
        value = self.text(name)
        if re.fullmatch(r"https?://[^/?#\s]+(/[^?#\s]*)?", value):
            return value.rstrip("/") + "/"
        if value:
            self.refuse(name, f"must be an address like https://cdn.example.com/, not {value!r}")
        return default

    def redis(self, name: str, default: str) -> str:
        """Read the URL of a Redis database, `redis://host:port/number` or `rediss://…`."""
        value = self.text(name, default)
        if names_redis(value):
            return value
        self.refuse(name, "must look like redis://host:6379/0")
        return default

    def database(self, name: str, default: str) -> dict:
        try:
            database = dj_database_url.parse(
                self.text(name, default), conn_max_age=60, conn_health_checks=True
            )
        except ValueError:
            database = {}
        if database.get("NAME"):
            return database
        self.refuse(name, "must look like postgres://user:password@host:5432/name")
        return dj_database_url.parse(default)

    def refuse(self, name: str, reason: str) -> None:
        self.problems.append(f"{name} {reason}")

    def check(self) -> None:
        if self.problems:
            raise ImproperlyConfigured("; ".join(self.problems) + ".")


def names_redis(url: str) -> bool:
    try:
        parts = urlsplit(url)
        is_redis = parts.scheme in {"redis", "rediss"} and parts.port != 0
    except ValueError:  # the host or the port is none
        return False
    return is_redis and re.fullmatch("/?|/[0-9]{1,4}", parts.path) is not None


def next_redis_database(url: str) -> str:
    """Give the URL of the next database: clearing the cache there leaves the queue alone."""
    parts = urlsplit(url)
    number = int(parts.path.removeprefix("/") or 0)
    return urlunsplit(parts._replace(path=f"/{number + 1}"))
