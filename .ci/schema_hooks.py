"""Hooks of Schemathesis: values that a client takes from earlier responses.

A request that is valid by its schema may still be rejected, because it refers to a category that
does not exist or to a version that has changed. Requests that are meant to succeed therefore get
values that exist. Requests that are meant to fail are sent as they were generated.
"""

import unicodedata
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import requests
import schemathesis
from hypothesis import strategies
from schemathesis.openapi.checks import UseAfterFree

JSON = "application/json"
MAX_OFFSET = 10_000  # in rows, of page numbers
restored_paths: set[str] = set()

# A GIF of one pixel that is valid UTF-8: Schemathesis reports a body of other bytes as a failure.
GIF = "GIF89a\1\0\1\0\0\0\0,\0\0\0\0\1\0\1\0\0\2\2D\1\0;"
schemathesis.openapi.format("binary", strategies.just(GIF))


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    if case.meta is None:
        return
    if case.meta.generation.mode.is_negative:
        kwargs["allow_redirects"] = True  # the rejection comes from the target of the redirect
        return
    server = case.operation.base_url.rstrip("/")
    if case.headers:
        set_headers(case, server)
    if case.query:
        set_query(case.query, server)
    if isinstance(case.body, dict):
        set_body(case.body, case.media_type == JSON, server)


@schemathesis.hook
def after_call(context: Any, case: Any, response: Any) -> None:
    """Record restored objects: Schemathesis does not know that a deletion can be undone."""
    path = case.formatted_path.rstrip("/")
    if case.method == "DELETE":
        restored_paths.discard(path)
    elif case.method == "POST" and path.endswith("/restore") and response.status_code == 200:
        object_path = path.removesuffix("/restore")
        slug = response.json()["slug"]
        restored_paths.update({object_path, f"{object_path.rpartition('/')[0]}/{slug}"})


@schemathesis.hook
def filter_failure(context: Any, failure: Any, case: Any, response: Any) -> bool:
    """Ignore a use after a deletion if the object was restored in between."""
    path = case.formatted_path.rstrip("/")
    return not (isinstance(failure, UseAfterFree) and path in restored_paths)


def set_headers(case: Any, server: str) -> None:
    """Set the current ETag, and an idempotency key that is new."""
    if "Idempotency-Key" in case.headers:
        case.headers["Idempotency-Key"] = str(uuid4())
    if "If-Match" in case.headers:
        path = urlsplit(case.formatted_path).path.replace("/image/", "/")
        response = requests.get(server + path, timeout=10)
        case.headers["If-Match"] = response.headers.get("ETag", "*")


def set_query(query: dict[str, Any], server: str) -> None:
    """Set categories that exist, either a page or a cursor, and a page within the limit."""
    for name in {"category", "parent"} & query.keys():
        query[name] = [live_category(server)]
    if "cursor" in query:
        query["cursor"] = ""
        query.pop("page", None)
    if isinstance(query.get("page"), int):
        query["page"] = min(query["page"], MAX_OFFSET // int(query.get("page_size", 20)))


def set_body(body: dict[str, Any], is_json: bool, server: str) -> None:
    """Set a category that exists, and in JSON no image: its URL could only be the current one.

    CLF is the currency with most decimals, so that it fits every price. Attributes whose names
    differ in invisible characters only are the same attribute.
    """
    if {"price", "currency"} & body.keys():
        body["currency"] = "CLF"
    if isinstance(body.get("attributes"), dict):
        names = {visible(name): name for name in body["attributes"]}
        body["attributes"] = {name: body["attributes"][name] for name in names.values()}
    for name in ("category", "parent"):
        if body.get(name):
            body[name] = live_category(server)
    if is_json and body.get("image"):
        body["image"] = None


def visible(name: str) -> str:
    """Return the name without invisible characters, in the form in which names are compared."""
    return unicodedata.normalize("NFC", "".join(filter(str.isprintable, name)).strip())


def live_category(server: str) -> str:
    """Return the slug of a root category, which is created if there is none."""
    url = f"{server}/api/categories/"
    roots = requests.get(url, {"parent": "null", "page_size": 1}, timeout=10).json()["results"]
    return (roots or [requests.post(url, json={"name": "Kitchen"}, timeout=10).json()])[0]["slug"]
