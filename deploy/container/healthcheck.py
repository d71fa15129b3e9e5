"""The container's HEALTHCHECK: the API and Flower answer, and every program runs."""

import sys
from configparser import RawConfigParser
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from config.environment import load

TIMEOUT = 3  # seconds


def answers(host: str, port: int, path: str) -> bool:
    connection = HTTPConnection(host, port, timeout=TIMEOUT)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def command_lines() -> list[str]:
    """Give the command lines of all processes in the container."""
    lines = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            lines.append(file.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
        except OSError:
            continue  # it has just ended
    return lines


def programs() -> dict[str, str]:
    """Give each program that supervisord keeps, and how its command begins."""
    parser = RawConfigParser(inline_comment_prefixes=";")
    parser.read(Path(__file__).with_name("supervisord.conf"))
    return {
        section: parser[section]["command"].partition(" --")[0]
        for section in parser.sections()
        if section.startswith(("program:", "eventlistener:"))
    }


def problems() -> list[str]:
    environment = load()
    host = environment.local_host
    found = []
    if not answers(host, environment.port, "/health/live/"):
        found.append("the API does not answer")
    if not answers(host, environment.flower_port, "/healthcheck"):
        found.append("Flower does not answer")
    running = command_lines()
    for name, command in programs().items():
        if not any(command in line for line in running):
            found.append(f"{name} does not run")
    return found


if __name__ == "__main__":
    sys.exit(", ".join(problems()) or None)
