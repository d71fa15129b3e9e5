"""The commands of the README, run in order against a server with an empty catalog."""

import re
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

pytestmark = pytest.mark.django_db(transaction=True)

SHELL = """
curl() { command curl --silent --show-error --output response --write-out '%{http_code}' "$@"; }
"""
STATUS = re.compile(r"# (\d{3})\b")


def commands() -> list[str]:
    """Return the shell commands of the section about the API."""
    readme = (settings.BASE_DIR / "README.md").read_text()
    section = readme.partition("\n## The API\n")[2].partition("\n## ")[0]
    blocks = re.findall(r"```sh\n(.*?)```", section, re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line]


def test_each_command_does_what_the_text_says(live_server, tmp_path: Path):
    address = live_server.url.removeprefix("http://")
    failed = []
    for line in commands():
        done = subprocess.run(
            ["bash", "-euc", SHELL + line.replace("localhost:8000", address)],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=30,
        )
        match = STATUS.search(line)
        wanted = match[1] if match else "2"
        if done.returncode or not (done.stdout or "2").startswith(wanted):
            failed.append((line, done.stdout, done.stderr))

    assert failed == []
    assert len(commands()) > 30


def test_commands_are_complete_as_they_stand():
    for line in commands():
        assert "…" not in line
        assert not re.search(r"<[a-z]+>", line)
