from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from celery import Celery
from celery.schedules import crontab, schedule

from config.beat import ClockChangeScheduler

START = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.time = START

    def move(self, **delta: float) -> None:
        self.time += timedelta(**delta)


clock = Clock()


def now() -> datetime:
    """Return the clock's time; a function, because the schedule's file is pickled."""
    return clock.time


class SchedulerFixture:
    """The scheduler with a task every five seconds and a daily one, on a clock that can be set."""

    def __init__(self, folder: Path) -> None:
        self.file = str(folder / "schedule")
        clock.time = START
        self.app = Celery(broker="memory://beat", set_as_current=False)
        self.app.conf.result_expires = None  # no clean-up, which would be on the real clock
        self.app.conf.beat_schedule = {
            "sweep": {
                "task": "sweep",
                "schedule": schedule(5, nowfun=now, app=self.app),
            },
            "purge": {
                "task": "purge",
                "schedule": crontab(hour=3, minute=30, nowfun=now, app=self.app),
            },
        }
        self.sent: list[str] = []
        self.start()

    def start(self) -> None:
        self.scheduler = ClockChangeScheduler(self.app, schedule_filename=self.file)
        self.scheduler.apply_async = lambda entry, **kwargs: self.sent.append(entry.task)

    def pass_time(self, seconds: float) -> list[str]:
        """Return the tasks that are sent in this time, which passes a second at a time."""
        self.sent.clear()
        for _ in range(int(seconds)):
            while self.scheduler.tick() == 0:
                pass
            clock.move(seconds=1)
        return self.sent


@pytest.fixture
def scheduler(tmp_path) -> Iterator[SchedulerFixture]:
    scheduler = SchedulerFixture(tmp_path)
    yield scheduler
    scheduler.scheduler.close()


class TestClockChangeScheduler:
    def test_sends_due_tasks(self, scheduler):
        assert 5 <= scheduler.pass_time(30).count("sweep") <= 7

    @pytest.mark.parametrize("delta", [{"seconds": 8}, {"hours": 1}, {"days": 400}])
    def test_continues_after_the_clock_is_set_back(self, scheduler, delta):
        scheduler.pass_time(30)
        clock.move(**{unit: -value for unit, value in delta.items()})

        assert 5 <= scheduler.pass_time(30).count("sweep") <= 7

    @pytest.mark.parametrize("hours", [1, 1000])
    def test_continues_after_the_clock_is_set_forward(self, scheduler, hours):
        scheduler.pass_time(30)
        clock.move(hours=hours)

        assert 5 <= scheduler.pass_time(30).count("sweep") <= 8

    def test_runs_daily_tasks_on_the_day_of_the_new_clock(self, scheduler):
        clock.move(days=400)
        scheduler.pass_time(10)
        clock.move(days=-400, minutes=29)  # to 3:29

        assert scheduler.pass_time(120).count("purge") == 1

    def test_continues_after_a_restart_with_a_schedule_in_the_future(self, scheduler):
        clock.move(days=400)
        scheduler.pass_time(10)
        scheduler.scheduler.close()
        clock.move(days=-400)
        scheduler.start()

        assert 5 <= scheduler.pass_time(30).count("sweep") <= 7
