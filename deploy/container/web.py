"""Migrate the database, then run Gunicorn, in one process: Django is imported once.

The other programs wait for the file that is created in between: after_migration.sh.
"""

import sys

from gunicorn.app.wsgiapp import run

from config import wsgi  # noqa: F401 -- with URLs and admin, so that these are checked, too
from config.environment import load
from deploy.container.migration_file import migration_file
from manage import main as manage


def main() -> None:
    environment = load()
    migrated = migration_file(environment)
    if not migrated.exists():  # otherwise web was restarted, which must not need the database
        manage(["manage.py", "migrate_locked" if environment.migrate_on_start else "check"])
        sys.stdout.flush()  # otherwise each process that Gunicorn forks would write it
        migrated.touch()
    sys.argv = ["gunicorn", "--config", "deploy/container/gunicorn.conf.py", "config.wsgi"]
    run()


if __name__ == "__main__":
    main()
