"""Scenarios that read: lists, products, pages far down, and searches."""

from benchmarks.load import Requests
from benchmarks.paths import (
    leaf_categories,
    mixed,
    plain_pages,
    product_slugs,
    query_strings,
    walk,
)
from benchmarks.scenario import Candidate, Goal, Measured, Options, Scenario, interleave, latencies
from benchmarks.servers import Servers

LIST = "/api/products/"
PATHS = {"catalog": LIST, "fastapi": LIST, "plain": "/plain/products/", "tuned": "/tuned/products/"}
SERVERS = {"catalog": "catalog", "fastapi": "fastapi", "plain": "django", "tuned": "django"}
NAMES = {
    "catalog": "this service",
    "fastapi": "FastAPI + asyncpg",
    "plain": "plain DRF",
    "tuned": "well-tuned DRF",
}
CURSOR_PAGES = 1_200
DEEP = 50_000


def list_candidate(servers: Servers, key: str, start: dict[str, str]) -> Candidate:
    """Return a candidate for lists with mixed filters, by cursor if `start` has one."""
    path, categories = PATHS[key], leaf_categories(servers.database_url)
    if "cursor" in start:
        client = servers.client(SERVERS[key])
        plain = walk(client, f"{path}?cursor=&page_size=20", CURSOR_PAGES)
    else:
        plain = query_strings(plain_pages())
    paths = [path + query for query in mixed(plain, categories, start)]
    return Candidate(NAMES[key], servers[SERVERS[key]], Requests(paths))


def list_by_cursor(servers: Servers, options: Options) -> list[Measured]:
    keys, start = ("catalog", "tuned", "fastapi"), {"cursor": ""}
    candidates = [list_candidate(servers, key, start) for key in keys]
    candidates.append(list_candidate(servers, "plain", {}))
    return interleave(candidates, servers, options)


def list_by_page(servers: Servers, options: Options) -> list[Measured]:
    catalog, plain = (list_candidate(servers, key, {}) for key in ("catalog", "plain"))
    fastapi = list_candidate(servers, "fastapi", {"cursor": ""})
    return interleave([catalog, plain, fastapi], servers, options)


def list_unchanged(servers: Servers, options: Options) -> list[Measured]:
    """Measure lists that were requested before, beside ones that were not."""
    fastapi = list_candidate(servers, "fastapi", {"cursor": ""})
    plain = list_candidate(servers, "plain", {})
    hits = list_candidate(servers, "catalog", {})
    hits.requests, hits.cold = Requests(hits.requests.paths[:200]), False
    return interleave([hits, plain, fastapi], servers, options)


def not_modified(servers: Servers, options: Options) -> list[Measured]:
    client = servers.client("catalog")
    _, headers, _ = client.get(LIST)
    conditional = {"If-None-Match": headers["ETag"]}
    status, _, _ = client.get(LIST, **conditional)
    if status != 304:
        raise RuntimeError(f"{status} instead of 304")
    candidates = [
        Candidate(NAMES["catalog"], servers["catalog"], Requests([LIST], headers=conditional)),
        Candidate("bare WSGI", servers["wsgi"], Requests(["/"], headers={"If-None-Match": '"1"'})),
    ]
    candidates[0].cold = False
    return interleave(candidates, servers, options)


def detail(servers: Servers, options: Options) -> list[Measured]:
    slugs = product_slugs(servers.database_url, 40_000)
    candidates = [
        Candidate(
            NAMES[key],
            servers[SERVERS[key]],
            Requests([f"{PATHS[key]}{slug}/" for slug in slugs]),
        )
        for key in ("catalog", "plain", "fastapi")
    ]
    return interleave(candidates, servers, options)


def ceilings(servers: Servers, options: Options) -> list[Measured]:
    """Measure the most that each layer allows, with a body as long as a page of 20."""
    paths = {"bare WSGI": ("wsgi", "/"), "empty Django view": ("django", "/empty/")}
    paths |= {"empty DRF view": ("django", "/empty-drf/")}
    paths |= {"this service, live probe": ("catalog", "/health/live/")}
    candidates = [
        Candidate(name, servers[server], Requests([path])) for name, (server, path) in paths.items()
    ]
    return interleave(candidates, servers, options)


