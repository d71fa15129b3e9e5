"""Prints variables as assignments for a POSIX shell: `python -m config.environment NAME …`."""

import shlex
import sys

from config.environment import Environment, load


def assignments(environment: Environment, names: list[str]) -> str:
    """Return the values as assignments of a POSIX shell."""
    lines = []
    for name in names:
        if name.lower() not in Environment.model_fields:
            sys.exit(f"There is no variable {name}.")
        lines.append(f"{name}={shlex.quote(str(getattr(environment, name.lower())))}")
    return "\n".join(lines)


if __name__ == "__main__":
    print(assignments(load(), sys.argv[1:]))
