"""The number of live, active products in each category, which the database keeps.

Triggers write the table in the transaction of each change of a product, whatever makes it: see
`products/product_counts.py` and docs/decisions. It has no model, because nothing else may write
it, and fixtures must not contain it: loading their products counts them.
"""

from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F, Func, IntegerField

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
    "(WITH RECURSIVE below (id) AS (SELECT %(expressions)s UNION SELECT child.id FROM below{join})"
    f" SELECT COALESCE(SUM({DIRECT_COUNT.format(id='below.id')}), 0) FROM below)"
)
LIVE_CHILDREN = "SELECT id FROM categories_category WHERE deleted_at IS NULL AND parent_id = "


class DirectProductCount(Func):
    """The number of live, active products directly in a category."""

    template = f"COALESCE({DIRECT_COUNT.format(id='%(expressions)s')}, 0)"
    output_field = IntegerField()


class ProductCount(Func):
    """The number of live, active products in a category and in all live ones below it."""

    # OFFSET 0 keeps the look-up apart: joined, it would read all categories for each level.
    template = TREE_COUNT.format(join=f", LATERAL ({LIVE_CHILDREN} below.id OFFSET 0) child")
    output_field = IntegerField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Join what SQLite would not accept as LATERAL."""
        join = " JOIN categories_category child ON parent_id = below.id WHERE deleted_at IS NULL"
        return self.as_sql(compiler, connection, template=TREE_COUNT.format(join=join), **context)


PRODUCT_COUNTS = {
    "product_count": ProductCount(F("pk")),
    "product_count_direct": DirectProductCount(F("pk")),
}


def direct_product_counts() -> dict[UUID, int]:
    """Return the numbers of products directly in each category that has any, by its id."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT category_id, SUM(number) FROM {COUNTS_TABLE}"
            " GROUP BY category_id HAVING SUM(number) <> 0"
        )
        return {UUID(str(category_id)): number for category_id, number in cursor}
