"""The version of the catalog, and what is kept in Redis as long as it stays the same.

The version is a random token, which a reader makes. Whoever commits a change deletes it, so that
all entries with the former one are void in the same moment, for every process. No counter: one
that Redis lost and counted again would revive old entries. See docs/decisions.
"""

import logging
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import Lock, Thread
from time import sleep
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from redis import ConnectionPool
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from redis.retry import Retry

TIMEOUT = 0.1  # seconds of one attempt; an available Redis responds in a hundredth of this
PAUSE = 0.1  # seconds between attempts while Redis is away
ENTRY_SECONDS = 10  # the limit of what is wrong where nobody could delete the token
TOKEN_BYTES = 12
TOKEN_SECONDS = 86_400  # so that a Redis may evict all our keys, and keeps none for ever
TOKEN = "version"  # noqa: S105 -- the name of a key

logger = logging.getLogger(__name__)


def learn_run_id(link: Any) -> None:
    """Prepare a new connection, and read which run of which server it leads to."""
    link.on_connect()
    link.send_command("INFO", "server")
    found = re.search(rb"run_id:(\w+)", link.read_response())
    if not found:
        raise RedisConnectionError("The server does not say its run_id.")
    link.run_id = found[1].decode()


class CatalogVersion:
    """The token, and entries that are valid as long as it is.

    After any failure the process uses no entry until it has deleted the token: a change may have
    been committed, by it or by others, that could not void them.
    """

    def __init__(self, url: str, prefix: str, **options: Any) -> None:
        self.prefix = prefix
        self.pool = ConnectionPool.from_url(
            url,
            protocol=2,
            socket_timeout=TIMEOUT,
            socket_connect_timeout=TIMEOUT,
            retry=Retry(NoBackoff(), 0),
            redis_connect_func=learn_run_id,
            **options,
        )
        self.lock = Lock()
        self.failures = 0
        self.is_recovering = False
        self.has_begun = False

    def bump(self) -> None:
        """Void all entries. Never raises: what cannot be done now is done once Redis responds."""
        if self.is_recovering:
            self.recover_from("a change")
            return
        try:
            self.delete_token()
        except RedisError as error:
            self.recover_from(error)

    def read(self, *names: str) -> tuple[bytes | None, list[bytes | None]]:
        """Return the token for entries written from now on, and the valid entries of these names.

        The token is None if nothing may be written.
        """
        nothing: list[bytes | None] = [None] * len(names)
        if self.is_recovering:
            return None, nothing
        try:
            if not self.has_begun:
                # Of a former release, or of a process that was killed before it could bump.
                self.delete_token()
                self.has_begun = True
            with self.connected() as link:
                token, *entries = call(link, "MGET", *self.keys(link, TOKEN, *names))
                if token is None:
                    token = secrets.token_hex(TOKEN_BYTES).encode()
                    keys = self.keys(link, TOKEN)
                    is_ours = call(link, "SET", *keys, token, "NX", "EX", TOKEN_SECONDS)
                    return (token if is_ours else None), nothing
        except RedisError as error:
            self.recover_from(error)
            return None, nothing
        return token, [
            entry[len(token) :] if entry and entry.startswith(token) else None for entry in entries
        ]

    def write(self, token: bytes, entries: dict[str, bytes]) -> None:
        """Write entries under the token that was read before what they were made from."""
        if self.is_recovering:
            return
        try:
            with self.connected() as link:
                for name, value in entries.items():
                    (key,) = self.keys(link, name)
                    call(link, "SET", key, token + value, "EX", ENTRY_SECONDS)
        except RedisError as error:
            self.recover_from(error)

    def delete_token(self) -> None:
        """Delete, not replace it: a Redis whose memory is full allows only that."""
        with self.connected() as link:
            call(link, "DEL", *self.keys(link, TOKEN))

    def keys(self, link: Any, *names: str) -> list[str]:
        """Return keys of this run of the server: one that restarts has old data at most."""
        return [f"{self.prefix}:{link.run_id}:{name}" for name in names]

    @contextmanager
    def connected(self) -> Iterator[Any]:
        link = self.pool.get_connection()
        try:
            yield link
        finally:
            self.pool.release(link)

    def recover_from(self, reason: object) -> None:
        """Use no entry until a thread has deleted the token after the last failure."""
        with self.lock:
            self.failures += 1
            if self.is_recovering:
                return
            self.is_recovering = True
        logger.warning("Responses are not cached until Redis responds: %s", reason)
        Thread(target=self.recover, name="catalog-version", daemon=True).start()

    def recover(self) -> None:
        while True:
            failures = self.failures
            try:
                self.delete_token()
            except RedisError:
                sleep(PAUSE)
                continue
            with self.lock:
                if failures == self.failures:
                    self.is_recovering = False
                    return


def call(link: Any, *command: Any) -> Any:
    """Return the response to one command."""
    link.send_command(*command)
    return link.read_response()


@cache
def catalog_version() -> CatalogVersion | None:
    """Return the version of this process, or None where responses are not cached."""
    if settings.CATALOG_VERSION is None:
        return None
    prefix = f"{settings.INSTALLATION}.responses"
    return CatalogVersion(settings.CATALOG_VERSION.url, prefix, **settings.CATALOG_VERSION.tls)


os.register_at_fork(after_in_child=catalog_version.cache_clear)


def bump_at_commit() -> None:
    """Void all cached responses once what was just written is committed.

    One callback is enough: only a savepoint that is still open can drop it, and our change too.
    """
    version = catalog_version()
    if version is None:
        return
    if not any(callback == version.bump for _, callback, *_ in connection.run_on_commit):
        transaction.on_commit(version.bump, robust=True)
