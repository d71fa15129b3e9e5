"""The container's HEALTHCHECK: the API and Flower respond, and every program runs.

Exit with one line that names what does not.
"""

import socket
import sys
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from xmlrpc.client import Error, ServerProxy

from supervisor.xmlrpc import SupervisorTransport

from config.environment import load

TIMEOUT = 3  # seconds, for each response
ACCOUNT = "supervisor", "supervisor"  # of supervisord_healthcheck.ini


def responds(host: str, port: int, path: str) -> bool:
    """Check for a response with status 200."""
    connection = HTTPConnection(host, port, timeout=TIMEOUT)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def programs_not_running(runtime_dir: Path) -> list[str]:
    """Return a failure for each program of supervisord that has no process."""
    transport = SupervisorTransport(*ACCOUNT, f"unix://{runtime_dir.resolve()}/supervisord.sock")
    supervisord: Any = ServerProxy("http://supervisord", transport)
    try:
        programs = supervisord.supervisor.getAllProcessInfo()
    except (OSError, HTTPException, Error):
        return ["supervisord does not respond"]
    return [f"{program['name']} does not run" for program in programs if not program["pid"]]


def failures() -> list[str]:
    environment = load()
    host = environment.local_host
    found = []
    if not responds(host, environment.port, "/health/live/"):
        found.append("the API does not respond")
    if not responds(host, environment.flower_port, "/healthcheck"):
        found.append("Flower does not respond")
    return found + programs_not_running(environment.runtime_dir)


if __name__ == "__main__":
    socket.setdefaulttimeout(TIMEOUT)  # of the transport, too
    sys.exit(", ".join(failures()) or None)
