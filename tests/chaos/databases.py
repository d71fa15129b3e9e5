"""Databases that exist for one scenario."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg2

DEFAULT_SERVER = "postgres://postgres@127.0.0.1:5432/postgres"


@contextmanager
def temporary_database() -> Iterator[str]:
    """Create a database, yield its URL, and drop it."""
    name = f"chaos_{uuid4().hex[:12]}"
    execute(f"CREATE DATABASE {name}")
    try:
        yield url_of(name)
    finally:
        execute(f"DROP DATABASE {name} WITH (FORCE)")


def url_of(name: str) -> str:
    """Return the URL of a database on the server of `DATABASE_URL`."""
    url = os.environ.get("DATABASE_URL", "")
    server = url if url.startswith("postgres") else DEFAULT_SERVER
    return urlunsplit(urlsplit(server)._replace(path=f"/{name}"))


def execute(statement: str) -> None:
    with closing(psycopg2.connect(url_of("postgres"))) as connection:
        connection.autocommit = True
        connection.cursor().execute(statement)
