"""UUIDs as the text that JSON has: from the database, where Python's objects would cost more.

Making an object of each id and a text of that takes longer than anything else of a large response.
"""

from typing import Any

from django.db.models import Func, TextField

SQLITE_PARTS = [(1, 8), (9, 4), (13, 4), (17, 4), (21, 12)]


def uuid_text_sql(column: str, vendor: str) -> str:
    """Return SQL for a column of UUIDs as text: SQLite stores the digits alone."""
    if vendor == "postgresql":
        return f"{column}::text"
    return " || '-' || ".join(f"substr({column}, {at}, {size})" for at, size in SQLITE_PARTS)


class UUIDText(Func):
    """The id in its usual form, with hyphens, as a string."""

    template = uuid_text_sql("%(expressions)s", "postgresql")
    output_field = TextField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Insert the hyphens."""
        template = uuid_text_sql("%(expressions)s", "sqlite")
        return self.as_sql(compiler, connection, template=template, **context)
