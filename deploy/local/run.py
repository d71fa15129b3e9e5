"""`make run`: the whole service on this machine, with no requirement but Python.

Prepares what the image contains, and runs the image's entry point. All files are written to var/.
"""

import fcntl
import os
import socket
import sys
from contextlib import ExitStack
from pathlib import Path

from config.environment import Environment, load
from deploy.local.variables import HOST, VAR, record, run_variables

DOTENV = """`make run` does not read the file .env, which names hosts of Docker Compose.
Set a variable like this: make run PORT=8001
"""


def lock_folder() -> None:
    """Exit if the catalog runs from this folder. supervisord inherits the lock."""
    lock = os.open(VAR / "run" / "lock", os.O_CREAT | os.O_RDWR)
    os.set_inheritable(lock, True)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.exit("The catalog already runs from this folder. Stop it first.")


def check_ports(environment: Environment) -> None:
    """Exit with one line if the API or Flower cannot listen on its port."""
    with ExitStack() as held:
        held.enter_context(listen("PORT", environment.port))
        held.enter_context(listen("FLOWER_PORT", environment.flower_port))


def listen(name: str, port: int) -> socket.socket:
    try:
        return socket.create_server((HOST, port))
    except OSError as error:
        reason = os.strerror(error.errno or 0)
        sys.exit(f"Port {port} cannot be used: {reason}. Choose another: make run {name}=...")


def main() -> None:
    os.chdir(VAR.parent)
    for folder in ("run", "tmp"):
        (VAR / folder).mkdir(parents=True, exist_ok=True)
    lock_folder()
    variables = run_variables()
    os.environ.update(variables)
    check_ports(load())
    record(variables)
    if Path(".env").exists():
        print(DOTENV, flush=True)
    # Replaces this process, so that supervisord receives Ctrl-C and SIGTERM itself.
    command = ["entrypoint.sh", "python", "-m", "deploy.container.supervise"]
    os.execve("./entrypoint.sh", command, os.environ)  # noqa: S606 -- a path of our own


if __name__ == "__main__":
    main()
