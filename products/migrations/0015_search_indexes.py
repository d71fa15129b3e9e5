from django.db import migrations

from core.db.postgres import RunPostgresSQL

SEARCH = "USING gin (search_text gin_trgm_ops)"
ATTRIBUTES = "USING gin (attributes jsonb_path_ops)"
LETTERS = "USING gin (catalog_letters(search_text))"
LIVE = "WHERE deleted_at IS NULL"

# A letter is itself, and each pair of adjacent letters is at an even offset or at an odd one.
CREATE_FUNCTION = r"""
    CREATE OR REPLACE FUNCTION catalog_letters(text) RETURNS text[]
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
    BEGIN
        RETURN string_to_array($1, NULL)
            || string_to_array(regexp_replace($1, '(..)', E'\\1\x1f', 'g'), E'\x1f')
            || string_to_array(regexp_replace(substr($1, 2), '(..)', E'\\1\x1f', 'g'), E'\x1f');
    END $$
"""


def create(name, definition):
    # An interrupted build leaves an invalid index behind.
    return [
        f"DROP INDEX CONCURRENTLY IF EXISTS {name}",
        f"CREATE INDEX CONCURRENTLY {name} ON products_product {definition}",
    ]


def drop(name):
    return [f"DROP INDEX CONCURRENTLY IF EXISTS {name}"]


class Migration(migrations.Migration):
    """Indexes for search in all rows, and for words of one or two letters.

    PostgreSQL combines no two indexes that have the same condition, such as one of live rows by
    category and another of their text.
    """

    atomic = False  # an index that keeps nobody waiting is built outside a transaction
    dependencies = [("products", "0014_trash_slug")]

    operations = [
        RunPostgresSQL(create("product_search", SEARCH), drop("product_search")),
        RunPostgresSQL(
            drop("product_live_search"), create("product_live_search", f"{SEARCH} {LIVE}")
        ),
        RunPostgresSQL(create("product_attributes", ATTRIBUTES), drop("product_attributes")),
        RunPostgresSQL(
            drop("product_live_attributes"),
            create("product_live_attributes", f"{ATTRIBUTES} {LIVE}"),
        ),
        RunPostgresSQL([CREATE_FUNCTION], ["DROP FUNCTION catalog_letters(text)"]),
        RunPostgresSQL(create("product_letters", LETTERS), drop("product_letters")),
    ]
