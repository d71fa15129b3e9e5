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
    """Says of every thread how long it has waited."""

    def __init__(self, seconds: float = 0) -> None:
        self.seconds = seconds

    def waited(self, thread: int) -> float:
        return self.seconds


@pytest.fixture
def database() -> Database:
    return Database()


class TestBulkhead:
    def test_has_so_many_slots(self):
        bulkhead = Bulkhead(2, Database(9).waited)

        assert [bulkhead.acquire() for _ in range(3)] == [True, True, False]

    def test_makes_the_next_one_wait_for_a_slot(self, pool, database):
        bulkhead = Bulkhead(1, database.waited)
        bulkhead.acquire()
        waiting = pool.submit(bulkhead.acquire)
        sleep(0.2)
        assert not waiting.done()

        bulkhead.release(get_ident())

        assert waiting.result(WAIT) is True

    def test_refuses_once_all_have_waited_for_the_database_for_long(self, pool, database):
        bulkhead = Bulkhead(1, database.waited)
        bulkhead.acquire()
        waiting = pool.submit(bulkhead.acquire)
        sleep(0.2)
        assert not waiting.done()

        database.seconds = 0.8

        assert waiting.result(0.5) is False
        assert pool.submit(bulkhead.acquire).result(0.05) is False, "nobody waits for that anew"

    def test_refuses_nobody_while_one_of_them_gets_on(self, pool):
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

    def test_refuses_where_something_else_hangs_for_longer(self, monkeypatch, database):
        monkeypatch.setattr("core.http.bulkhead.QUIET_FOR", 0.3)
        bulkhead = Bulkhead(1, database.waited)
        bulkhead.acquire()
        start = monotonic()

        assert bulkhead.acquire() is False
        assert 0.2 < monotonic() - start < 0.8

    def test_refuses_nobody_while_slots_move(self, pool, monkeypatch, database):
        monkeypatch.setattr("core.http.bulkhead.QUIET_FOR", 0.5)
        bulkhead = Bulkhead(2, database.waited)

        def work(_: int) -> bool:
            if not bulkhead.acquire():
                return False
            sleep(0.05)
            bulkhead.release(get_ident())
            return True

        assert all(pool.map(work, range(60))), "the last waited for 1.5 s"

    def test_works_again_when_what_was_stuck_is_over(self):
        bulkhead = Bulkhead(1, Database(9).waited)
        bulkhead.acquire()
        assert not bulkhead.acquire()

        bulkhead.release(get_ident())

        assert bulkhead.acquire()


def ask(middleware: BulkheadMiddleware, path: str = "/api/products/") -> HttpResponse:
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

    def test_serves_so_many_at_once(self, pool):
        together = Barrier(3, timeout=WAIT)
        middleware = BulkheadMiddleware(lambda request: HttpResponse(together.wait()))

        answers = list(pool.map(lambda _: ask(middleware), range(9)))

        assert {answer.status_code for answer in answers} == {200}

    def test_rejects_others_when_all_are_stuck_and_still_answers_probes(self, pool):
        over = Event()

        def view(request: HttpRequest) -> HttpResponse:
            if request.path.startswith("/api/"):
                over.wait(WAIT)
            return HttpResponse()

        middleware = BulkheadMiddleware(view)
        middleware.bulkhead.waited = Database(9).waited
        stuck = [pool.submit(ask, middleware) for _ in range(3)]
        wait_until(lambda: len(middleware.bulkhead.holders) == 3)
        start = monotonic()
        probe = ask(middleware, "/health/live/").status_code, monotonic() - start < 0.2
        response = ask(middleware)
        over.set()

        assert probe == (200, True)
        assert (response.status_code, response["Retry-After"]) == (503, "2")
        assert response["Content-Type"] == "application/problem+json"
        assert {answer.result(WAIT).status_code for answer in stuck} == {200}
        assert ask(middleware).status_code == 200

    @pytest.mark.parametrize("path", ["/healthy/", "/api/health/", "/media/health/"])
    def test_takes_nothing_else_for_a_probe(self, path):
        middleware = BulkheadMiddleware(lambda request: HttpResponse())
        middleware.bulkhead = Bulkhead(0)

        assert ask(middleware, path).status_code == 503

    def test_holds_the_slot_until_all_of_the_response_is_sent(self):
        middleware = BulkheadMiddleware(lambda request: StreamingHttpResponse([b"a", b"b"]))
        response = middleware(RequestFactory().get("/"))
        assert middleware.bulkhead.holders == [get_ident()]

        response.close()

        assert middleware.bulkhead.holders == []

    def test_releases_the_slot_of_a_response_that_nobody_closes(self):
        middleware = BulkheadMiddleware(lambda request: HttpResponse())

        middleware(RequestFactory().get("/"))

        assert middleware.bulkhead.holders == []

    def test_releases_the_slot_when_the_view_fails(self):
        def view(request: HttpRequest) -> HttpResponse:
            raise ZeroDivisionError

        middleware = BulkheadMiddleware(view)

        with pytest.raises(ZeroDivisionError):
            ask(middleware)

        assert middleware.bulkhead.holders == []
