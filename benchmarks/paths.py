"""URLs of the load: lists with mixed filters, each only once, and products by slug."""

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import cycle, islice
from random import Random
from urllib.parse import urlencode, urlsplit

from benchmarks.load import Client
from tests.support.servers.databases import connect

# Of ten requests four have no filter, three a category, and three a range of prices, half of
# these with a category.
MIX = [*["plain"] * 8, *["category"] * 6, *["price"] * 3, *["both"] * 3]
PAGE_SIZES = (20, 19, 21, 18, 22)
PAGES = 100
LEAF_CATEGORIES = """
    SELECT slug FROM categories_category AS leaf WHERE deleted_at IS NULL AND NOT EXISTS
        (SELECT 1 FROM categories_category AS child WHERE child.parent_id = leaf.id) ORDER BY slug
"""
LIVE_SLUGS = "SELECT slug FROM products_product WHERE deleted_at IS NULL ORDER BY md5(id::text)"


def column(database_url: str, query: str) -> list[str]:
    with connect(database_url) as cursor:
        cursor.execute(query)
        return [value for (value,) in cursor.fetchall()]


def leaf_categories(database_url: str) -> list[str]:
    """Return categories without subcategories, whose filter means the same to every peer."""
    return column(database_url, LEAF_CATEGORIES)


def product_slugs(database_url: str, number: int) -> list[str]:
    return column(database_url, f"{LIVE_SLUGS} LIMIT {number}")


def price_ranges(random: Random) -> Iterator[dict[str, str]]:
    """Yield ranges of prices without end, hardly ever the same one twice."""
    while True:
        low = random.randrange(200, 40_000)
        high = low + random.randrange(10_000, 30_000)
        yield {
            "min_price": f"{low / 100:.2f}",
            "max_price": f"{high / 100:.2f}",
            "ordering": "price",
        }


def plain_pages() -> Iterator[dict[str, str]]:
    """Yield the pages of the whole list, in five sizes around the default."""
    for size in PAGE_SIZES:
        yield from ({"page": str(page), "page_size": str(size)} for page in range(1, PAGES + 1))


def category_pages(categories: Sequence[str], start: dict[str, str]) -> Iterator[dict[str, str]]:
    """Yield the first page of each category, in five sizes around the default."""
    for size in PAGE_SIZES:
        yield from (
            {"category": category, "page_size": str(size)} | start for category in categories
        )


def query_strings(parameters: Iterable[dict[str, str]]) -> list[str]:
    return [f"?{urlencode(each)}" for each in parameters]


def mixed(
    plain: Iterable[str],
    categories: Sequence[str],
    start: dict[str, str],
    number: int = 4_000,
    seed: int = 1,
) -> list[str]:
    """Return query strings in a random order, of the four sorts in the ratio of `MIX`.

    `start` is what a first page is requested by: `{"cursor": ""}`, or nothing.
    """
    random = Random(seed)
    ranges = price_ranges(random)
    both = ({"category": category} | next(ranges) | start for category in cycle(categories))
    sources = {
        "plain": iter(plain),
        "category": iter(query_strings(category_pages(categories, start))),
        "price": (f"?{urlencode(each | start)}" for each in ranges),
        "both": (f"?{urlencode(each)}" for each in both),
    }
    queries: list[str] = []
    for sort in islice(cycle(MIX), number):
        query = next(sources[sort], None)
        if query is None:
            break  # of a sort there are no more, and the ratio shall stay
        queries.append(query)
    random.shuffle(queries)
    return queries


def walk(client: Client, path: str, pages: int) -> list[str]:
    """Return the query strings of a list's pages, by the links to the next one."""
    queries: list[str] = []
    while path and len(queries) < pages:
        queries.append("?" + urlsplit(path).query)
        status, _, content = client.get(path)
        if status != 200:
            raise RuntimeError(f"{status} for {path}: {content[:200]!r}")
        parts = urlsplit(json.loads(content)["next"] or "")
        path = f"{parts.path}?{parts.query}" if parts.path else ""
    return queries
