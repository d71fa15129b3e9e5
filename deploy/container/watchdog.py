"""Stops everything when a program is beyond help, so that nobody takes a half for the whole.

An event listener of supervisord: it reads events on standard input and answers on standard output.
"""

import os
import signal
import sys

from config.environment import load


def next_event() -> dict[str, str]:
    """Wait for an event and give what it says, such as `processname`."""
    sys.stdout.write("READY\n")
    sys.stdout.flush()
    header = fields(sys.stdin.readline())
    if not header:
        sys.exit()  # supervisord is gone
    return fields(sys.stdin.read(int(header["len"])))


def fields(line: str) -> dict[str, str]:
    return dict(token.split(":", 1) for token in line.split())


def stop_everything(program: str) -> None:
    """Leave the reason where supervise.py looks for it, and ask supervisord to stop."""
    reason = f"The program {program} does not stay up; its own log lines say why."
    (load().runtime_dir / "failure").write_text(reason)
    os.kill(os.getppid(), signal.SIGTERM)


def main() -> None:
    while True:
        event = next_event()
        stop_everything(event["processname"])
        sys.stdout.write("RESULT 2\nOK")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
