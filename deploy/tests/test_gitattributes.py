"""A clone on Windows, where Git is set to write CRLF, runs in the image all the same."""

import shutil
import subprocess
from pathlib import Path

import pytest

from config.environment.values import ROOT

pytestmark = pytest.mark.skipif(
    not (ROOT / ".git").exists() or not shutil.which("git"), reason="needs Git and a clone"
)


def git(*arguments: str, folder: Path) -> str:
    return subprocess.run(
        ["git", *arguments], cwd=folder, check=True, capture_output=True, text=True
    ).stdout


class TestGitattributes:
    def test_keep_line_ends_whatever_git_is_set_to(self, tmp_path):
        options = ["-c", "core.autocrlf=true", "-c", "core.eol=crlf"]
        git("init", "--quiet", folder=tmp_path)
        names = git("ls-files", "*.sh", "*.py", ".ci/*", "Makefile", "deploy/*", folder=ROOT)
        for name in [*names.splitlines(), ".gitattributes"]:
            target = tmp_path / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, target)
        git("add", "--all", folder=tmp_path)
        copies = tmp_path / "copies"

        git(*options, "checkout-index", "--all", f"--prefix={copies}/", folder=tmp_path)

        files = [file for file in copies.rglob("*") if file.is_file()]
        assert copies / "entrypoint.sh" in files
        assert [file for file in files if b"\r\n" in file.read_bytes()] == []
