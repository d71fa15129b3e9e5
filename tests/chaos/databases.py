"""Databases that are made for a plan, and dropped behind it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg2

SERVER = os.environ.get("DATABASE_URL", "postgres://postgres@127.0.0.1:5432/postgres")


@contextmanager
def database() -> Iterator[str]:
    """Make a database, give its URL, and drop it."""
    name = f"torture_{uuid4().hex[:12]}"
    execute(f"CREATE DATABASE {name}")
    try:
        yield on_server(name)
    finally:
        execute(f"DROP DATABASE {name} WITH (FORCE)")


def on_server(name: str) -> str:
    return urlunsplit(urlsplit(SERVER)._replace(path=f"/{name}"))


def execute(statement: str) -> None:
    connection = psycopg2.connect(on_server("postgres"))
    connection.autocommit = True
    try:
        connection.cursor().execute(statement)
    finally:
        connection.close()
