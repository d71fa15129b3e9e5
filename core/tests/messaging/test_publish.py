import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from ssl import SSLError
from typing import Any

import pytest
from celery import Celery, Task
from django.conf import settings

from core.messaging import circuit_breaker as breaker
from core.messaging.publish import Publisher, backlog
from tests.support.servers import RunningBroker, closed_port, frozen_port, running_broker

HANGS = 8  # seconds: by then a call would hang for ever


@pytest.fixture
def valkey() -> Iterator[RunningBroker]:
    with running_broker() as server:
        yield server


@pytest.fixture
def frozen() -> Iterator[Task]:
    with frozen_port() as port:
        yield task_on(f"redis://127.0.0.1:{port}/0")


@pytest.fixture
def away() -> Task:
    return task_on(f"redis://127.0.0.1:{closed_port()}/0")


def do_nothing(**kwargs: str) -> None:
    """Do nothing, wherever it is asked for."""


def task_on(url: str) -> Task:
    """Give a task of an application that publishes as ours does, to another broker."""
    app = Celery(set_as_current=False)
    app.conf.update(
        broker_url=url,
        broker_transport_options=settings.CELERY_BROKER_TRANSPORT_OPTIONS,
        task_publish_retry=settings.CELERY_TASK_PUBLISH_RETRY,
    )
    return app.task(name="tests.task", shared=False)(do_nothing)


def timed(call: Callable[[], Any]) -> tuple[Any, float]:
    start = time.monotonic()
    answer = call()
    return answer, time.monotonic() - start


class TestPublisher:
    def test_publishes_where_a_broker_is(self, valkey):
        task = task_on(valkey.url)

        assert Publisher().publish(task, product_id="1")
        assert backlog(task, "celery") == 1

    def test_publishes_the_arguments(self):
        task = task_on("memory://arguments")
        Publisher().publish(task, product_id="1")

        with task.app.connection_for_read() as connection:
            message = connection.SimpleQueue("celery").get(timeout=1)

        assert message.payload[1] == {"product_id": "1"}

    def test_publishes_to_another_queue(self, valkey):
        task = task_on(valkey.url)

        assert Publisher().publish(task, "again", product_id="1")
        assert [backlog(task, queue) for queue in ("celery", "again")] == [0, 1]

    def test_gives_up_quickly_where_no_broker_is(self, away):
        published, seconds = timed(lambda: Publisher().publish(away))

        assert (published, seconds < HANGS) == (False, True)

    def test_gives_up_where_the_broker_is_frozen(self, frozen):
        published, seconds = timed(lambda: Publisher().publish(frozen))

        assert (published, seconds < HANGS) == (False, True)

    def test_gives_up_where_the_broker_froze_after_it_had_answered(self, valkey):
        task, publisher = task_on(valkey.url), Publisher()
        publisher.publish(task)
        valkey.freeze()

        published, seconds = timed(lambda: publisher.publish(task))

        assert (published, seconds < HANGS) == (False, True)

    def test_does_not_wait_a_second_time(self, frozen):
        publisher = Publisher()
        _, first = timed(lambda: publisher.publish(frozen))

        published, second = timed(lambda: publisher.publish(frozen))

        assert not published
        assert second < first / 10

    def test_lets_one_caller_wait_for_all(self, frozen):
        publisher = Publisher()
        publisher.breaker.try_again_at = 0.0  # it was away, and it is time to look again

        with ThreadPoolExecutor(8) as threads:
            calls = [threads.submit(timed, lambda: publisher.publish(frozen)) for _ in range(8)]

        waits = sorted(call.result()[1] for call in calls)
        assert waits[-2] < waits[-1] / 2

    def test_tries_again_after_a_pause(self, valkey, monkeypatch):
        monkeypatch.setattr(breaker, "PAUSE", 0.2)
        task, publisher = task_on(valkey.url), Publisher()
        valkey.freeze()
        assert not publisher.publish(task)
        valkey.thaw()

        time.sleep(0.3)

        assert publisher.publish(task)

    def test_is_well_again_after_one_success(self, valkey):
        task, publisher = task_on(valkey.url), Publisher()
        publisher.breaker.try_again_at = 0.0

        assert [publisher.publish(task) for _ in range(3)] == [True, True, True]

    @pytest.mark.parametrize("error", [TypeError("socket_timeout"), KeyError("x"), SSLError()])
    def test_never_raises(self, valkey, caplog, error):
        class Failing(Celery):
            def send_task(self, *args: Any, **kwargs: Any) -> None:
                raise error

        task = Failing(set_as_current=False).task(name="tests.task", shared=False)(do_nothing)
        task.app.conf.broker_url = valkey.url
        task.apply_async = partial(task.app.send_task, "tests.task")

        assert not Publisher().publish(task)
        assert "tests.task" in caplog.text

    def test_says_in_the_log_what_has_to_wait(self, away, caplog):
        Publisher().publish(away)

        assert "tests.task waits for the sweep" in caplog.text


class TestBacklog:
    def test_counts_what_waits(self, valkey):
        task = task_on(valkey.url)
        for _ in range(3):
            task.apply_async()

        assert backlog(task, "celery") == 3

    def test_is_zero_where_nothing_was_ever_published(self, valkey):
        assert backlog(task_on(valkey.url), "celery") == 0
