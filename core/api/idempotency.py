"""Repeating a POST safely: the same key gets the same answer, and one effect."""

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
MAX_LENGTH = 255
KEPT_HEADERS = ("Location",)


def idempotent(handler: Handler) -> Handler:
    """Let a POST handler answer a repeated `Idempotency-Key` with what it answered before.

    The record is written in the transaction of the effect: both are there, or neither.
    Only responses of 2xx are kept: what had no effect may be tried again, also corrected.
    """

    @wraps(handler)
    def wrapper(view: APIView, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get("Idempotency-Key")
        if key is None:
            return handler(view, request, *args, **kwargs)
        validate_key(key)
        fingerprint = fingerprint_of(request.data)
        with transaction.atomic():
            if not try_advisory_xact_lock("idempotency", request.path, key):
                raise IdempotencyKeyInUse("The first request with this key is still running.")
            known = IdempotencyRecord.objects.active().filter(key=key, path=request.path).first()
            if known and is_success(known.status):
                return replay(known, fingerprint)
            response = run_atomically(handler, view, request, *args, **kwargs)
            if is_success(response.status_code):
                store_response(response, key=key, path=request.path, fingerprint=fingerprint)
        return response

    return wrapper


def validate_key(key: str) -> None:
    if not 0 < len(key) <= MAX_LENGTH or not key.isprintable() or not key.isascii():
        raise BadHeader(f"Idempotency-Key takes 1 to {MAX_LENGTH} printable ASCII characters.")


def run_atomically(handler: Handler, view: APIView, *args: Any, **kwargs: Any) -> Response:
    """Run the handler; a failure takes its effects back and becomes an answer, as outside."""
    try:
        with transaction.atomic():
            return handler(view, *args, **kwargs)
    except Exception as exc:  # noqa: BLE001 -- the view turns any failure into an answer
        return view.handle_exception(exc)


def fingerprint_of(data: Any) -> str:
    """Tell two bodies apart, whatever order their names come in."""
    text = json.dumps(data, sort_keys=True, default=digest_of_file)
    return sha256(text.encode()).hexdigest()


def digest_of_file(value: File) -> str:
    digest = sha256_hex(value)
    value.seek(0)
    return digest


def store_response(response: Response, **key: str) -> None:
    """Store an answer, in place of one that is too old."""
    answer = {
        "status": response.status_code,
        "headers": {name: response[name] for name in KEPT_HEADERS if name in response},
        "body": json.dumps(response.data, cls=JSONEncoder),
    }
    fingerprint = key.pop("fingerprint")
    IdempotencyRecord.objects.filter(**key).delete()
    IdempotencyRecord.objects.create(**key, fingerprint=fingerprint, **answer)


def replay(record: IdempotencyRecord, fingerprint: str) -> Response:
    if record.fingerprint != fingerprint:
        raise IdempotencyKeyReused("The key was used with another body.")
    headers = {**record.headers, "Idempotent-Replayed": "true"}
    return Response(json.loads(record.body), record.status, headers=headers)
