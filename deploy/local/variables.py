"""The variables of the programs that `make run` and `make manage` start on this machine."""

import json
import os
import socket
import sys
from pathlib import Path

from config.environment import Environment

HOST = "127.0.0.1"
VAR = Path("var").resolve()
RECORD = VAR / "run" / "variables.json"  # of the current or the last run


def chosen_variables() -> dict[str, str]:
    """Return the variables that are set and not blank."""
    return {name: value for name, value in os.environ.items() if value.strip()}


def run_variables() -> dict[str, str]:
    """Return the environment of a run: its defaults, overridden by the chosen variables."""
    variables = {
        "DEBUG": "True",
        "PORT": "8000",
        "FLOWER_PORT": "5555",
        "MEDIA_ROOT": str(VAR / "media"),
        **chosen_variables(),
        "HOST": HOST,
        "RUNTIME_DIR": "var/run",
        "TMPDIR": str(VAR / "tmp"),
        "PYTHONPYCACHEPREFIX": str(VAR / "pycache"),
        "PYTHONUNBUFFERED": "1",
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "SUPERVISORD_INCLUDE": "../local/supervisord.conf",
    }
    return variables | broker_variables(variables)


def broker_variables(variables: dict[str, str]) -> dict[str, str]:
    """Return the variables of the chosen broker, or of an embedded one on a free port."""
    if "REDIS_URL" in variables:
        return {"EMBEDDED_BROKER": "false"}
    with socket.create_server((HOST, 0)) as free:
        port = free.getsockname()[1]
    return {
        "EMBEDDED_BROKER": "true",
        "BROKER_PORT": str(port),
        "REDIS_URL": f"redis://{HOST}:{port}/0",
    }


def record(variables: dict[str, str]) -> None:
    """Store the variables of a run; only their owner may read them, since some are secret."""
    names = {name.upper() for name in Environment.model_fields}
    kept = {name: value for name, value in variables.items() if name in names}
    with os.fdopen(os.open(RECORD, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(kept, file)


def load_variables() -> dict[str, str]:
    """Return the variables of the run, overridden by the chosen ones; empty without a run."""
    try:
        kept = json.loads(RECORD.read_text())
    except FileNotFoundError:
        return {}
    return kept | chosen_variables()
