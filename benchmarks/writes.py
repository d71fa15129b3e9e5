"""Scenarios that create products."""

import json
from random import Random

from benchmarks.load import Requests
from benchmarks.reads import NAMES
from benchmarks.scenario import Candidate, Goal, Measured, Options, Scenario, interleave
from benchmarks.servers import Servers
from tests.support.http_client import form_part
from tests.support.photographs import photograph
from tests.support.servers.databases import connect

URL = "/api/products/"
JSON = {"Content-Type": "application/json"}
TAKEN = "Taken mug"
BOUNDARY = "benchmark"
# Copies of a row: whatever columns there are, only these differ.
TAKE_NAME = """
INSERT INTO products_product
SELECT (jsonb_populate_record(product, jsonb_build_object(
    'id', gen_random_uuid(), 'name', %(name)s::text,
    'slug', 'taken-mug' || CASE i WHEN 1 THEN '' ELSE '-' || i END))).*
FROM (SELECT p FROM products_product AS p WHERE deleted_at IS NULL AND sku IS NULL LIMIT 1)
    AS one (product), generate_series(1, 1000) AS i
"""


def product(name: str) -> bytes:
    description = "A mug for tea, safe in a dishwasher, finished by hand."
    return json.dumps({"name": name, "price": "9.90", "description": description}).encode()


def form_with_image() -> bytes:
    image = photograph(Random(1), (1280, 960), quality=93)
    parts = [form_part(BOUNDARY, f'name="{name}"', value) for name, value in
             {"name": b"A mug with an image", "price": b"9.90"}.items()]  # fmt: skip
    parts.append(form_part(BOUNDARY, 'name="image"; filename="photo.jpg"', image))
    return b"".join([*parts, f"--{BOUNDARY}--\r\n".encode()])


def create(servers: Servers, options: Options) -> list[Measured]:
    """Measure a name that is new, and one that a thousand products have."""
    with connect(servers.database_url) as cursor:
        cursor.execute(TAKE_NAME, {"name": TAKEN})
    requests = {
        "a fresh name": Requests([URL], "POST", JSON, product("Fresh mug {n}")),
        "a taken name": Requests([URL], "POST", JSON, product(TAKEN)),
    }
    candidates = [
        Candidate(f"{NAMES['catalog']}, {name}", servers["catalog"], each)
        for name, each in requests.items()
    ]
    fresh = requests["a fresh name"]
    plain = Requests(["/plain/products/"], "POST", JSON, fresh.body)
    candidates.append(Candidate(NAMES["plain"], servers["django"], plain))
    candidates.append(Candidate(NAMES["fastapi"], servers["fastapi"], fresh))
    return interleave(candidates, servers, options)


def create_with_image(servers: Servers, options: Options) -> list[Measured]:
    headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    body = form_with_image()
    paths = {"catalog": URL, "plain": "/plain/products/"}
    candidates = [
        Candidate(NAMES[key], servers[server], Requests([paths[key]], "POST", headers, body))
        for key, server in (("catalog", "catalog"), ("plain", "django"))
    ]
    return interleave(candidates, servers, options)


FRESH = f"{NAMES['catalog']}, a fresh name"
SCENARIOS = [
    Scenario(
        "create", "POST of a product as JSON", create,
        [
            Goal("fresh name ≥ 0.25 × FastAPI", FRESH, 0.25, NAMES["fastapi"]),
            Goal("taken name ≥ 0.5 × fresh name", f"{NAMES['catalog']}, a taken name", 0.5, FRESH),
            Goal("≥ 4 × plain DRF", FRESH, 4, NAMES["plain"]),
        ],
    ),
    Scenario(
        "create-image", "POST of a product with an image of 500 KB", create_with_image,
        [
            Goal(
                "≥ 2 × plain DRF, which makes the thumbnail meanwhile",
                NAMES["catalog"], 2, NAMES["plain"],
            ),
        ],
    ),
]  # fmt: skip
