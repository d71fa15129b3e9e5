"""Translate errors of migrations into one line that says what to do."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management.base import CommandError
from django.db import DatabaseError, connection
from django.db.migrations.exceptions import MigrationSchemaMissing

INSUFFICIENT_PRIVILEGE = "42501"
INVALID_SCHEMA_NAME = "3F000"
READ_ONLY = "25006"


@contextmanager
def translate_migration_errors() -> Iterator[None]:
    """Raise a `CommandError` for an error of the database. `--traceback` shows its origin."""
    try:
        yield
    except (DatabaseError, MigrationSchemaMissing) as error:
        raise CommandError(f"The migration failed: {error_message(error)}") from error


def error_message(error: BaseException) -> str:
    """Return the message of the database, and what a superuser can do about it."""
    code, message = sqlstate_and_message(error)
    settings = connection.settings_dict
    role, database = settings["USER"] or "this role", settings["NAME"]
    extension = re.search(r'extension "?(\w+)|extension/(\w+)\.control', message)
    if extension:
        name = extension[1] or extension[2]
        advice = (
            f"a superuser must run CREATE EXTENSION {name}; in the database {database}"
            if code == INSUFFICIENT_PRIVILEGE
            else f"install {name} on the server (postgresql-contrib), or a PostgreSQL that has it"
        )
    elif code == INSUFFICIENT_PRIVILEGE:
        schema = re.search(r"schema (\S+)", message)
        advice = (
            f"a superuser must run GRANT USAGE, CREATE ON SCHEMA {schema[1]} TO {role};"
            f" in the database {database}"
            if schema
            else f"{role} must own the tables of the service"
        )
    elif code == INVALID_SCHEMA_NAME:
        advice = (
            f"{role} may use no schema of the search path: create it in the database"
            f" {database} and GRANT USAGE, CREATE ON it TO {role}; or name another one"
        )
    elif code == READ_ONLY:
        advice = "DATABASE_URL must lead to the primary server, not to a replica"
    else:
        return f"{message}."
    return f"{message}; {advice}."


def sqlstate_and_message(error: BaseException) -> tuple[str, str]:
    """Return SQLSTATE and first line of the first error in the chain that PostgreSQL reported."""
    while not getattr(error, "pgcode", None) and (origin := error.__cause__ or error.__context__):
        error = origin
    return getattr(error, "pgcode", None) or "", str(error).partition("\n")[0].rstrip(".")
