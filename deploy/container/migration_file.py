"""The file that exists once web has migrated the database, and until the container ends."""

from pathlib import Path

from config.environment import Environment


def migration_file(environment: Environment) -> Path:
    """Return its path, which after_migration.sh and entrypoint.sh have too."""
    return environment.runtime_dir / "migrated"
