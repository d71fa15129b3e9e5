"""FastAPI, asyncpg and orjson: one SQL text for each shape of a list."""

import os
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

import asyncpg
import orjson
from fastapi import FastAPI, HTTPException, Request, Response
from pydantic import BaseModel
from uuid_utils.compat import uuid7

COLUMNS = """
    p.id::text, p.slug, p.name, p.description, p.sku, p.price::text, p.currency, p.stock,
    p.is_active,
    CASE WHEN c.deleted_at IS NULL THEN c.slug END AS category,
    CASE WHEN c.deleted_at IS NULL THEN c.name END AS category_name,
    p.attributes, p.image, p.image_width, p.image_height, p.thumbnail, p.thumbnail_status,
    p.thumbnail_error, p.renditions, p.placeholder, p.version, p.created_at, p.updated_at,
    p.deleted_at
"""
TABLES = "products_product p LEFT JOIN categories_category c ON c.id = p.category_id"
ORDERINGS = {"price": ("price", ">", "ASC"), "-created_at": ("created_at", "<", "DESC")}
INSERT = """
INSERT INTO products_product (id, name, slug, description, search_text, price, currency, stock,
    is_active, attributes, image, thumbnail, renditions, thumbnail_status, thumbnail_attempts,
    version, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, 'USD', 0, true, '{}', '', '', '{}', 'none', 0, 1, $7, $7)
"""


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    url = os.environ["DATABASE_URL"].replace("postgres://", "postgresql://", 1)
    app.state.pool = await asyncpg.create_pool(url, min_size=4, max_size=4)
    yield
    await app.state.pool.close()


app = FastAPI(lifespan=lifespan, openapi_url=None)


def to_json(value: Any) -> str:
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError


def respond(value: Any, status: int = 200) -> Response:
    return Response(orjson.dumps(value, to_json), status, media_type="application/json")


def represent(row: asyncpg.Record, base: str) -> dict[str, Any]:
    product = dict(row)
    product["attributes"] = orjson.Fragment(product["attributes"])
    error = product["thumbnail_error"]
    product["thumbnail_error"] = error and orjson.Fragment(error)
    for name in ("image", "thumbnail"):
        product[name] = f"{base}media/{product[name]}" if product[name] else None
    renditions = orjson.loads(product["renditions"])
    product["renditions"] = {size: f"{base}media/{name}" for size, name in renditions.items()}
    return product


def cursor_after(row: asyncpg.Record, column: str) -> str:
    """Return the cursor of the page after this row."""
    value = row[column]
    text = value.isoformat() if column == "created_at" else str(value)
    return urlsafe_b64encode(f"{text} {row['id']}".encode()).decode()


@app.get("/api/products/")
async def list_products(
    request: Request,
    category: str | None = None,
    min_price: Decimal | None = None,
    max_price: Decimal | None = None,
    ordering: Literal["price", "-created_at"] = "-created_at",
    page_size: int = 20,
    cursor: str = "",
) -> Response:
    column, comparison, direction = ORDERINGS[ordering]
    conditions, values = ["p.deleted_at IS NULL"], []

    def add(condition: str, *parameters: Any) -> None:
        values.extend(parameters)
        numbers = range(len(values) - len(parameters) + 1, len(values) + 1)
        conditions.append(condition.format(*(f"${number}" for number in numbers)))

    if category is not None:
        add(
            "p.category_id = (SELECT id FROM categories_category"
            " WHERE slug = {} AND deleted_at IS NULL)",
            category,
        )
    if min_price is not None:
        add("p.price >= {}", min_price)
    if max_price is not None:
        add("p.price <= {}", max_price)
    if cursor:
        text, key = urlsafe_b64decode(cursor).decode().split(" ")
        position = Decimal(text) if column == "price" else datetime.fromisoformat(text)
        add(f"(p.{column}, p.id) {comparison} ({{}}, {{}})", position, UUID(key))
    values.append(page_size + 1)
    query = (
        f"SELECT {COLUMNS} FROM {TABLES} WHERE {' AND '.join(conditions)}"
        f" ORDER BY p.{column} {direction}, p.id {direction} LIMIT ${len(values)}"
    )
    rows = await request.app.state.pool.fetch(query, *values)
    base = str(request.base_url)
    next_url = None
    if len(rows) > page_size:
        token = cursor_after(rows[page_size - 1], column)
        next_url = str(request.url.include_query_params(cursor=token))
    results = [represent(row, base) for row in rows[:page_size]]
    return respond({"next": next_url, "previous": None, "results": results})


@app.get("/api/products/{slug}/")
async def retrieve_product(request: Request, slug: str) -> Response:
    query = f"SELECT {COLUMNS} FROM {TABLES} WHERE p.slug = $1 AND p.deleted_at IS NULL"
    row = await request.app.state.pool.fetchrow(query, slug)
    if row is None:
        raise HTTPException(404)
    return respond(represent(row, str(request.base_url)))


class NewProduct(BaseModel):
    name: str
    price: Decimal
    description: str = ""


@app.post("/api/products/")
async def create_product(request: Request, product: NewProduct) -> Response:
    key, now = uuid7(), datetime.now(UTC)
    slug = re.sub("[^a-z0-9]+", "-", product.name.lower()).strip("-") + f"-{key.hex[-12:]}"
    text = f"{product.name}\n\n{product.description}".lower()
    await request.app.state.pool.execute(
        INSERT, key, product.name, slug, product.description, text, product.price, now
    )
    created = {"id": key, "slug": slug, **product.model_dump(), "created_at": now}
    return respond(created, 201)
