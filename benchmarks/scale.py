"""Every documented question, one client, as a multiple of the live probe in the same run."""

import json
from collections.abc import Iterator
from itertools import chain, product
from statistics import median
from typing import Any
from urllib.parse import urlencode

from benchmarks.load import Client
from benchmarks.paths import column, leaf_categories
from benchmarks.report import number, table
from benchmarks.scenario import Options, latencies
from benchmarks.servers import Servers

PROBE = "/health/live/"
LISTS = ("/api/products/", "/api/categories/")
GOAL, SEARCH_GOAL = 15, 25  # times the probe; the latter for two words
REPETITIONS = 7
PAGINATION = {"page", "page_size", "cursor", "fields"}
AN_ID = "SELECT id::text FROM {} WHERE deleted_at IS NULL ORDER BY md5(id::text) LIMIT 1"

Query = dict[str, str]
Values = dict[str, list[str]]


def documented_parameters(schema: Any, path: str) -> list[Any]:
    """Return the query parameters of a list in the OpenAPI document."""
    components = schema.get("components", {}).get("parameters", {})
    parameters = [
        components[parameter["$ref"].rpartition("/")[2]] if "$ref" in parameter else parameter
        for parameter in schema["paths"][path]["get"]["parameters"]
    ]
    return [parameter for parameter in parameters if parameter["in"] == "query"]


def queries_of(parameter: Any, values: Values) -> list[Query]:
    """Return what to measure of a parameter: a query for each value.

    Raises `LookupError` for one whose values neither the schema nor `values` has, so that a new
    parameter is not left out.
    """
    name, schema = parameter["name"], parameter["schema"]
    if name in values:
        return [{name: value} for value in values[name]]
    if parameter.get("style") == "deepObject":
        pairs = (pair.split("=") for pair in values[f"{name}[]"])
        return [{f"{name}[{key}]": value} for key, value in pairs]
    schema = schema.get("items", schema)
    choices = schema.get("enum") or {"boolean": ["true", "false"]}.get(schema.get("type"))
    if choices:
        return [{name: str(choice)} for choice in choices]
    if schema.get("format") == "date-time":
        return [{name: values["datetime"][0]}]
    raise LookupError(f"Which values shall be measured of {name}?")


def sample_values(servers: Servers) -> Values:
    """Return values that select something, for parameters whose schema lists none."""
    url = servers.database_url
    (sku,) = column(url, "SELECT sku FROM products_product WHERE sku > 'SKU-00000500' LIMIT 1")
    (now,) = column(url, "SELECT to_char(now() - interval '9 days', 'YYYY-MM-DD\"T\"HH24:MI:SSZ')")
    categories = leaf_categories(url)
    (root,) = column(url, "SELECT slug FROM categories_category WHERE parent_id IS NULL LIMIT 1")
    return {
        "search": ["xylophone", "blue mug", "mug", "every"],
        "category": [categories[0], root, f"{categories[0]},{categories[1]}", "null"],
        "parent": [root, "null"],
        "id": column(url, AN_ID.format("products_product")),
        "sku": [sku],
        "min_price": ["5", "450"],
        "max_price": ["19.90", "450"],
        "currency": ["USD", "JPY"],
        "name": ["Blue ceramic mug"],
        "slug": ["category-1"],
        "attributes[]": ["colour=blue", "weight_g=350"],
        "datetime": [now],
    }


def list_queries(schema: Any, path: str, values: Values) -> Iterator[Query]:
    """Yield each parameter alone, by page and by cursor, and with a category."""
    parameters = documented_parameters(schema, path)
    alone = [
        query
        for parameter in parameters
        if parameter["name"] not in PAGINATION
        for query in queries_of(parameter, values)
    ]
    yield from ({} | start for start in ({}, {"cursor": ""}))
    yield from (query | start for query, start in product(alone, ({}, {"cursor": ""})))
    if any(parameter["name"] == "category" for parameter in parameters):
        category = {"category": values["category"][0]}
        root = {"category": values["category"][1]}
        others = [query for query in alone if "category" not in query]
        yield from (
            query | within | start
            for query, within, start in product(others, (category, root), ({}, {"cursor": ""}))
        )


def questions(schema: Any, servers: Servers) -> list[str]:
    """Return the URLs of all questions: lists with each parameter, items, and the tree."""
    values = sample_values(servers)
    lists = (
        path + (f"?{urlencode(query)}" if query else "")
        for path in LISTS
        for query in list_queries(schema, path, values)
    )
    (slug,) = column(servers.database_url, "SELECT slug FROM products_product LIMIT 1")
    items = [f"/api/categories/{values['category'][level]}/" for level in (0, 1)]
    items += ["/api/categories/tree/", f"/api/products/{slug}/", "/api/products/no-such-slug/"]
    return list(chain(lists, items))


def goal_of(path: str) -> float:
    return SEARCH_GOAL if "search=blue+mug" in path else GOAL


def run(servers: Servers, options: Options) -> list[str]:
    """Measure all questions, and return the lines of a table, the most expensive first."""
    schema = json.loads(servers.catalog.manage("spectacular", "--format", "openapi-json"))
    client = Client(servers.catalog.port)
    repetitions = max(REPETITIONS, options.rounds)
    forget = servers.catalog.forget_responses
    probes, answers = [], []
    for path in questions(schema, servers):
        probes.append(latencies(client, [PROBE], forget, repetitions)[0].median)
        answers.append((path, *latencies(client, [path], forget, repetitions)))
    probe = median(probes)
    measured = [(path, each.median, each.median / probe, codes) for path, each, codes in answers]
    measured.sort(key=lambda each: each[2], reverse=True)
    rows = [
        [
            path.replace("|", "%7C"),
            f"{number(milliseconds)} ms",
            number(multiple),
            verdict(path, multiple, statuses),
        ]
        for path, milliseconds, multiple, statuses in measured
    ]
    within = sum(row[-1] == "" for row in rows)
    summary = (
        f"{options.products:,} products, one client, nothing cached, medians of {repetitions}."
        f" The live probe takes {number(probe)} ms; {within} of {len(rows)} questions cost at most"
        f" {GOAL} times as much ({SEARCH_GOAL} for a search of two words)."
    )
    return [summary, "", *table(["Question", "Median", "Multiple of the probe", ""], rows)]


def verdict(path: str, multiple: float, statuses: set[int]) -> str:
    """Return how a row is marked: not at all if it is within its goal."""
    if unexpected := statuses - {200, 404}:
        return f"**status {', '.join(map(str, sorted(unexpected)))}**"
    return "" if multiple <= goal_of(path) else "**missed**"
