"""A catalog of any size, written by SQL: 100,000 products in seconds, a million in minutes.

Most of the time goes to the indexes of the text to search in, which are built at the end.
A tenth of the products is deleted, six of ten have an image, names repeat, and one category in
fifty is deleted. The rows are the same in every run, but for their place in time.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from core.db.deadlines import without_deadline

DISTINCT_NAMES = 20 * 12 * 30

WORDS = """
CREATE TEMPORARY TABLE words AS SELECT
    '{Blue,Red,Green,Black,White,Gray,Yellow,Orange,Purple,Brown,Silver,Golden,Ivory,Navy,Teal,
      Olive,Coral,Amber,Beige,Pink}'::text[] AS colors,
    '{ceramic,wooden,steel,glass,cotton,linen,leather,plastic,bamboo,copper,marble,wool}'::text[]
      AS materials,
    '{mug,bowl,plate,lamp,chair,table,shelf,clock,vase,basket,blanket,pillow,towel,kettle,pan,
      knife,spoon,teapot,jar,tray,mirror,frame,candle,curtain,carpet,stool,bench,bucket,apron,
      board}'::text[] AS nouns
"""

# Three levels: a fiftieth of the categories are roots, the first fifth has all inner ones.
CATEGORIES = """
INSERT INTO categories_category (id, name, slug, description, search_text, position, parent_id,
    version, created_at, updated_at, deleted_at, deletion_id)
SELECT id, name, slug, text, lower(name || chr(10) || text), position, parent_id,
    1, created_at, created_at, deleted_at,
    CASE WHEN deleted_at IS NOT NULL THEN md5('deletion ' || id::text)::uuid END
FROM (
    SELECT md5('category ' || i)::uuid AS id, 'Category ' || i AS name, 'category-' || i AS slug,
        'Everything for the home, part ' || i AS text, i AS position,
        CASE WHEN i > roots THEN md5('category ' ||
            CASE WHEN i <= inner_ones THEN 1 + mod(i, roots)
            ELSE roots + 1 + mod(i, inner_ones - roots) END)::uuid END AS parent_id,
        now() - interval '3 years' + i * interval '1 minute' AS created_at,
        CASE WHEN i > inner_ones AND mod(i, 50) = 0 THEN now() - interval '1 hour' END
            AS deleted_at
    FROM (SELECT greatest(1, %(categories)s / 50) AS roots,
            greatest(2, %(categories)s / 5) AS inner_ones) AS levels,
        generate_series(1, %(categories)s) AS i
) AS rows
"""

# Of volatile functions and of texts that later steps repeat, each is computed once: the OFFSET 0
# keeps the planner from merging the steps.
PRODUCTS = """
INSERT INTO products_product (id, name, slug, description, sku, search_text, price, currency,
    stock, is_active, category_id, attributes, image, image_width, image_height, thumbnail,
    renditions, placeholder, thumbnail_status, thumbnail_error, thumbnail_attempts,
    thumbnail_due_at, version, created_at, updated_at, deleted_at, deletion_id)
