import os
import secrets
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from django.db import transaction
from redis import Redis
from redis.exceptions import ConnectionError as RedisConnectionError

from core import catalog_version as module
from core.catalog_version import CatalogVersion, bump_at_commit
from tests.support.catalog_version import close_version
from tests.support.servers.brokers import Broker, broker_command, running_broker
from tests.support.servers.ports import is_listening
from tests.support.waiting import wait_until


@pytest.fixture
def broker() -> Iterator[Broker]:
    with running_broker("--enable-debug-command", "yes") as running:
        yield running


@pytest.fixture
def process(broker) -> Iterator[Callable[[], CatalogVersion]]:
    """Return a function that creates what a process has, in use already."""

    versions: list[CatalogVersion] = []

    def begin() -> CatalogVersion:
        version = CatalogVersion(broker.url, "test")
        versions.append(version)
        version.read()
        return version

    yield begin
    for version in versions:
        close_version(version)


def settle(version: CatalogVersion) -> bytes:
    """Return the token, once there is one."""
    tokens: list[bytes] = []
    wait_until(lambda: tokens.append(version.read()[0] or b"") or tokens[-1], 5)
    return tokens[-1]


def fail() -> None:
    raise RedisConnectionError


class TestRead:
    def test_returns_an_entry_under_the_same_token(self, process):
        version, other = process(), process()
        version.write(settle(version), {"name": b"value"})

        assert other.read("name")[1] == [b"value"]

    def test_returns_no_entry_of_another_token(self, process):
        version, token = process(), secrets.token_bytes(12)
        settle(version)

        version.write(token, {"name": b"value"})

        assert version.read("name")[1] == [None]

    def test_voids_what_a_killed_process_could_not(self, broker, process):
        version = process()
        version.write(settle(version), {"name": b"value"})

        restarted = CatalogVersion(broker.url, "test")

        assert restarted.read("name")[1] == [None]

    def test_uses_nothing_that_a_restarted_server_has_loaded(self, tmp_path):
        with running_broker("--dir", str(tmp_path)) as broker:
            version = CatalogVersion(broker.url, "test")
            version.read()
            version.write(settle(version), {"name": b"value"})
            with Redis.from_url(broker.url) as client:
                client.save()
            broker.stop()
            broker.process = subprocess.Popen(broker_command(broker.port, "--dir", str(tmp_path)))
            wait_until(lambda: is_listening(broker.port), 10)

            with Redis.from_url(broker.url) as client:
                assert client.dbsize() == 2
            assert version.read("name")[1] == [None]

    def test_begins_anew_after_a_flush(self, process, broker):
        version, other = process(), process()
        token = settle(version)
        with Redis.from_url(broker.url) as client:
            client.flushall()

        assert settle(other) == settle(version) != token

    def test_leaves_no_key_for_ever(self, process, broker):
        version = process()
        version.write(settle(version), {"name": b"value"})

        with Redis.from_url(broker.url) as client:
            assert len([key for key in client.scan_iter("*") if client.ttl(key) > 0]) == 2

    def test_raises_nothing_without_redis(self, process, broker):
        version = process()
        broker.stop()

        assert version.read("name") == (None, [None])


