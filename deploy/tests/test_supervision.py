"""The service while one of its programs cannot run."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from config.environment.values import ROOT
from deploy.container.healthcheck import programs_not_running
from tests.support.http_client import HttpClient
from tests.support.servers.brokers import running_broker
from tests.support.servers.ports import unused_port

FATAL_AFTER = 20  # seconds: longer than five ends at once, and the pauses between them


def create_failing_program(folder: Path, name: str) -> None:
    """Create a failing program of this name, for the front of PATH."""
    program = folder / name
    program.write_text("#!/bin/sh\nexit 1\n")
    program.chmod(0o755)


def health(port: int) -> str:
    try:
        response = HttpClient(f"http://127.0.0.1:{port}").request("GET", "/health/", timeout=5)
        return response.json["status"] if response.status == 200 else "no response"
    except OSError:
        return "no response"


@pytest.mark.slow
class TestSupervision:
    def test_keeps_the_api_where_no_worker_starts(self, tmp_path):
        port = unused_port()
        create_failing_program(tmp_path, "celery")
        path = os.pathsep.join(
            [str(tmp_path), str(Path(sys.executable).parent), os.environ["PATH"]]
        )
        with running_broker() as broker:
            process = subprocess.Popen(
                ["./entrypoint.sh", "python", "-m", "deploy.container.supervise"],
                cwd=ROOT,
                env={
                    "PATH": path, "DEBUG": "True", "PORT": str(port),
                    "FLOWER_PORT": str(unused_port()), "RUNTIME_DIR": str(tmp_path),
                    "SUPERVISORD_INCLUDE": "supervisord_healthcheck.ini",
                    "DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3", "REDIS_URL": broker.url,
                    "MEDIA_ROOT": str(tmp_path / "media"),
                },
            )  # fmt: skip
            time.sleep(FATAL_AFTER)
            try:
                assert process.poll() is None
                assert health(port) == "degraded"
                assert "worker does not run" in programs_not_running(tmp_path)
            finally:
                process.send_signal(signal.SIGTERM)
                process.wait(60)
