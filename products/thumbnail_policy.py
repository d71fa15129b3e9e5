"""How long and how often a thumbnail is tried. Models, tasks, services and settings read it."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class ThumbnailPolicy:
    """How long and how often a thumbnail is tried. Task limits, lease and sweep follow from it.

    The costliest image that passes validation takes a second or two to render, and one that
    never ends must not keep a worker from the others for long.
    """

    soft_time_limit: int = 6  # seconds; the task is interrupted
    time_limit: int = 9  # seconds; the worker process is killed
    max_attempts: int = 3
    pickup_timeout: timedelta = timedelta(seconds=10)  # a published message is received long before
    lease_margin: timedelta = timedelta(seconds=16)
    sweep_interval: int = 5  # seconds
    # No deadline is further away: one that seems so was set before the clock was set back.
    longest_wait: timedelta = timedelta(minutes=2)

    @property
    def lease(self) -> timedelta:
        """How long a product belongs to the worker that claimed it.

        Longer than the hard time limit and the storage timeouts: an expired lease means a dead
        worker.
        """
        return timedelta(seconds=self.time_limit) + self.lease_margin

    @property
    def retry_delay(self) -> timedelta:
        """How long the sweep leaves a product alone that was requeued or released."""
        return 3 * self.pickup_timeout


THUMBNAIL_POLICY = ThumbnailPolicy()
