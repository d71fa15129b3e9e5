"""`make manage ARGS=…`: runs manage.py with the settings, database and queue of `make run`."""

import os
import sys

from config.environment import load
from deploy.local.variables import recorded

NEVER_RUN = "There is no catalog here yet: `make run` makes its database. Start it once, first."


def main() -> None:
    variables = recorded()
    if not variables:
        sys.exit(NEVER_RUN)
    os.environ.update(variables)
    load()
    command = [sys.executable, "manage.py", *sys.argv[1:]]
    os.execve(sys.executable, command, os.environ)  # noqa: S606 -- the maintainer's own arguments


if __name__ == "__main__":
    main()