WITH numbers AS (
    SELECT i, md5(i::text) AS hash, random() AS chance, random() AS image_chance,
        random() AS price_chance, random() AS place,
        now() - interval '2 years' + i * (interval '720 days' / %(products)s) AS created_at
    FROM generate_series(1, %(products)s) AS i OFFSET 0
), named AS (
    SELECT numbers.*,
        colors[1 + mod(i, 20)] AS color, materials[1 + mod(i / 20, 12)] AS material,
        nouns[1 + mod(i / 240, 30)] AS noun,
        (lpad(to_hex(floor(extract(epoch FROM created_at) * 1000)::bigint), 12, '0')
            || '7' || substr(hash, 1, 3) || '8' || substr(hash, 4, 15))::uuid AS id,
        CASE WHEN image_chance < 0.57 THEN 'ready' WHEN image_chance < 0.598 THEN 'failed'
            WHEN image_chance < 0.599 THEN 'processing' WHEN image_chance < 0.6 THEN 'pending'
            ELSE 'none' END AS status,
        CASE WHEN chance < 0.6 THEN 'USD' WHEN chance < 0.85 THEN 'EUR'
            WHEN chance < 0.95 THEN 'GBP' ELSE 'JPY' END AS currency,
        CASE WHEN mod(i, 20) <> 19 THEN 'SKU-' || lpad(i::text, 8, '0') END AS sku
    FROM numbers, words OFFSET 0
), texts AS (
    SELECT named.*, concat_ws(' ', color, material, noun) AS name,
        lower(concat_ws('-', color, material, noun, i)) AS slug,
        concat('A ', lower(color), ' ', noun, ' made of ', material, ' for every day, finished by',
            ' hand and checked twice. Safe in a dishwasher, easy to clean, and packed in paper.',
            ' It matches the other pieces of the series ', upper(substr(hash, 1, 4)), '.') AS text,
        concat(substr(hash, 1, 2), '/', id, '-', substr(hash, 1, 16)) AS file
    FROM named OFFSET 0
)
SELECT id, name, slug, text, sku, lower(concat(name, chr(10), sku, chr(10), text)),
    round((2 + 500 * price_chance ^ 3)::numeric, CASE currency WHEN 'JPY' THEN 0 ELSE 2 END),
    currency, CASE WHEN mod(i, 7) = 0 THEN 0 ELSE mod(i * 31::bigint, 500) END,
    mod(i, 12) <> 0,
    CASE WHEN mod(i, 25) <> 0
        THEN md5('category ' || 1 + mod(floor(%(categories)s * place ^ 1.5)::int * 7919,
            %(categories)s))::uuid END,
    jsonb_build_object('colour', lower(color), 'material', material, 'weight_g', mod(i, 900) + 100,
        'dishwasher_safe', mod(i, 3) = 0),
    CASE status WHEN 'none' THEN '' ELSE 'products/' || file || '.jpg' END,
    CASE status WHEN 'none' THEN NULL ELSE 4000 END,
    CASE status WHEN 'none' THEN NULL ELSE 3000 END,
    CASE status WHEN 'ready' THEN 'thumbnails/' || file || '-3-small.webp' ELSE '' END,
    CASE status WHEN 'ready' THEN jsonb_build_object(
        'medium', 'thumbnails/' || file || '-3-medium.webp',
        'large', 'thumbnails/' || file || '-3-large.webp') ELSE '{}' END,
    CASE status WHEN 'ready' THEN encode(decode(hash || substr(hash, 1, 10), 'hex'), 'base64') END,
    status,
    CASE status WHEN 'failed' THEN jsonb_build_object('code', 'invalid_image', 'detail',
        'The file is damaged.') END,
    CASE WHEN status IN ('none', 'pending') THEN 0 ELSE 1 END,
    CASE WHEN status IN ('pending', 'processing') THEN now() + interval '1 minute' END,
    1 + mod(i, 4), created_at, updated_at,
    CASE WHEN is_deleted THEN updated_at END,
    CASE WHEN is_deleted AND mod(i, 500) <> 3 THEN md5('deletion ' || i)::uuid END
FROM (SELECT texts.*, mod(i, 10) = 3 AS is_deleted,
        created_at + mod(i, 5) * interval '100 hours' * price_chance AS updated_at
    FROM texts) AS rows
"""

SECONDARY_INDEXES = """
SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
WHERE indrelid = 'products_product'::regclass
    AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid)
"""


def fill(connection: Any, products: int = 100_000, categories: int = 500) -> None:
    """Insert categories and products into empty tables, then vacuum and analyze these.

    The connection, Django's or psycopg2's, must commit each statement.
    """
    with without_deadline(), connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0; SET synchronous_commit = off")
        cursor.execute("SET maintenance_work_mem = '512MB'; SET jit = off; SELECT setseed(0.5)")
        cursor.execute(WORDS)
        parameters = {"products": products, "categories": categories}
        cursor.execute(CATEGORIES, parameters)
        with dropped_indexes(cursor):
            cursor.execute(PRODUCTS, parameters)
        cursor.execute("DROP TABLE words")
        cursor.execute("VACUUM (ANALYZE) products_product, categories_category")
        for setting in ("statement_timeout", "synchronous_commit", "maintenance_work_mem", "jit"):
            cursor.execute(f"RESET {setting}")


@contextmanager
def dropped_indexes(cursor: Any) -> Iterator[None]:
    """Drop the indexes of products, but for the primary key's, and build them at the end.

    A trigram index that grows row by row would take ten times as long.
    """
    cursor.execute(SECONDARY_INDEXES)
    indexes = cursor.fetchall()
    for name, _ in indexes:
        cursor.execute(f"DROP INDEX {name}")
    yield
    for _, definition in indexes:
        cursor.execute(definition)
