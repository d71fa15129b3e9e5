from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event, get_ident
from time import monotonic, sleep

import pytest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import RequestFactory

from core.http.bulkhead import Bulkhead, BulkheadMiddleware
from tests.support.waiting import wait_until

WAIT = 10  # seconds, after which a test has failed


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(20) as pool:
        yield pool


class Database:
    """A clock of how long each thread has waited for the database."""

    def __init__(self, seconds: float = 0) -> None:
        self.seconds = seconds

    def waited(self, thread: int) -> float:
        return self.seconds


@pytest.fixture
def database() -> Database:
    return Database()


class TestBulkhead:
    def test_acquires_as_many_slots_as_it_has(self):
        bulkhead = Bulkhead(2, Database(9).waited)

        assert [bulkhead.acquire() for _ in range(3)] == [True, True, False]

    def test_blocks_until_a_slot_is_released(self, pool, database):
        bulkhead = Bulkhead(1, database.waited)
        bulkhead.acquire()
        waiting = pool.submit(bulkhead.acquire)
        sleep(0.2)
        assert not waiting.done()

        bulkhead.release(get_ident())

        assert waiting.result(WAIT) is True

    def test_rejects_when_all_holders_have_waited_long_for_the_database(self, pool, database):
        bulkhead = Bulkhead(1, database.waited)
        bulkhead.acquire()
        waiting = pool.submit(bulkhead.acquire)
        sleep(0.2)
        assert not waiting.done()

        database.seconds = 0.8

        assert waiting.result(0.5) is False
        assert pool.submit(bulkhead.acquire).result(0.05) is False, "nobody waits for that anew"

    def test_rejects_nothing_while_one_holder_makes_progress(self, pool):
        slow: set[int] = set()
        bulkhead = Bulkhead(2, lambda thread: 9 if thread in slow else 0)
        bulkhead.acquire()
        slow.add(get_ident())
        pool.submit(bulkhead.acquire).result(WAIT)
        waiting = pool.submit(bulkhead.acquire)
        sleep(0.2)

        assert not waiting.done()
        bulkhead.release(get_ident())
        assert waiting.result(WAIT) is True

    def test_rejects_when_no_slot_changes_for_long(self, monkeypatch, database):
        monkeypatch.setattr("core.http.bulkhead.NO_PROGRESS_TIMEOUT", 0.3)
        bulkhead = Bulkhead(1, database.waited)
        bulkhead.acquire()
        start = monotonic()

        assert bulkhead.acquire() is False
        assert 0.2 < monotonic() - start < 0.8

    def test_rejects_nothing_while_slots_change(self, pool, monkeypatch, database):
        monkeypatch.setattr("core.http.bulkhead.NO_PROGRESS_TIMEOUT", 0.5)
        bulkhead = Bulkhead(2, database.waited)

        def work(_: int) -> bool:
            if not bulkhead.acquire():
                return False
            sleep(0.05)
            bulkhead.release(get_ident())
            return True

        assert all(pool.map(work, range(60))), "the last waited for 1.5 s"

    def test_recovers_when_stuck_holders_release(self):
        bulkhead = Bulkhead(1, Database(9).waited)
        bulkhead.acquire()
        assert not bulkhead.acquire()

        bulkhead.release(get_ident())

        assert bulkhead.acquire()


def send(middleware: BulkheadMiddleware, path: str = "/api/products/") -> HttpResponse:
    """Send a request, and close the response, as Gunicorn does."""
    request = RequestFactory().get(path)
    response = middleware(request)
    response.close()
    return response


@pytest.mark.django_db  # closing a response closes connections that are too old
class TestBulkheadMiddleware:
    @pytest.fixture(autouse=True)
    def slots(self, settings):
        settings.WEB_THREADS = 3

    def test_serves_requests_within_its_slots(self, pool):
        together = Barrier(3, timeout=WAIT)
        middleware = BulkheadMiddleware(lambda request: HttpResponse(together.wait()))

        responses = list(pool.map(lambda _: send(middleware), range(9)))

        assert {response.status_code for response in responses} == {200}

    def test_rejects_requests_but_serves_probes_when_all_are_stuck(self, pool):
        over = Event()

        def view(request: HttpRequest) -> HttpResponse:
            if request.path.startswith("/api/"):
                over.wait(WAIT)
            return HttpResponse()

        middleware = BulkheadMiddleware(view)
        middleware.bulkhead.waited = Database(9).waited
        stuck = [pool.submit(send, middleware) for _ in range(3)]
        wait_until(lambda: len(middleware.bulkhead.holders) == 3)
        start = monotonic()
        probe = send(middleware, "/health/live/").status_code, monotonic() - start < 0.2
        response = send(middleware)
        over.set()

        assert probe == (200, True)
        assert (response.status_code, response["Retry-After"]) == (503, "2")
        assert response["Content-Type"] == "application/problem+json"
        assert {response.result(WAIT).status_code for response in stuck} == {200}
        assert send(middleware).status_code == 200

    @pytest.mark.parametrize("path", ["/healthy/", "/api/health/", "/media/health/"])
    def test_exempts_probes_only(self, path):
        middleware = BulkheadMiddleware(lambda request: HttpResponse())
        middleware.bulkhead = Bulkhead(0)

        assert send(middleware, path).status_code == 503

    def test_holds_the_slot_until_all_of_the_response_is_sent(self):
        middleware = BulkheadMiddleware(lambda request: StreamingHttpResponse([b"a", b"b"]))
        response = middleware(RequestFactory().get("/"))
        assert middleware.bulkhead.holders == [get_ident()]

        response.close()

        assert middleware.bulkhead.holders == []

    def test_releases_the_slot_of_an_unclosed_response(self):
        middleware = BulkheadMiddleware(lambda request: HttpResponse())

        middleware(RequestFactory().get("/"))

        assert middleware.bulkhead.holders == []

    def test_releases_the_slot_when_the_view_fails(self):
        def view(request: HttpRequest) -> HttpResponse:
            raise ZeroDivisionError

        middleware = BulkheadMiddleware(view)

        with pytest.raises(ZeroDivisionError):
            send(middleware)

        assert middleware.bulkhead.holders == []