class TestBump:
    def test_is_seen_by_the_next_read_of_any_process(self, process):
        processes = [process(), process()]
        for number in range(200):
            writer, reader = processes[number % 2], processes[(number + 1) % 2]
            reader.write(settle(reader), {"name": b"old"})
            assert writer.read("name")[1] == [b"old"]

            writer.bump()

            assert reader.read("name")[1] == [None]

    def test_voids_what_was_read_before_it_and_stored_after_it(self, process):
        version, other = process(), process()
        token = settle(version)

        other.bump()
        version.write(token, {"name": b"old"})

        assert other.read("name")[1] == [None]
        assert version.read("name")[1] == [None]

    def test_works_where_memory_is_full(self, process, broker):
        version, other = process(), process()
        version.write(settle(version), {"name": b"old"})
        with Redis.from_url(broker.url) as client:
            client.config_set("maxmemory", 1)

        other.bump()

        assert not other.is_recovering
        assert version.read("name")[1] == [None]

    def test_of_a_warm_process_works_as_soon_as_a_frozen_redis_responds(self, process, broker):
        version, other = process(), process()
        version.write(settle(version), {"name": b"old"})
        broker.freeze()

        other.bump()
        broker.thaw()

        assert version.read("name")[1] == [None]

    def test_of_a_cold_process_is_repeated_until_a_frozen_redis_responds(self, process, broker):
        version, cold = process(), CatalogVersion(broker.url, "test")
        version.write(settle(version), {"name": b"old"})
        broker.freeze()

        cold.bump()
        assert cold.read("name") == (None, [None])
        broker.thaw()

        wait_until(lambda: version.read("name")[1] == [None], 5)
        settle(cold)

    def test_voids_what_was_kept_while_the_connection_was_lost(self, process, broker, monkeypatch):
        version, other = process(), process()
        version.write(settle(version), {"name": b"old"})
        with monkeypatch.context() as partition:
            partition.setitem(other.pool.connection_kwargs, "port", 1)
            other.pool.disconnect()
            other.pool.reset()
            other.bump()
            other.bump()
            assert version.read("name")[1] == [b"old"]

        other.pool.reset()
        wait_until(lambda: version.read("name")[1] == [None], 5)

    def test_that_failed_keeps_the_process_from_using_entries(self, process, monkeypatch):
        version = process()
        version.write(settle(version), {"name": b"old"})
        with monkeypatch.context() as failing:
            failing.setattr(version, "delete_token", fail)

            version.bump()

            assert version.read("name") == (None, [None])
        settle(version)

    def test_during_a_recovery_is_done_after_it(self, process, monkeypatch):
        version, deletions = process(), []

        def delete_token() -> None:
            deletions.append(len(deletions))
            if len(deletions) == 1:
                version.bump()

        monkeypatch.setattr(version, "delete_token", delete_token)
        version.is_recovering = True

        version.recover()

        assert (len(deletions), version.is_recovering) == (2, False)

    def test_of_a_child_process_uses_a_connection_of_its_own(self, broker, settings):
        module.catalog_version.cache_clear()
        parent = module.catalog_version()
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            os.write(writing, b"1" if module.catalog_version.cache_info().currsize else b"0")
            os._exit(0)
        os.waitpid(child, 0)

        assert os.read(reading, 1) == b"0"
        assert module.catalog_version() is parent


class Undone(Exception):
    """What rolls a transaction back."""


@contextmanager
def rolled_back() -> Iterator[None]:
    with suppress(Undone), transaction.atomic():
        yield
        raise Undone


class Recorded:
    """A version that counts bumps."""

    def __init__(self) -> None:
        self.bumps = 0

    def bump(self) -> None:
        self.bumps += 1


@pytest.mark.django_db(transaction=True)
class TestBumpAtCommit:
    @pytest.fixture
    def version(self, monkeypatch) -> Any:
        recorded = Recorded()
        monkeypatch.setattr(module, "catalog_version", lambda: recorded)
        return recorded

    def test_waits_for_the_commit(self, version):
        with transaction.atomic():
            bump_at_commit()
            assert version.bumps == 0

        assert version.bumps == 1

    def test_bumps_at_once_without_a_transaction(self, version):
        bump_at_commit()

        assert version.bumps == 1

    def test_bumps_once_for_many_changes(self, version):
        with transaction.atomic():
            for _ in range(3):
                bump_at_commit()
                with transaction.atomic():
                    bump_at_commit()

        assert version.bumps == 1

    def test_bumps_for_what_remains_after_a_savepoint_was_rolled_back(self, version):
        with transaction.atomic():
            with rolled_back():
                bump_at_commit()
            bump_at_commit()

        assert version.bumps == 1

    def test_bumps_for_a_change_after_one_in_a_savepoint_that_is_rolled_back(self, version):
        with transaction.atomic():
            with rolled_back():
                with transaction.atomic():
                    bump_at_commit()
                bump_at_commit()
            bump_at_commit()

        assert version.bumps == 1

    def test_does_not_bump_for_what_is_rolled_back(self, version):
        with rolled_back():
            bump_at_commit()

        assert version.bumps == 0
