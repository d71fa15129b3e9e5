"""The number of live, active products in each category, which the database keeps.

Triggers write the table in the transaction of each change of a product, whatever makes it: see
`products/count_triggers.py` and docs/decisions. It has no model, because nothing else may write
it, and fixtures must not contain it: loading their products counts them.
"""

from typing import Any

from django.db import connection
from django.db.models import F, Func, IntegerField

from core.db.uuids import uuid_text_sql

COUNTS_TABLE = "categories_product_count"

# On PostgreSQL a category has several rows, and its number is their sum: writers only ever add
# rows, so none waits for another. SQLite has one writer, and one row for each category.
CREATE_COUNTS_TABLE = {
    "postgresql": f"CREATE TABLE {COUNTS_TABLE} (category_id uuid, number integer NOT NULL,"
    " id bigint GENERATED ALWAYS AS IDENTITY, PRIMARY KEY (category_id, id) INCLUDE (number))",
    "sqlite": f"CREATE TABLE {COUNTS_TABLE} (category_id char(32) PRIMARY KEY,"
    " number integer NOT NULL)",
}

DIRECT_COUNT = f"(SELECT SUM(number) FROM {COUNTS_TABLE} WHERE category_id = {{id}})"
TREE_COUNT = (
    "(WITH RECURSIVE below (id) AS (SELECT {id} UNION SELECT child.id FROM below{children})"
    f" SELECT COALESCE(SUM({DIRECT_COUNT.format(id='below.id')}), 0) FROM below)"
)
# OFFSET 0 keeps the look-up of children apart: joined, it would read all categories for each
# level. A function, because planning it for each row of a list costs more than executing it, and
# its estimated cost would have PostgreSQL compile the query to machine code, for longer still.
CREATE_COUNT_FUNCTION = f"""
CREATE FUNCTION category_product_count(category uuid) RETURNS bigint
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    RETURN {TREE_COUNT.format(
        id="category",
        children=", LATERAL (SELECT id FROM categories_category"
        " WHERE parent_id = below.id AND deleted_at IS NULL OFFSET 0) child",
    )};
END $$"""
SQLITE_TREE_COUNT = TREE_COUNT.format(
    id="%(expressions)s",
    children=" JOIN categories_category child ON parent_id = below.id WHERE deleted_at IS NULL",
)


class DirectProductCount(Func):
    """The number of live, active products directly in a category."""

    template = f"COALESCE({DIRECT_COUNT.format(id='%(expressions)s')}, 0)"
    output_field = IntegerField()


class ProductCount(Func):
    """The number of live, active products in a category and in all live ones below it."""

    function = "category_product_count"
    output_field = IntegerField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Write out what is a function on PostgreSQL."""
        return self.as_sql(compiler, connection, template=SQLITE_TREE_COUNT, **context)


PRODUCT_COUNTS = {
    "product_count": ProductCount(F("pk")),
    "product_count_direct": DirectProductCount(F("pk")),
}


def direct_product_counts() -> dict[str, int]:
    """Return the numbers of products directly in each category that has any, by its id."""
    category_id = uuid_text_sql("category_id", connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {category_id}, SUM(number) FROM {COUNTS_TABLE}"
            " GROUP BY category_id HAVING SUM(number) <> 0"
        )
        return dict(cursor.fetchall())
