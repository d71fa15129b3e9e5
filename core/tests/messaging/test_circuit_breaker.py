from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest

from core.messaging import circuit_breaker
from core.messaging.circuit_breaker import CircuitBreaker, CircuitOpen


class Unavailable(Exception):
    """What a call raises while the server is unavailable."""


def call(breaker: CircuitBreaker, action: Callable[[], None] = lambda: None) -> str:
    """Make a call, and return how it ended."""
    try:
        with breaker.guard():
            action()
    except (CircuitOpen, Unavailable, ZeroDivisionError) as error:
        return type(error).__name__
    return "done"


def fail() -> None:
    raise Unavailable


@pytest.fixture(params=[None, 0.1], ids=["concurrent", "one at a time"])
def breaker(request) -> CircuitBreaker:
    return CircuitBreaker(Unavailable, admission_timeout=request.param)


class TestGuard:
    def test_admits_calls_while_closed(self, breaker):
        assert [call(breaker) for _ in range(3)] == ["done"] * 3

    def test_opens_after_an_expected_failure(self, breaker):
        ends = [call(breaker, fail), call(breaker), call(breaker)]

        assert ends == ["Unavailable", "CircuitOpen", "CircuitOpen"]

    def test_stays_closed_after_any_other_failure(self, breaker):
        assert [call(breaker, lambda: 1 / 0), call(breaker)] == ["ZeroDivisionError", "done"]

    def test_closes_after_a_successful_trial_call(self, breaker, monkeypatch):
        monkeypatch.setattr(circuit_breaker, "RESET_TIMEOUT", 0.0)

        assert [call(breaker, fail), call(breaker), call(breaker)] == [
            "Unavailable",
            "done",
            "done",
        ]

    def test_opens_again_after_a_failed_trial_call(self, breaker):
        breaker.half_open()

        assert [call(breaker, fail), call(breaker)] == ["Unavailable", "CircuitOpen"]

    def test_admits_one_trial_call_at_a_time(self, breaker):
        breaker.half_open()
        started, finish = Event(), Event()

        with ThreadPoolExecutor(8) as threads:
            trial = threads.submit(call, breaker, lambda: (started.set(), finish.wait(10)))
            started.wait(10)
            others = [threads.submit(call, breaker).result() for _ in range(5)]
            finish.set()

        assert (trial.result(), others) == ("done", ["CircuitOpen"] * 5)

    def test_admits_concurrent_calls_without_an_admission_timeout(self):
        together = Barrier(5, timeout=10)
        breaker = CircuitBreaker(Unavailable)

        with ThreadPoolExecutor(5) as threads:
            ends = list(threads.map(lambda _: call(breaker, together.wait), range(5)))

        assert ends == ["done"] * 5

    def test_rejects_a_call_that_waits_longer_than_the_admission_timeout(self):
        breaker = CircuitBreaker(Unavailable, admission_timeout=0.05)
        started, finish = Event(), Event()

        with ThreadPoolExecutor(1) as threads:
            first = threads.submit(call, breaker, lambda: (started.set(), finish.wait(10)))
            started.wait(10)
            second = call(breaker)
            finish.set()

        assert (first.result(), second) == ("done", "CircuitOpen")
