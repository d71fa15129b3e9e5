"""`make run`: the whole service on this machine, with Python and nothing else.

Prepares what the image has anyway, and hands over to the image's entry point.
Everything that is written goes to var/.
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


def claim_folder() -> None:
    """Reject a second run on the same database and queue. The lock ends with supervisord."""
    lock = os.open(VAR / "run" / "lock", os.O_CREAT | os.O_RDWR)
    os.set_inheritable(lock, True)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.exit("The catalog already runs from this folder. Stop it first.")


def check_ports(environment: Environment) -> None:
    """End with one clear line if the API or Flower could not listen."""
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
    claim_folder()
    variables = run_variables()
    os.environ.update(variables)
    check_ports(load())
    record(variables)
    if Path(".env").exists():
        print(DOTENV, flush=True)
    # One process from here on: it gets Ctrl-C and SIGTERM, and nobody has to pass them on.
    command = ["entrypoint.sh", "python", "-m", "deploy.container.supervise"]
    os.execve("./entrypoint.sh", command, os.environ)  # noqa: S606 -- a path of our own


if __name__ == "__main__":
    main()
