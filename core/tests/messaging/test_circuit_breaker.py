from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from time import monotonic

import pytest

from core.messaging import circuit_breaker as breaker
from core.messaging.circuit_breaker import Away, Breaker


class Broken(Exception):
    """What a call raises where the server is away."""


def call(broken: Breaker, action: Callable[[], None] = lambda: None) -> str:
    """Make a call, and tell how it ended."""
    try:
        with broken.watch():
            action()
    except (Away, Broken, ZeroDivisionError) as error:
        return type(error).__name__
    return "done"


def fail() -> None:
    raise Broken


@pytest.fixture(params=[None, 0.1], ids=["all at once", "in turn"])
def broken(request) -> Breaker:
    return Breaker(Broken, patience=request.param)


class TestWatch:
    def test_lets_calls_pass(self, broken):
        assert [call(broken) for _ in range(3)] == ["done"] * 3

    def test_refuses_calls_after_a_failure(self, broken):
        assert [call(broken, fail), call(broken), call(broken)] == ["Broken", "Away", "Away"]

    def test_minds_no_other_failure(self, broken):
        assert [call(broken, lambda: 1 / 0), call(broken)] == ["ZeroDivisionError", "done"]

    def test_tries_again_after_a_pause(self, broken, monkeypatch):
        monkeypatch.setattr(breaker, "PAUSE", 0.0)

        assert [call(broken, fail), call(broken), call(broken)] == ["Broken", "done", "done"]

    def test_pauses_again_where_the_server_is_still_away(self, broken, monkeypatch):
        monkeypatch.setattr(breaker, "PAUSE", 0.0)
        call(broken, fail)
        monkeypatch.setattr(breaker, "PAUSE", 9.0)

        assert [call(broken, fail), call(broken)] == ["Broken", "Away"]

    def test_lets_one_call_alone_find_out(self, broken):
        broken.try_again_at = monotonic()  # it was away, and it is time to look again
        found_out = Event()

        with ThreadPoolExecutor(8) as threads:
            first = threads.submit(call, broken, lambda: found_out.wait(10))
            while not broken.turn.locked():
                pass
            others = [threads.submit(call, broken).result() for _ in range(5)]
            found_out.set()

        assert (first.result(), others) == ("done", ["Away"] * 5)

    def test_lets_calls_pass_at_once_that_have_no_turns(self):
        together = Barrier(5, timeout=10)
        broken = Breaker(Broken)

        with ThreadPoolExecutor(5) as threads:
            ends = list(threads.map(lambda _: call(broken, together.wait), range(5)))

        assert ends == ["done"] * 5

    def test_refuses_a_call_whose_turn_is_long_in_coming(self):
        broken, found_out = Breaker(Broken, patience=0.05), Event()

        with ThreadPoolExecutor(1) as threads:
            first = threads.submit(call, broken, lambda: found_out.wait(10))
            while not broken.turn.locked():
                pass
            second = call(broken)
            found_out.set()

        assert (first.result(), second) == ("done", "Away")
