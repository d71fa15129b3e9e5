from collections.abc import Iterator
from contextlib import suppress
from socket import SHUT_RDWR

import pytest
from django.db import connection as default
from django.db import connections
from psycopg2 import OperationalError

from core.db import deadlines
from core.db.backends.postgresql.base import DatabaseWrapper
from tests.support.servers.databases import execute
from tests.support.servers.proxies import FreezableProxy, freezable_proxy
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]


@pytest.fixture
def proxy() -> Iterator[FreezableProxy]:
    settings = default.settings_dict
    with freezable_proxy(settings["HOST"], int(settings["PORT"] or 5432)) as proxy:
        yield proxy


@pytest.fixture
def connection(proxy: FreezableProxy) -> Iterator[DatabaseWrapper]:
    settings = {**default.settings_dict, "HOST": "127.0.0.1", "PORT": proxy.port}
    connection = DatabaseWrapper({**settings, "NAME": "postgres"})
    process_id(connection)
    yield connection
    connection.close()


def process_id(connection: DatabaseWrapper) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


def end_session(connection: DatabaseWrapper) -> None:
    execute(f"SELECT pg_terminate_backend({process_id(connection)})")
    wait_until(connection.has_input, 5)


def restart_server(connection: DatabaseWrapper, proxy: FreezableProxy) -> None:
    """Close the connection as a server does that restarts, and accept new ones."""
    for each in proxy.sockets[1:]:
        with suppress(OSError):  # its other end was faster
            each.shutdown(SHUT_RDWR)
    wait_until(connection.has_input, 5)


class TestIsUsable:
    def test_sends_nothing(self, connection, proxy):
        proxy.freeze()  # nobody would reply

        assert connection.is_usable()

    def test_is_false_when_the_session_was_terminated(self, connection):
        end_session(connection)

        assert not connection.is_usable()

    def test_is_false_when_the_server_was_restarted(self, connection, proxy):
        restart_server(connection, proxy)

        assert not connection.is_usable()

    def test_is_false_when_the_connection_was_closed_at_a_deadline(
        self, connection, proxy, monkeypatch
    ):
        monkeypatch.setattr(deadlines, "STATEMENT_TIMEOUT", 0.1)
        proxy.freeze()
        with pytest.raises(OperationalError), connection.connection.cursor() as cursor:
            cursor.execute("SELECT 1")

        assert not connection.is_usable()

    def test_asks_the_server_after_an_error(self, connection, proxy, monkeypatch):
        monkeypatch.setattr(deadlines, "STATEMENT_TIMEOUT", 0.1)
        connection.errors_occurred = True
        proxy.freeze()

        assert not connection.is_usable()

    def test_is_true_when_the_server_has_sent_a_notification(self, connection):
        with connection.cursor() as cursor:
            cursor.execute("LISTEN news")
        execute("NOTIFY news")
        wait_until(connection.has_input, 5)

        assert connection.is_usable()
        assert not connection.has_input()


class TestDatabaseWrapper:
    def test_is_what_the_service_uses(self):
        assert isinstance(connections["default"], DatabaseWrapper)

    def test_connects_again_in_the_next_request_after_the_end_of_a_session(self, connection):
        former = process_id(connection)
        end_session(connection)

        connection.close_if_unusable_or_obsolete()  # what Django calls when a request starts

        assert process_id(connection) != former

    def test_connects_again_in_the_next_request_after_a_restart(self, connection, proxy):
        former = process_id(connection)
        restart_server(connection, proxy)

        connection.close_if_unusable_or_obsolete()

        assert process_id(connection) != former

    def test_keeps_the_connection_otherwise(self, connection):
        former = process_id(connection)

        connection.close_if_unusable_or_obsolete()

        assert process_id(connection) == former
