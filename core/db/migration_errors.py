"""What to do where a migration fails in an ordinary set-up, in one line instead of a traceback."""

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
def explained() -> Iterator[None]:
    """Turn errors of the database into a CommandError; `--traceback` shows where they come from."""
    try:
        yield
    except (DatabaseError, MigrationSchemaMissing) as error:
        raise CommandError(f"The migration failed: {explain(error)}") from error


def explain(error: BaseException) -> str:
    """Return what the database says, and what a superuser can do about it."""
    code, message = cause(error)
    place = connection.settings_dict
    role, database = place["USER"] or "this role", place["NAME"]
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


def cause(error: BaseException) -> tuple[str, str]:
    """Return the SQLSTATE and the first line of the error that began it, as PostgreSQL said it."""
    while not getattr(error, "pgcode", None) and (error.__cause__ or error.__context__):
        error = error.__cause__ or error.__context__
    return getattr(error, "pgcode", None) or "", str(error).partition("\n")[0].rstrip(".")