def depth(servers: Servers, options: Options) -> list[Measured]:
    """Measure the first pages, and pages 50,000 rows further down, by one client."""
    client, forget = servers.client("catalog"), servers.catalog.forget_responses
    steps = min(DEEP, options.products // 2) // 100
    first = walk(client, f"{LIST}?cursor=&page_size=20", 20)
    deep_start = walk(client, f"{LIST}?cursor=&page_size=100", steps)[-1]
    deep_start = deep_start.replace("page_size=100", "page_size=20")
    deep = walk(client, LIST + deep_start, 20)
    return [
        Measured(
            name, latencies(client, [LIST + query for query in queries], forget, options.rounds)[0],
            "ms",
        )
        for name, queries in {"first pages": first, "deep pages": deep}.items()
    ]  # fmt: skip


def search(servers: Servers, options: Options) -> list[Measured]:
    client, forget = servers.client("catalog"), servers.catalog.forget_responses
    words = {"no hit": "xylophone", "two words": "blue+mug", "common word": "every"}
    paths = {"live probe": "/health/live/"}
    paths |= {name: f"{LIST}?search={text}&cursor=" for name, text in words.items()}
    return [
        Measured(name, latencies(client, [path], forget, 2 * options.rounds + 1)[0], "ms")
        for name, path in paths.items()
    ]


CATALOG, FASTAPI, PLAIN, TUNED = (NAMES[key] for key in ("catalog", "fastapi", "plain", "tuned"))
SCENARIOS = [
    Scenario(
        "list-cursor", "Lists of 20 by cursor, mixed filters, nothing cached", list_by_cursor,
        [
            Goal("≥ 0.7 × FastAPI", CATALOG, 0.7, FASTAPI),
            Goal("CPU ≤ 1.3 × FastAPI's", CATALOG, 1.3, FASTAPI, at_most=True, of="cpu"),
            Goal("≥ 7 × well-tuned DRF", CATALOG, 7, TUNED),
            Goal("≥ 15 × plain DRF (by page)", CATALOG, 15, PLAIN),
        ],
    ),
    Scenario(
        "list-page", "Lists of 20 by page, with their count, mixed filters, nothing cached",
        list_by_page,
        [Goal("≥ 0.6 × FastAPI (by cursor)", CATALOG, 0.6, FASTAPI)],
    ),
    Scenario(
        "list-unchanged", "Lists that were requested before, nothing changed", list_unchanged,
        [
            Goal("≥ 1.3 × FastAPI's uncached lists", CATALOG, 1.3, FASTAPI),
            Goal("≥ 45 × plain DRF", CATALOG, 45, PLAIN),
        ],
    ),
    Scenario(
        "not-modified", "A list that the client has (304)", not_modified,
        [Goal("≥ 0.45 × bare WSGI", CATALOG, 0.45, "bare WSGI")],
    ),
    Scenario(
        "detail", "One product by its slug", detail,
        [
            Goal("≥ 0.5 × FastAPI", CATALOG, 0.5, FASTAPI),
            Goal("≥ 12 × plain DRF", CATALOG, 12, PLAIN),
        ],
    ),
    Scenario("ceilings", "Ceilings: a fixed body of 22 KB", ceilings),
    Scenario(
        "depth", "A page of 20 at depth 50,000 by cursor, one client", depth,
        [Goal("≤ 1.5 × page 1", "deep pages", 1.5, "first pages", at_most=True)],
    ),
    Scenario(
        "search", "Searches, one client", search,
        [
            Goal("no hit ≤ 15 × a probe", "no hit", 15, "live probe", at_most=True),
            Goal("two words ≤ 25 × a probe", "two words", 25, "live probe", at_most=True),
            Goal("common word ≤ 15 × a probe", "common word", 15, "live probe", at_most=True),
        ],
    ),
]  # fmt: skip
