"""Run supervisord, and exit with an error if the watchdog stopped it.

supervisord always exits with 0, so a broken container would look like a completed one.
"""

import fcntl
import os
import sys

from supervisor import supervisord

from config.environment import load


def append_to_output() -> None:
    """Set `O_APPEND` on standard output, which may be a file of several writers."""
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
