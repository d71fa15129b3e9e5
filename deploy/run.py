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

HOST = "127.0.0.1"
VAR = Path("var").resolve()


def run_variables() -> dict[str, str]:
    """Return the programs' environment: what is set and not blank, else the defaults of a run."""
    chosen = {name: value for name, value in os.environ.items() if value.strip()}
    variables = {
        "DEBUG": "True",
        "PORT": "8000",
        "FLOWER_PORT": "5555",
        "MEDIA_ROOT": str(VAR / "media"),
        **chosen,
        "HOST": HOST,
        "RUNTIME_DIR": "var/run",
        "TMPDIR": str(VAR / "tmp"),
        "PYTHONPYCACHEPREFIX": str(VAR / "pycache"),
        "PYTHONUNBUFFERED": "1",
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "SUPERVISORD_INCLUDE": "local.conf",
    }
    return variables | broker(variables)


def broker(variables: dict[str, str]) -> dict[str, str]:
    """Name the broker: the one that is given, or else one of our own on a free port."""
    if "REDIS_URL" in variables:
        return {"EMBEDDED_BROKER": "false"}
    with socket.create_server((HOST, 0)) as free:
        port = free.getsockname()[1]
    return {
        "EMBEDDED_BROKER": "true",
        "BROKER_PORT": str(port),
        "REDIS_URL": f"redis://{HOST}:{port}/0",
    }


def claim_folder() -> None:
    """Refuse a second run on the same database and queue. The lock ends with supervisord."""
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
        reason = os.strerror(error.errno)
        sys.exit(f"Port {port} cannot be used: {reason}. Choose another: make run {name}=...")


def main() -> None:
    os.chdir(VAR.parent)
    for folder in ("run", "tmp"):
        (VAR / folder).mkdir(parents=True, exist_ok=True)
    claim_folder()
    os.environ.update(run_variables())
    check_ports(load())
    # One process from here on: it gets Ctrl-C and SIGTERM, and nobody has to pass them on.
    command = ["entrypoint.sh", "python", "-m", "deploy.supervise"]
    os.execve("./entrypoint.sh", command, os.environ)  # noqa: S606 -- a path of our own


if __name__ == "__main__":
    main()
