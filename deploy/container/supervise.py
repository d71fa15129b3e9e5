"""Run supervisord; end with an error if the watchdog had to stop it.

supervisord alone ends with 0 whoever asked it to, and a container that broke would look finished.
"""

import fcntl
import os
import sys

from supervisor import supervisord

from config.environment import load


def append_to_output() -> None:
    """Open standard output for appending: a file has several writers (`make run > log`)."""
    flags = fcntl.fcntl(sys.stdout, fcntl.F_GETFL)
    fcntl.fcntl(sys.stdout, fcntl.F_SETFL, flags | os.O_APPEND)


def main() -> None:
    failure = load().runtime_dir / "failure"
    failure.unlink(missing_ok=True)
    append_to_output()
    supervisord.main(["--configuration", "deploy/container/supervisord.conf"])
    if failure.exists():
        sys.exit(failure.read_text())


if __name__ == "__main__":
    main()
