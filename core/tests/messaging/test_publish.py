import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from ssl import SSLError
from typing import Any

import pytest
from celery import Celery, Task
from django.conf import settings

from core.messaging import circuit_breaker as breakers
from core.messaging.publish import circuit_breaker, publish, queue_length
from tests.support.servers.brokers import Broker, running_broker
from tests.support.servers.ports import unresponsive_port, unused_port

pytestmark = pytest.mark.usefixtures("closed_circuit")

HANGS = 8  # seconds: by then a call hangs for ever


@pytest.fixture
def valkey() -> Iterator[Broker]:
    with running_broker() as server:
        yield server


@pytest.fixture
def frozen() -> Iterator[Task]:
    with unresponsive_port() as port:
        yield task_on(f"redis://127.0.0.1:{port}/0")


@pytest.fixture
def unavailable() -> Task:
    return task_on(f"redis://127.0.0.1:{unused_port()}/0")


def do_nothing(**kwargs: str) -> None:
    """Do nothing: only its message matters."""


def task_on(url: str) -> Task:
    """Return a task of an application with this project's options and another broker."""
    app = Celery(set_as_current=False)
    app.conf.update(
        broker_url=url,
        broker_transport_options=settings.CELERY_BROKER_TRANSPORT_OPTIONS,
        task_publish_retry=settings.CELERY_TASK_PUBLISH_RETRY,
    )
    return app.task(name="tests.task", shared=False)(do_nothing)


def timed(call: Callable[[], Any]) -> tuple[Any, float]:
    start = time.monotonic()
    result = call()
    return result, time.monotonic() - start


class TestPublish:
    def test_publishes_to_an_available_broker(self, valkey):
        task = task_on(valkey.url)

        assert publish(task, product_id="1")
        assert queue_length(task, "celery") == 1

    def test_publishes_the_arguments(self):
        task = task_on("memory://arguments")
        publish(task, product_id="1")

        with task.app.connection_for_read() as connection:
            message = connection.SimpleQueue("celery").get(timeout=1)

        assert message.payload[1] == {"product_id": "1"}

    def test_publishes_to_another_queue(self, valkey):
        task = task_on(valkey.url)

        assert publish(task, "again", product_id="1")
        assert [queue_length(task, queue) for queue in ("celery", "again")] == [0, 1]

    def test_gives_up_quickly_without_a_broker(self, unavailable):
        published, seconds = timed(lambda: publish(unavailable))

        assert (published, seconds < HANGS) == (False, True)

    def test_gives_up_on_a_frozen_broker(self, frozen):
        published, seconds = timed(lambda: publish(frozen))

        assert (published, seconds < HANGS) == (False, True)

    def test_gives_up_on_a_broker_that_froze_after_a_first_message(self, valkey):
        task = task_on(valkey.url)
        publish(task)
        valkey.freeze()

        published, seconds = timed(lambda: publish(task))

        assert (published, seconds < HANGS) == (False, True)

    def test_does_not_wait_a_second_time(self, frozen):
        _, first = timed(lambda: publish(frozen))

        published, second = timed(lambda: publish(frozen))

        assert not published
        assert second < first / 10

    def test_makes_one_caller_wait_for_a_trial_call(self, frozen):
        circuit_breaker.half_open()

        with ThreadPoolExecutor(8) as threads:
            calls = [threads.submit(timed, lambda: publish(frozen)) for _ in range(8)]

        waits = sorted(call.result()[1] for call in calls)
        assert waits[-2] < waits[-1] / 2

    def test_tries_again_after_the_reset_timeout(self, valkey, monkeypatch):
        monkeypatch.setattr(breakers, "RESET_TIMEOUT", 0.2)
        task = task_on(valkey.url)
        valkey.freeze()
        assert not publish(task)
        valkey.thaw()

        time.sleep(0.3)

        assert publish(task)

    def test_closes_the_circuit_after_one_success(self, valkey):
        task = task_on(valkey.url)
        circuit_breaker.half_open()

        assert [publish(task) for _ in range(3)] == [True, True, True]

    @pytest.mark.parametrize("error", [TypeError("socket_timeout"), KeyError("x"), SSLError()])
    def test_never_raises(self, valkey, caplog, error):
        class Failing(Celery):
            def send_task(self, *args: Any, **kwargs: Any) -> None:
                raise error

        task = Failing(set_as_current=False).task(name="tests.task", shared=False)(do_nothing)
        task.app.conf.broker_url = valkey.url
        task.apply_async = partial(task.app.send_task, "tests.task")

        assert not publish(task)
        assert "tests.task" in caplog.text

    def test_logs_which_task_waits_for_the_sweep(self, unavailable, caplog):
        publish(unavailable)

        assert "tests.task waits for the sweep" in caplog.text


class TestQueueLength:
    def test_counts_waiting_messages(self, valkey):
        task = task_on(valkey.url)
        for _ in range(3):
            task.apply_async()

        assert queue_length(task, "celery") == 3

    def test_is_zero_before_the_first_message(self, valkey):
        assert queue_length(task_on(valkey.url), "celery") == 0
