"""Parses DATABASE_URL into an item of Django's DATABASES."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import dj_database_url
import psycopg2
from psycopg2.extensions import parse_dsn

from config.environment.values import ROOT

FORM = "must look like postgres://user:password@host:5432/name or sqlite:////path/to/file"
ENCODE = "; other characters than letters and digits in a password are written as %40 for @"
SSL_MODES = {"disable", "allow", "prefer", "require", "verify-ca", "verify-full"}
NUMBERS = {"connect_timeout", "keepalives", "keepalives_idle", "keepalives_interval"} | {
    "keepalives_count", "tcp_user_timeout",
}  # fmt: skip
FILES = {"sslcert", "sslkey", "sslrootcert", "sslcrl", "passfile"}
SQLITE = "django.db.backends.sqlite3"
POSTGRES = "core.db.backends.postgresql"
# A writer locks at BEGIN, or waits for the lock; with WAL, readers and writers do not block.
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL",
}
# Limits for every wait, also when the server is frozen or the network is down.
POSTGRES_OPTIONS = {
    "connect_timeout": 2,
    "keepalives_idle": 10,
    "keepalives_interval": 3,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
TIME_LIMITS = {
    "statement_timeout": "5s",
    "lock_timeout": "4s",
    "idle_in_transaction_session_timeout": "30s",
}
# Statements are short. Half a megabyte of row numbers must not become one of pages, and a worker or
# a compiler that starts for a statement takes longer than the statement.
PLANNER_OPTIONS = {"work_mem": "16MB", "max_parallel_workers_per_gather": "0", "jit": "off"}
# psycopg2 or Django sets them, or they would end a connection that is kept.
RESERVED = {"client_encoding", "replication", "fallback_application_name"}


def parse_database_url(value: str) -> dict[str, Any]:
    """Return ENGINE, NAME, HOST, … and OPTIONS. Raises ValueError, without the password."""
    try:
        scheme = urlsplit(value).scheme
    except ValueError:
        raise ValueError(FORM) from None
    match scheme:
        case "sqlite":
            return parse_sqlite_url(value)
        case "postgres" | "postgresql" | "pgsql":
            return parse_postgres_url(value)
        case _:
            raise ValueError(FORM)


def parse_sqlite_url(value: str) -> dict[str, Any]:
    parts = urlsplit(value)
    if parts.query or parts.fragment:
        raise ValueError(f"{FORM}, without parameters")
    if parts.netloc not in {"", ":memory:"}:
        raise ValueError(f"{FORM}, with a third slash before the path")
    name = dj_database_url.parse(value)["NAME"]
    return {
        "ENGINE": SQLITE,
        "NAME": name if name == ":memory:" else str(ROOT / name),
        "OPTIONS": {},
    }


def parse_postgres_url(value: str) -> dict[str, Any]:
    """Parse what libpq accepts: sockets, IPv6, and every parameter that it knows."""
    parts = urlsplit(value)
    query = parse_qsl(parts.query, keep_blank_values=True)
    schema = [text for name, text in query if name == "currentSchema"]  # JDBC's name for it
    query = [(name, text) for name, text in query if name != "currentSchema"]
    unknown = sorted({name for name, _ in query if not is_known(name)})
    if unknown:
        raise ValueError(f"must not have the parameters {', '.join(unknown)}: libpq has no such")
    if "#" in value:
        raise ValueError(FORM + ENCODE)
    place, parameters = f"//{parts.netloc}{parts.path}", urlencode(query, quote_via=quote)
    try:
        parse_dsn(f"postgresql:{place}?{parameters}")
        database: dict[str, Any] = {**dj_database_url.parse(f"postgres:{place}", engine=POSTGRES)}
    except (psycopg2.Error, ValueError):
        raise ValueError(FORM + ENCODE) from None
    options: dict[str, Any] = parse_dsn(f"postgresql:///?{parameters}") if query else {}
    validate_location(database)
    database["OPTIONS"] = check_options(options)
    if schema:
        options["options"] = f"{options.get('options', '')} {search_path(schema[-1])}".strip()
    return database


def is_known(name: str) -> bool:
    """Check whether libpq takes a parameter of this name in a URL."""
    if name in RESERVED:
        return False
    try:
        parse_dsn(f"postgresql://host/?{urlencode({name: 1}, quote_via=quote)}")
    except psycopg2.Error:
        return name == "ssl"  # only with the value true
    return True


def validate_location(database: dict[str, Any]) -> None:
    # A name with such a character is the end of a password.
    is_port = database["PORT"] == "" or 0 < database["PORT"] < 65_536
    if not is_port or not database["NAME"] or re.search("[/@]", database["NAME"]):
        raise ValueError(FORM + ENCODE)


def check_options(options: dict[str, Any]) -> dict[str, Any]:
    if options.get("sslmode", "prefer") not in SSL_MODES:
        raise ValueError(f"must have one of {', '.join(sorted(SSL_MODES))} as sslmode")
    for name in NUMBERS & set(options):
        if not re.fullmatch("[0-9]{1,6}", options[name]):
            raise ValueError(f"must have a whole number as {name}")
        options[name] = int(options[name])
    for name in FILES & set(options):
        if options[name] != "system" and not Path(options[name]).is_file():
            raise ValueError(f"must have the name of a readable file as {name}")
    return options


def search_path(schema: str) -> str:
    """Return the startup option for a schema, or a comma list of them."""
    return "-c search_path=" + re.sub(r"([\\\s])", r"\\\1", schema)


def connection_settings(database: dict[str, Any], *, is_pooled: bool = False) -> dict[str, Any]:
    """Return Django's settings of a connection: kept, and with an end to every wait.

    Through a pool in transaction mode, such as PgBouncer's, nothing of a session can be used:
    no startup options and no cursors. `migrate_locked` sets the time limits for the role instead.
    """
    settings = {**database, "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
    if database["ENGINE"] == SQLITE:
        return settings | {"OPTIONS": SQLITE_OPTIONS}
    chosen = database["OPTIONS"]  # what the URL says counts: of two startup options, the last
    if is_pooled:
        return settings | {
            "OPTIONS": POSTGRES_OPTIONS | chosen,
            "DISABLE_SERVER_SIDE_CURSORS": True,
        }
    own = TIME_LIMITS | PLANNER_OPTIONS
    own_startup = " ".join(f"-c {name}={value}" for name, value in own.items())
    startup = f"{own_startup} {chosen.get('options', '')}".strip()
    return settings | {"OPTIONS": POSTGRES_OPTIONS | chosen | {"options": startup}}
