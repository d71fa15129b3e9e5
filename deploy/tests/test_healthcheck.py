import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from configparser import RawConfigParser
from pathlib import Path

import pytest

from config.environment.values import ROOT
from deploy.container.healthcheck import programs_not_running, responds
from tests.support.servers.ports import unused_port
from tests.support.waiting import wait_until

PROGRAMS = """
[program:steady]
command=sleep 60

[program:broken]
command=false
startretries=0

[eventlistener:listener]
command=sleep 60
events=PROCESS_STATE_FATAL
"""


def write_configuration(file: Path) -> None:
    """Write the general sections of the image's configuration, with programs of the test."""
    parser = RawConfigParser(inline_comment_prefixes=";")
    container = ROOT / "deploy" / "container"
    parser.read([container / "supervisord.conf", container / "supervisord_healthcheck.ini"])
    for section in parser.sections():
        if section.startswith(("program:", "group:", "eventlistener:", "include")):
            parser.remove_section(section)
    with file.open("w") as text:
        parser.write(text)
        text.write(PROGRAMS)


@pytest.fixture
def supervisord(tmp_path: Path) -> Iterator[subprocess.Popen]:
    write_configuration(tmp_path / "supervisord.conf")
    process = subprocess.Popen(
        [sys.executable, "-m", "supervisor.supervisord", "-c", tmp_path / "supervisord.conf"],
        env=os.environ | {"RUNTIME_DIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert wait_until((tmp_path / "supervisord.sock").exists, 10)
        yield process
    finally:
        process.send_signal(signal.SIGCONT)
        process.terminate()
        process.communicate(timeout=30)


class TestProgramsNotRunning:
    def test_names_a_program_without_a_process_and_no_other(self, supervisord, tmp_path):
        def failures() -> bool:
            return programs_not_running(tmp_path) == ["broken does not run"]

        assert wait_until(failures, 10), programs_not_running(tmp_path)

    def test_names_supervisord_when_it_does_not_run(self, tmp_path):
        assert programs_not_running(tmp_path) == ["supervisord does not respond"]

    def test_names_supervisord_when_it_is_frozen(self, supervisord, tmp_path, monkeypatch):
        socket.setdefaulttimeout(0.5)
        supervisord.send_signal(signal.SIGSTOP)
        try:
            assert programs_not_running(tmp_path) == ["supervisord does not respond"]
        finally:
            socket.setdefaulttimeout(None)

    def test_uses_a_socket_that_nobody_else_may_open(self, supervisord, tmp_path):
        assert stat.S_IMODE((tmp_path / "supervisord.sock").stat().st_mode) == 0o700

    def test_causes_no_warning_of_supervisord(self, supervisord, tmp_path):
        programs_not_running(tmp_path)
        supervisord.terminate()

        output, _ = supervisord.communicate(timeout=30)

        assert "HTTP authentication" not in output


class TestResponds:
    def test_is_false_where_nothing_listens(self):
        assert not responds("127.0.0.1", unused_port(), "/health/live/")
