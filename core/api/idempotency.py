"""`Idempotency-Key`: a repeated POST has one effect, and gets the same response."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import wraps
from hashlib import sha256
from typing import Any, Self

from django.core.files import File
from django.db import DatabaseError, transaction
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder
from rest_framework.views import APIView

from core.api.errors.api_errors import BadHeader, IdempotencyKeyInUse, IdempotencyKeyReused
from core.models import IdempotencyRecord
from core.storage.names import sha256_hex

Handler = Callable[..., Response]
MAX_KEY_LENGTH = 255
STORED_HEADERS = ("Location",)
IN_USE = "The first request with this key is still running."


def idempotent(handler: Handler) -> Handler:
    """Make a POST handler replay its response to a repeated `Idempotency-Key`.

    The handler runs in one transaction. One that stores files uses `Attempt` itself. Raises as
    `Attempt.begin` does.
    """

    @wraps(handler)
    def wrapper(view: APIView, request: Request, *args: Any, **kwargs: Any) -> Response:
        with Attempt.begin(request) as attempt:
            if attempt.replayed:
                return attempt.replayed
            with attempt.transaction():
                response = handler(view, request, *args, **kwargs)
                attempt.store(response)
        return response

    return wrapper


@dataclass
class Attempt:
    """One request, which may have an `Idempotency-Key`.

    In this order, so that a crash at any point leaves neither an effect without its record nor
    a row without its file:

    1. `begin` claims the key, in a transaction of its own: from here on the key is in use.
    2. The caller validates, and stores files. No transaction is open.
    3. `transaction` locks the claim, or fails if its lease has ended and another request has the
       key. The effect and `store`, which completes the record, are committed together.
    4. After an error the claim is deleted: the request may be repeated, also corrected. After a
       crash its lease ends.
    """

    claim: IdempotencyRecord | None = None  # None without a key
    replayed: Response | None = None

    @classmethod
    @contextmanager
    def begin(cls, request: Request) -> Iterator[Self]:
        """Claim the key, or set `replayed`, the response to an earlier request.

        Raises `BadHeader`, `IdempotencyKeyInUse`, `IdempotencyKeyReused`.
        """
        key = request.headers.get("Idempotency-Key")
        if key is None:
            yield cls()
            return
        validate_key(key)
        fingerprint = body_fingerprint(request.data)
        record = IdempotencyRecord.claim(key=key, path=request.path, fingerprint=fingerprint)
        if record is None:
            raise IdempotencyKeyInUse(IN_USE)
        if record.is_complete:
            yield cls(replayed=replay(record, fingerprint))
            return
        try:
            yield cls(record)
        except BaseException:
            with suppress(DatabaseError):  # the lease ends, too
                record.release()
            raise

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Run the effect in the transaction of the record. Without a key, services have theirs.

        Raises `IdempotencyKeyInUse` if another request has replaced the claim.
        """
        if self.claim is None:
            yield
            return
        with transaction.atomic():
            if not self.claim.lock():
                raise IdempotencyKeyInUse(IN_USE)
            yield

    def store(self, response: Response) -> None:
        """Store a response, in the transaction of its effect."""
        if self.claim:
            self.claim.complete(
                status=response.status_code,
                headers={name: response[name] for name in STORED_HEADERS if name in response},
                body=json.dumps(response.data, cls=JSONEncoder),
            )


def validate_key(key: str) -> None:
    """Raise `BadHeader` unless the key is 1 to 255 printable ASCII characters."""
    if not 0 < len(key) <= MAX_KEY_LENGTH or not key.isprintable() or not key.isascii():
        raise BadHeader(
            f"Idempotency-Key must be 1 to {MAX_KEY_LENGTH} printable ASCII characters."
        )


def body_fingerprint(data: Any) -> str:
    """Return a digest of a parsed body, the same for any order of its names."""
    text = json.dumps(data, sort_keys=True, default=file_digest)
    return sha256(text.encode()).hexdigest()


def file_digest(value: File) -> str:
    """Return the digest of an uploaded file, and rewind it."""
    digest = sha256_hex(value)
    value.seek(0)
    return digest


def replay(record: IdempotencyRecord, fingerprint: str) -> Response:
    """Return the stored response. Raises `IdempotencyKeyReused` for another body."""
    if record.fingerprint != fingerprint:
        raise IdempotencyKeyReused("The key was used before with another body.")
    headers = {**record.headers, "Idempotent-Replayed": "true"}
    return Response(json.loads(record.body), record.status, headers=headers)
