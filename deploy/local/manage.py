"""`make manage ARGS=…`: runs manage.py with the settings, database and queue of `make run`."""

import os
import sys

from config.environment import load
from deploy.local.variables import load_variables

NOT_INITIALIZED = (
    "There is no catalog here yet: `make run` makes its database. Start it once, first."
)


def main() -> None:
    variables = load_variables()
    if not variables:
        sys.exit(NOT_INITIALIZED)
    os.environ.update(variables)
    load()
    command = [sys.executable, "manage.py", *sys.argv[1:]]
    os.execve(sys.executable, command, os.environ)  # noqa: S606 -- the maintainer's own arguments


if __name__ == "__main__":
    main()
