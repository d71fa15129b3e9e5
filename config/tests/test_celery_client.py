"""In processes of their own: an application becomes the current one of its process."""

import subprocess
import sys

from config.celery import app
from config.environment.values import ROOT

CLIENT = "from config.celery_client import app; app.loader.import_default_modules();"


def run(code: str) -> str:
    command = [sys.executable, "-c", f"import sys; {CLIENT}\n{code}"]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


PUBLISH_SWEEP = """
app.conf.broker_url = "memory://"
from celery.beat import Scheduler
scheduler = Scheduler(app, lazy=True)
scheduler.setup_schedule()
scheduler.apply_async(scheduler.schedule["sweep-thumbnails"])
queue = app.conf.task_routes["products.tasks.sweep_thumbnails"]["queue"]
with app.connection_for_read() as connection:
    print(connection.SimpleQueue(queue).get(timeout=5).headers["expires"])
"""


class TestBeat:
    def test_publishes_sweeps_that_expire(self):
        """So that a worker that was stopped for an hour does not run 720 of them."""
        assert run(PUBLISH_SWEEP) != "None\n"


class TestApp:
    def test_loads_neither_models_nor_tasks(self):
        heavy = {"django.db.models", "products.tasks", "rest_framework", "PIL", "config.celery"}

        loaded = run("app.conf.beat_schedule; print(*sys.modules)").split()

        assert heavy & set(loaded) == set()

    def test_publishes_where_the_worker_consumes(self):
        queues = run("print(*sorted(app.conf.task_queues), app.conf.task_routes)")

        assert queues.split("\n")[0] == " ".join(
            [*sorted(app.conf.task_queues), str(app.conf.task_routes)]
        )
