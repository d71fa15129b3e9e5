"""PostgreSQL databases and roles that exist for one test, on the server of `DATABASE_URL`."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg2.extensions

from core.db.deadlines import without_deadline

DEFAULT_SERVER = "postgres://postgres@127.0.0.1:5432/postgres"


def unique_name() -> str:
    """Return a name that no other test, process or earlier run has used."""
    return f"catalog_{uuid4().hex[:12]}"


@contextmanager
def temporary_database(name: str = "", owner: str = "") -> Iterator[str]:
    """Create a database, yield its URL, and drop it."""
    name = name or unique_name()
    execute(f"CREATE DATABASE {name}" + (f" OWNER {owner}" if owner else ""))
    try:
        yield url_of(name)
    finally:
        execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def temporary_role(name: str, password: str) -> Iterator[None]:
    """Create a role that may log in, and drop it."""
    execute(f"CREATE ROLE {name} LOGIN PASSWORD '{password}'")
    try:
        yield
    finally:
        execute(f"DROP ROLE {name}")


def url_of(name: str) -> str:
    url = os.environ.get("DATABASE_URL", "")
    server = url if url.startswith("postgres") else DEFAULT_SERVER
    return urlsplit(server)._replace(path=f"/{name}").geturl()


@contextmanager
def connect(url: str) -> Iterator[psycopg2.extensions.cursor]:
    """Yield a cursor that commits each statement, and waits for as long as the server takes.

    The limits that the service sets for its own statements would apply in this process, too.
    """
    with without_deadline(), closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            yield cursor


def execute(statement: str) -> None:
    with connect(url_of("postgres")) as cursor:
        cursor.execute(statement)
