"""Databases at earlier migrations."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.apps.registry import Apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

Targets = list[tuple[str, str]]


def migrate(targets: Targets) -> Apps:
    """Migrate the test database forward or back, and return the models of that state."""
    executor = MigrationExecutor(connection)
    executor.migrate(targets)
    return executor.loader.project_state(targets).apps


def migrate_to_latest() -> None:
    migrate(MigrationExecutor(connection).loader.graph.leaf_nodes())


@contextmanager
def migrated_to(targets: Targets) -> Iterator[Apps]:
    """Yield the models of an earlier state, and return to the latest one."""
    yield migrate(targets)
    migrate_to_latest()
