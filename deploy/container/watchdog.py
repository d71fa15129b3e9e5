"""Stop supervisord when a program is FATAL, so that no container looks healthy without it.

An event listener of supervisord: events on standard input, results on standard output.
http://supervisord.org/events.html
"""

import os
import signal
import sys

from config.environment import load


def next_event() -> dict[str, str]:
    """Wait for an event and return its payload, such as `processname`."""
    sys.stdout.write("READY\n")
    sys.stdout.flush()
    header = parse_tokens(sys.stdin.readline())
    if not header:
        sys.exit()  # supervisord has ended
    return parse_tokens(sys.stdin.read(int(header["len"])))


def parse_tokens(line: str) -> dict[str, str]:
    return dict(token.split(":", 1) for token in line.split())


def stop_supervisord(program: str) -> None:
    """Write the reason to the file that supervise.py reads, and send SIGTERM to supervisord."""
    reason = f"The program {program} does not stay up; its own log lines say why."
    (load().runtime_dir / "failure").write_text(reason)
    os.kill(os.getppid(), signal.SIGTERM)


def main() -> None:
    while True:
        event = next_event()
        stop_supervisord(event["processname"])
        sys.stdout.write("RESULT 2\nOK")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
