"""Celery's queues, and its connections to Redis."""

from typing import Any

# Of a worker, where no request waits for Redis: `config.celery` sets them.
WORKER_SOCKET_TIMEOUTS = {"socket_timeout": 5, "socket_connect_timeout": 2}


def queue_names(installation: str) -> dict[str, str]:
    """Return the names of the queues in Redis, by purpose.

    A worker consumes from the queues in turn, so the sweep does not wait for the tasks that it
    enqueues, and a new image does not wait for old ones that are enqueued again.
    """
    return {name: f"{installation}.{name}" for name in ("tasks", "retries", "sweep")}


def transport_options(installation: str) -> dict[str, Any]:
    """Return the options of a connection that publishes: it fails after half a second at most.

    Nothing is lost, because the row is the outbox and the sweep enqueues again.
    """
    return {
        # kombu's default names are shared by all applications on a Redis database: each would
        # restore, and run, messages that another is processing.
        # Documented: https://github.com/celery/kombu/issues/853 added a prefix for all keys, which
        # would change the names of queues that are in use. No end.
        "unacked_key": f"{installation}.unacked",
        "unacked_index_key": f"{installation}.unacked_index",
        "unacked_mutex_key": f"{installation}.unacked_mutex",
        "unreadable_key": f"{installation}.unreadable",  # of config.kombu_patches
        # Longer than any task, and shorter than the hour of kombu's default, after which the
        # message of a killed worker would be delivered again.
        "visibility_timeout": 180,
        # Look for such messages every five seconds; by default, at every tenth look.
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
        "socket_timeout": 0.5,
        "socket_connect_timeout": 0.5,
        "max_retries": 0,
        "interval_start": 0,
        "interval_step": 0,
        "interval_max": 0,
    }
