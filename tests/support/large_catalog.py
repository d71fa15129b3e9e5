"""A catalog that is large enough for PostgreSQL's planner to choose as in production."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from core.db.deadlines import without_deadline

PRODUCTS = 100_000
WORDS = (
    "red green amber black white golden silver small large round square soft hard light heavy warm"
    " cold smooth rough bright dark fresh old modern classic simple fine rare plain wooden steel"
    " glass cotton linen paper stone copper ceramic leather chair table lamp cup plate bowl knife"
    " fork spoon kettle pan pot shelf desk bed sofa pillow blanket towel mirror clock vase candle"
)

# `mugs` has four categories below it, and with them an eightieth of the products.
CATEGORIES = """
    INSERT INTO categories_category (id, name, slug, description, search_text, parent_id, position,
        version, created_at, updated_at)
    SELECT md5('category ' || n)::uuid, 'Category ' || n,
        CASE n WHEN 100 THEN 'mugs' WHEN 1 THEN 'kitchen' ELSE 'category-' || n END, '',
        'category ' || n, CASE WHEN n > 100 THEN md5('category ' || 11 + n % 90)::uuid
            WHEN n > 10 THEN md5('category ' || 1 + n % 10)::uuid END,
        n, 1, at, at
    FROM generate_series(1, 500) AS n, (SELECT timestamptz '2025-01-01' AS at) AS moment
"""

# Random, but the same in each run. One in ten is deleted, three in five have an image; drafts,
# failed thumbnails and pounds are rare, and `updated_at` follows no order.
ROWS = """
    INSERT INTO products_product (id, name, slug, description, search_text, sku, price, currency,
        stock, is_active, category_id, attributes, image, thumbnail, renditions, thumbnail_status,
        thumbnail_attempts, version, created_at, updated_at, deleted_at, deletion_id)
    SELECT id, name, 'product-' || n, text, lower(name || E'\\n' || text), 'SKU-' || n,
        round((2 + 400 * price ^ 4)::numeric, 2), CASE WHEN money < 0.9 THEN 'USD'
            WHEN money < 0.997 THEN 'EUR' ELSE 'GBP' END,
        CASE WHEN stock < 0.2 THEN 0 ELSE 300 * stock END, active < 0.97,
        md5('category ' || 1 + floor(category * 500))::uuid,
        jsonb_build_object('colour', words[1 + n %% 60], 'volume_ml', n %% 400),
        CASE WHEN has_image THEN n || '.jpg' ELSE '' END, '', '{}',
        CASE WHEN NOT has_image THEN 'none' WHEN state < 0.004 THEN 'failed'
            WHEN state < 0.005 THEN 'pending' ELSE 'ready' END,
        0, 1, at, at + changed * interval '300 days',
        CASE WHEN gone < 0.1 THEN at + interval '1 year' END, CASE WHEN gone < 0.1 THEN id END
    FROM (
        SELECT n, md5('product ' || n)::uuid AS id, random() AS price, random() AS money,
            random() AS stock, random() AS active, random() AS category,
            random() < 0.6 AS has_image, random() AS state, random() AS changed,
            random() AS gone, words,
            timestamptz '2025-02-01' + n * interval '5 minutes' AS at,
            words[1 + n %% 29] || ' ' || words[30 + n %% 31] || ' ' || n AS name,
            concat_ws(' ', words[1 + n * 7 %% 60], words[1 + n * 11 %% 60], words[1 + n * 13 %% 60],
                CASE WHEN n %% 300 = 0 THEN 'blue mug' END) AS text
        FROM generate_series(1, %s) AS n, string_to_array(%s, ' ') AS words
    ) AS numbers
"""


@contextmanager
def large_catalog() -> Iterator[None]:
    """Fill the database with 100,000 products in 500 categories, and empty it at the end."""
    with connection.cursor() as cursor, without_deadline():
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("SELECT setseed(0.5)")
        cursor.execute(CATEGORIES)
        cursor.execute(ROWS, [PRODUCTS, WORDS])
        # Index-only scans need the visibility map, the planner its statistics.
        cursor.execute("VACUUM (ANALYZE) products_product")
        cursor.execute("VACUUM (ANALYZE) categories_category")
        cursor.execute("RESET statement_timeout")
    yield
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE products_product, categories_category CASCADE")
