"""The scheduler of periodic tasks."""

from typing import Any

from celery.beat import PersistentScheduler


class ClockChangeScheduler(PersistentScheduler):
    """Keeps its intervals when the system's clock is set back.

    Celery compares with the time of the last run: set back by an hour, a task that is due every
    five seconds waits for that hour; one of a clock that was a year ahead, for the year.

    Upstream: https://github.com/celery/celery/issues/3685 (closed without a fix).
    Remove when Celery ignores a `last_run_at` in the future.
    """

    def tick(self, *args: Any, **kwargs: Any) -> float:
        self.reset_future_runs()
        return super().tick(*args, **kwargs)

    def reset_future_runs(self) -> None:
        """Replace times of last runs that lie in the future by the present."""
        ahead = [
            entry
            for entry in self.schedule.values()
            if entry.last_run_at and entry.last_run_at > entry.default_now()
        ]
        for entry in ahead:
            entry.last_run_at = entry.default_now()
        if ahead:
            self._heap = None  # its times are from before the change; tick() fills it again
