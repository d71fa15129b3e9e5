import gc
import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from celery import Celery, signals
from kombu import Connection
from redis.exceptions import RedisError

from config.celery import app, freeze_heap
from config.celery_factory import own_settings
from config.environment.values import ROOT
from products.tasks import RETRY_QUEUE
from tests.support.servers.brokers import Broker, running_broker


@pytest.fixture
def valkey() -> Iterator[Broker]:
    with running_broker() as server:
        yield server


@pytest.fixture
def connection(valkey: Broker) -> Iterator[Connection]:
    impatient = {"socket_timeout": 0.2, "max_retries": 0}
    with Celery(broker=valkey.url, set_as_current=False) as other:
        other.conf.broker_transport_options = impatient
        with other.connection_for_read() as connection:
            yield connection


class TestLocalAckQoS:
    @pytest.mark.parametrize("end", ["ack", "reject", "requeue"])
    def test_releases_the_prefetch_slot_after_the_broker_froze(self, valkey, connection, end):
        connection.default_channel.basic_qos(0, 1, False)
        queue = connection.SimpleQueue("celery", no_ack=False)
        queue.put({})
        message = queue.get(timeout=5)
        assert not message.channel.qos.can_consume()
        valkey.freeze()

        with pytest.raises((RedisError, *connection.connection_errors)):
            getattr(message, end)()

        assert message.channel.qos.can_consume()
        valkey.thaw()


class TestOwnSettings:
    def test_contains_only_settings_of_celery(self):
        own = own_settings()

        assert {"SECRET_KEY", "secret_key", "databases", "caches"} & set(own) == set()
        assert set(own) - set(app.conf) == set()

    def test_prefixes_all_keys_with_the_installation(self):
        options = app.conf.broker_transport_options
        names = [value for name, value in options.items() if name.endswith("_key")]
        names += [app.conf.control_exchange, app.conf.event_exchange, *app.conf.task_queues]

        assert [name for name in names if not name.startswith("catalog.")] == []
        assert len(set(names)) == len(names)


class TestFreezeHeap:
    def test_exempts_what_is_loaded_from_garbage_collection(self):
        try:
            freeze_heap()
            assert gc.get_freeze_count() > 100_000
        finally:
            gc.unfreeze()

    def test_runs_before_the_worker_forks(self):
        assert freeze_heap in [receiver() for _, receiver in signals.worker_init.receivers]


class TestApp:
    def test_loads_no_urls_and_no_serializers_in_a_worker_without_checks(self):
        code = "import sys; from config.celery import app; app.loader.import_default_modules();"
        command = [sys.executable, "-c", f"{code} print(*sys.modules)"]
        environment = os.environ | {"CELERY_SKIP_CHECKS": "1"}

        done = subprocess.run(
            command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True
        )

        loaded = set(done.stdout.split())
        assert "products.tasks" in loaded
        assert loaded & {"config.urls", "core.admin", "rest_framework.serializers"} == set()

    def test_declares_every_queue_that_tasks_are_published_to(self):
        routed = {route["queue"] for route in app.conf.task_routes.values()}

        assert routed | {app.conf.task_default_queue, RETRY_QUEUE} == set(app.conf.task_queues)
