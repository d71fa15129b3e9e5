"""What a client of the API knows and a schema cannot say, for Schemathesis.

A well-formed request may still name a category that is not there, or a version that has moved on,
and is rightly refused. So where a request is meant to succeed, it is given what a client would
take from an earlier answer. Requests that are meant to fail are left as they are.
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
DEEPEST = 10_000
brought_back: set[str] = set()

# A GIF of one pixel that is also a text, because Schemathesis takes bytes in a body for a fault.
GIF = "GIF89a\1\0\1\0\0\0\0,\0\0\0\0\1\0\1\0\0\2\2D\1\0;"
schemathesis.openapi.format("binary", strategies.just(GIF))


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    if case.meta is None:
        return
    if case.meta.generation.mode.is_negative:
        kwargs["allow_redirects"] = True  # what is refused is refused where it leads
        return
    server = case.operation.base_url.rstrip("/")
    if case.headers:
        know_headers(case, server)
    if case.query:
        know_query(case.query, server)
    if isinstance(case.body, dict):
        know_body(case.body, case.media_type == JSON, server)


@schemathesis.hook
def after_call(context: Any, case: Any, response: Any) -> None:
    """Note what came back from deletion, because Schemathesis knows no way back."""
    path = case.formatted_path.rstrip("/")
    if case.method == "DELETE":
        brought_back.discard(path)
    elif case.method == "POST" and path.endswith("/restore") and response.status_code == 200:
        address = path.removesuffix("/restore")
        slug = response.json()["slug"]
        brought_back.update({address, f"{address.rpartition('/')[0]}/{slug}"})


@schemathesis.hook
def filter_failure(context: Any, failure: Any, case: Any, response: Any) -> bool:
    """Let nothing be called used after it was deleted that was restored in between."""
    path = case.formatted_path.rstrip("/")
    return not (isinstance(failure, UseAfterFree) and path in brought_back)


def know_headers(case: Any, server: str) -> None:
    """Take the tag from a GET, and a key that nobody has used."""
    if "Idempotency-Key" in case.headers:
        case.headers["Idempotency-Key"] = str(uuid4())
    if "If-Match" in case.headers:
        path = urlsplit(case.formatted_path).path.replace("/image/", "/")
        found = requests.get(server + path, timeout=10)
        case.headers["If-Match"] = found.headers.get("ETag", "*")


def know_query(query: dict[str, Any], server: str) -> None:
    """Name categories that are there; go by page or by cursor, and not too deep."""
    for name in {"category", "parent"} & query.keys():
        query[name] = [live_category(server)]
    if "cursor" in query:
        query["cursor"] = ""
        query.pop("page", None)
    if isinstance(query.get("page"), int):
        query["page"] = min(query["page"], DEEPEST // int(query.get("page_size", 20)))


def know_body(body: dict[str, Any], is_json: bool, server: str) -> None:
    """Link to a category that is there. In JSON a picture is none, or the one that it has.

    A price may have as many decimals as its currency; CLF has most. Two attributes whose names
    differ in invisible characters alone are one.
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
    """Return what makes a name different from others: not the characters that nobody sees."""
    return unicodedata.normalize("NFC", "".join(filter(str.isprintable, name)).strip())


def live_category(server: str) -> str:
    """Give the slug of a root category; there is one, or there will be."""
    url = f"{server}/api/categories/"
    roots = requests.get(url, {"parent": "null", "page_size": 1}, timeout=10).json()["results"]
    return (roots or [requests.post(url, json={"name": "Kitchen"}, timeout=10).json()])[0]["slug"]
