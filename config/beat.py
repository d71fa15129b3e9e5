"""The scheduler of periodic tasks."""

from typing import Any

from celery.beat import PersistentScheduler


class SteadyScheduler(PersistentScheduler):
    """Goes on when the system's clock is set back.

    Celery compares with the time of the last run: set back by an hour, a task that is due every
    five seconds waits for that hour; one of a clock that was a year ahead, for the year.
    """

    def tick(self, *args: Any, **kwargs: Any) -> float:
        self.forget_future_runs()
        return super().tick(*args, **kwargs)

    def forget_future_runs(self) -> None:
        """Treat runs recorded in the future as runs of this moment."""
        ahead = [
            entry for entry in self.schedule.values() if entry.last_run_at > entry.default_now()
        ]
        for entry in ahead:
            entry.last_run_at = entry.default_now()
        if ahead:
            self._heap = None  # its times are of the former clock: tick() fills it anew
