"""Responses from Redis, without SQL, as long as nobody has changed the catalog."""

from collections import OrderedDict
from functools import partial
from hashlib import blake2b
from typing import Any

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import parse_etags
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api.etags import matches, not_modified
from core.catalog_version import CatalogVersion, catalog_version

CACHED_ACTIONS = {"list", "retrieve", "tree"}
MAX_BYTES = 1024 * 1024  # of a body
MAX_NAMES = 10_000  # that a process remembers

recent_misses: OrderedDict[str, None] = OrderedDict()


class CachedResponses(APIView):
    """A view set that answers a repeated GET with what the first one was answered.

    Only for everybody's answers: with permissions, or credentials, each request is on its own.
    """

    action_map: dict[str, str]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        version = catalog_version() if self.is_cacheable(request) else None
        if version is None:
            return super().dispatch(request, *args, **kwargs)
        name = entry_name(request)
        token, cached = find(version, name, request)
        if cached:
            return cached
        # Before the database is read: whatever is committed later voids the token.
        response = super().dispatch(request, *args, **kwargs)
        if token and was_missed_before(name) and isinstance(response, Response):
            response.add_post_render_callback(partial(store, version, token, name, response))
        return response

    def is_cacheable(self, request: HttpRequest) -> bool:
        return (
            settings.RESPONSE_CACHE
            and request.method in {"GET", "HEAD"}
            and self.action_map.get("get") in CACHED_ACTIONS
            and "HTTP_AUTHORIZATION" not in request.META
            and not (self.permission_classes or self.authentication_classes)
            and not self.throttle_classes
        )


def entry_name(request: HttpRequest) -> str:
    """Return a digest of everything in a request that an answer depends on."""
    query, accept = (request.META.get(name) for name in ("QUERY_STRING", "HTTP_ACCEPT"))
    parts = (request.scheme, request.get_host(), request.path, query, accept)
    return blake2b(repr(parts).encode(), digest_size=16).hexdigest()


def find(
    version: CatalogVersion, name: str, request: HttpRequest
) -> tuple[bytes | None, HttpResponse | None]:
    """Return the token to store under, and the cached response, or a 304 if the client has it."""
    known = parse_etags(request.META.get("HTTP_IF_NONE_MATCH", ""))
    if known:  # The headers decide; a body is read only if it is sent.
        _, (headers,) = version.read(f"{name}:headers")
        if headers:
            response = HttpResponse(headers=orjson.loads(headers))
            if matches(response["ETag"], known):
                return None, not_modified(response)
    token, (entry,) = version.read(name)
    if entry is None:
        return token, None
    headers, _, body = entry.partition(b"\n")
    return token, HttpResponse(body, headers=orjson.loads(headers))


def was_missed_before(name: str) -> bool:
    """Return whether somebody asks again: what is asked for once is not worth storing."""
    is_known = name in recent_misses
    recent_misses[name] = None
    recent_misses.move_to_end(name)
    if len(recent_misses) > MAX_NAMES:
        recent_misses.popitem(last=False)
    return is_known


def store(
    version: CatalogVersion, token: bytes, name: str, response: Response, _: HttpResponse
) -> None:
    """Store a rendered response, also where a 304 replaces it. A callback, after the ETag's."""
    if response.status_code == 200 and len(response.content) <= MAX_BYTES:
        headers = orjson.dumps(dict(response.items()))
        entries = {name: headers + b"\n" + response.content, f"{name}:headers": headers}
        version.write(token, entries)
