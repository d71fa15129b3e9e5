"""`Idempotency-Key`: a repeated POST has one effect, and gets the same response."""

import json
from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from typing import Any

from django.core.files import File
from django.db import transaction
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.status import is_success
from rest_framework.utils.encoders import JSONEncoder
from rest_framework.views import APIView

from core.api.errors.api_errors import BadHeader, IdempotencyKeyInUse, IdempotencyKeyReused
from core.db.locks import try_advisory_xact_lock
from core.models import IdempotencyRecord
from core.storage.names import sha256_hex

Handler = Callable[..., Response]
MAX_KEY_LENGTH = 255
STORED_HEADERS = ("Location",)


def idempotent(handler: Handler) -> Handler:
    """Make a POST handler replay its response to a repeated `Idempotency-Key`.

    The record is written in the transaction of the effect. Only 2xx responses are stored: a
    request that had no effect may be repeated under the same key, also corrected.

    Raises `BadHeader`, `IdempotencyKeyInUse`, `IdempotencyKeyReused`.
    """

    @wraps(handler)
    def wrapper(view: APIView, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get("Idempotency-Key")
        if key is None:
            return handler(view, request, *args, **kwargs)
        validate_key(key)
        fingerprint = body_fingerprint(request.data)
        with transaction.atomic():
            if not try_advisory_xact_lock("idempotency", request.path, key):
                raise IdempotencyKeyInUse("The first request with this key is still running.")
            record = IdempotencyRecord.objects.active().filter(key=key, path=request.path).first()
            if record and is_success(record.status):
                return replay(record, fingerprint)
            response = run_atomically(handler, view, request, *args, **kwargs)
            if is_success(response.status_code):
                store_response(response, key=key, path=request.path, fingerprint=fingerprint)
        return response

    return wrapper


def validate_key(key: str) -> None:
    """Raise `BadHeader` unless the key is 1 to 255 printable ASCII characters."""
    if not 0 < len(key) <= MAX_KEY_LENGTH or not key.isprintable() or not key.isascii():
        raise BadHeader(
            f"Idempotency-Key must be 1 to {MAX_KEY_LENGTH} printable ASCII characters."
        )


def run_atomically(handler: Handler, view: APIView, *args: Any, **kwargs: Any) -> Response:
    """Run the handler in a savepoint. A failure rolls it back and becomes an error response."""
    try:
        with transaction.atomic():
            return handler(view, *args, **kwargs)
    except Exception as exc:  # noqa: BLE001 -- as in `APIView.dispatch`
        return view.handle_exception(exc)


def body_fingerprint(data: Any) -> str:
    """Return a digest of a parsed body, the same for any order of its names."""
    text = json.dumps(data, sort_keys=True, default=file_digest)
    return sha256(text.encode()).hexdigest()


def file_digest(value: File) -> str:
    """Return the digest of an uploaded file, and rewind it."""
    digest = sha256_hex(value)
    value.seek(0)
    return digest


def store_response(response: Response, *, key: str, path: str, fingerprint: str) -> None:
    """Store the response, in place of an expired one under the same key."""
    IdempotencyRecord.objects.filter(key=key, path=path).delete()
    IdempotencyRecord.objects.create(
        key=key,
        path=path,
        fingerprint=fingerprint,
        status=response.status_code,
        headers={name: response[name] for name in STORED_HEADERS if name in response},
        body=json.dumps(response.data, cls=JSONEncoder),
    )


def replay(record: IdempotencyRecord, fingerprint: str) -> Response:
    """Return the stored response. Raises `IdempotencyKeyReused` for another body."""
    if record.fingerprint != fingerprint:
        raise IdempotencyKeyReused("The key was used before with another body.")
    headers = {**record.headers, "Idempotent-Replayed": "true"}
    return Response(json.loads(record.body), record.status, headers=headers)
