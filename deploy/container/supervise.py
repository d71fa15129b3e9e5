"""Run supervisord, and exit with an error if a program of the service does not stay up.

supervisord always exits with 0, so a broken container would look like a completed one.
"""

import fcntl
import os
import sys

from supervisor import events, supervisord
from supervisor.medusa.asyncore_25 import ExitNow
from supervisor.options import ServerOptions
from supervisor.states import SupervisorStates


class Supervisor(supervisord.Supervisor):
    """Starts its programs at once, and ends when it gives one of them up.

    supervisord waits a second before it starts a program, and stays up without its programs.

    Upstream: https://github.com/Supervisor/supervisor/pull/1700 (merged, not released) is the
    former; https://github.com/Supervisor/supervisor/issues/712 (closed) leaves the latter to users.
    Remove `runforever`'s loop when a release has the former.
    """

    failed_program = ""

    def runforever(self) -> None:
        events.subscribe(events.ProcessStateEvent, self.end_after_failure)
        for group in sorted(self.process_groups.values()):
            group.transition()
        super().runforever()

    def end_after_failure(self, event: events.ProcessStateEvent) -> None:
        """Shut down when a program is FATAL, or when web has ended without a migration."""
        has_ended = isinstance(
            event, events.ProcessStateBackoffEvent | events.ProcessStateExitedEvent
        )
        name = event.process.config.name
        if isinstance(event, events.ProcessStateFatalEvent) or (
            has_ended and name == "web" and not is_database_migrated()
        ):
            self.failed_program = name
            self.options.mood = SupervisorStates.SHUTDOWN


def is_database_migrated() -> bool:
    # Imported here: as long as nothing fails, supervisord needs no variable and less memory.
    from config.environment import load
    from deploy.container.migration_file import migration_file

    return migration_file(load()).exists()


def append_to_output() -> None:
    """Set `O_APPEND` on standard output, which may be a file of several writers."""
    flags = fcntl.fcntl(sys.stdout, fcntl.F_GETFL)
    fcntl.fcntl(sys.stdout, fcntl.F_SETFL, flags | os.O_APPEND)


def main() -> None:
    append_to_output()
    options = ServerOptions()
    options.realize(["--configuration", "deploy/container/supervisord.conf"])
    options.first, options.test = True, False
    supervisor = Supervisor(options)
    try:
        supervisor.main()
    except ExitNow:
        options.close_httpservers()
    if program := supervisor.failed_program:
        sys.exit(f"The program {program} does not stay up; its own log lines say why.")


if __name__ == "__main__":
    main()
