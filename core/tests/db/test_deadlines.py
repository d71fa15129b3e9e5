"""A server that does not respond, as a frozen one: connections stay open without a reply."""

from collections.abc import Callable, Iterator
from io import StringIO
from threading import Timer, get_ident
from time import monotonic

import psycopg2
import pytest
from django.db import connection as default
from psycopg2 import OperationalError, ProgrammingError, extensions

from core.db import deadlines
from tests.support.servers.ports import unresponsive_port
from tests.support.servers.proxies import FreezableProxy, freezable_proxy

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def short_timeouts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deadlines, "CONNECT_TIMEOUT", 0.3)
    monkeypatch.setattr(deadlines, "STATEMENT_TIMEOUT", 0.3)


@pytest.fixture
def proxy() -> Iterator[FreezableProxy]:
    settings = default.settings_dict
    with freezable_proxy(settings["HOST"], int(settings["PORT"] or 5432)) as proxy:
        yield proxy


def connect(port: int) -> extensions.connection:
    parameters = default.get_connection_params()
    return psycopg2.connect(
        host="127.0.0.1", port=port, user=parameters["user"], dbname=parameters["dbname"],
        password=parameters.get("password"),
    )  # fmt: skip


@pytest.fixture
def connection(proxy: FreezableProxy) -> Iterator[extensions.connection]:
    connection = connect(proxy.port)
    yield connection
    connection.close()


def select(connection: extensions.connection, expression: str = "1") -> object:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {expression}")
        return cursor.fetchone()[0]


def stream(connection: extensions.connection) -> object:
    with connection.cursor(name="rows") as cursor:
        cursor.execute("SELECT 1")
        return cursor.fetchone()


class TestWaitCallback:
    @pytest.mark.parametrize(
        "action",
        [select, stream, extensions.connection.commit, extensions.connection.rollback],
        ids=["execute", "server-side cursor", "commit", "rollback"],
    )
    def test_raises_at_the_deadline_and_closes_the_connection(
        self,
        proxy: FreezableProxy,
        connection: extensions.connection,
        action: Callable[[extensions.connection], object],
    ):
        select(connection)  # begins a transaction
        proxy.freeze()
        start = monotonic()

        with pytest.raises(OperationalError, match="did not respond within"):
            action(connection)

        assert 0.3 <= monotonic() - start < 1
        assert connection.closed

    def test_raises_while_connecting(self):
        with unresponsive_port() as port:
            start = monotonic()

            with pytest.raises(OperationalError, match="did not respond"):
                connect(port)

        assert 0.3 <= monotonic() - start < 1

    def test_raises_for_a_statement_that_takes_too_long(self, connection):
        with pytest.raises(OperationalError, match="did not respond"):
            select(connection, "pg_sleep(3)")

    def test_returns_the_result_of_a_fast_statement(self, connection):
        assert [select(connection, "pg_sleep(0.1)") for _ in range(4)] == [""] * 4

    def test_passes_on_errors_of_the_server(self, connection):
        with pytest.raises(psycopg2.errors.DivisionByZero):
            select(connection, "1/0")

    def test_receives_a_result_of_many_packets(self, connection):
        assert len(select(connection, "repeat('x', 3000000)")) == 3_000_000


class TestSecondsWaiting:
    def test_returns_how_long_a_thread_has_been_waiting(self, connection):
        seen = []
        thread = get_ident()
        Timer(0.2, lambda: seen.append(deadlines.seconds_waiting(thread))).start()

        select(connection, "pg_sleep(0.28)")

        assert 0.1 < seen[0] < 0.28

    def test_is_zero_before_and_after(self, connection):
        select(connection)

        assert deadlines.seconds_waiting(get_ident()) == 0

    def test_is_zero_after_a_failed_wait(self, connection):
        with pytest.raises(OperationalError):
            select(connection, "pg_sleep(3)")

        assert deadlines.seconds_waiting(get_ident()) == 0


class TestWithoutDeadline:
    def test_waits_without_limit(self, proxy, connection):
        proxy.freeze()
        Timer(0.7, proxy.thaw).start()

        with deadlines.without_deadline():
            assert select(connection) == 1

    def test_ends_with_its_block(self, connection):
        with deadlines.without_deadline():
            select(connection)

        with pytest.raises(OperationalError):
            select(connection, "pg_sleep(3)")


class TestWithoutWaitCallback:
    def copy(self, connection: extensions.connection) -> None:
        with connection.cursor() as cursor:
            cursor.copy_expert("COPY copied FROM STDIN", StringIO("1\n2\n"))

    def test_allows_copy(self, connection):
        select(connection)
        with connection.cursor() as cursor:
            cursor.execute("CREATE TEMPORARY TABLE copied (number int)")

        with deadlines.without_wait_callback():
            self.copy(connection)

        assert select(connection, "sum(number) FROM copied") == 3

    def test_is_needed_for_copy(self, connection):
        with pytest.raises(ProgrammingError):
            self.copy(connection)
