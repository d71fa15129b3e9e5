import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from config.environment.values import ROOT
from deploy.local import variables as local


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Move the record of a run to an empty folder, and unset all variables."""
    monkeypatch.setattr(local, "RECORD", tmp_path / "variables.json")
    for name in ("DATABASE_URL", "REDIS_URL", "MEDIA_ROOT", "SECRET_KEY", "PORT"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


class TestRunVariables:
    def test_has_a_broker_and_a_media_folder_of_its_own(self, folder):
        variables = local.run_variables()

        assert variables["EMBEDDED_BROKER"] == "true"
        assert variables["REDIS_URL"] == f"redis://127.0.0.1:{variables['BROKER_PORT']}/0"
        assert variables["MEDIA_ROOT"] == str(local.VAR / "media")

    def test_keeps_what_is_chosen(self, folder, monkeypatch):
        monkeypatch.setenv("REDIS_URL", "redis://redis/0")
        monkeypatch.setenv("PORT", " ")

        variables = local.run_variables()

        assert (variables["REDIS_URL"], variables["PORT"]) == ("redis://redis/0", "8000")
        assert "BROKER_PORT" not in variables


class TestRecorded:
    def test_is_empty_without_a_run(self, folder):
        assert local.load_variables() == {}

    def test_is_what_the_run_was_started_with(self, folder):
        variables = local.run_variables()
        local.record(variables)

        loaded = local.load_variables()

        for name in ("DEBUG", "REDIS_URL", "MEDIA_ROOT", "PORT"):
            assert loaded[name] == variables[name]

    def test_yields_to_what_is_chosen(self, folder, monkeypatch):
        local.record(local.run_variables())
        monkeypatch.setenv("MEDIA_ROOT", "/srv/media")

        assert local.load_variables()["MEDIA_ROOT"] == "/srv/media"


class TestRecord:
    def test_is_readable_by_nobody_else_and_has_only_our_variables(self, folder):
        local.record(local.run_variables() | {"SECRET_KEY": "hush", "HOME": "/root"})

        assert stat.S_IMODE(local.RECORD.stat().st_mode) == 0o600
        assert {"SECRET_KEY"} <= set(json.loads(local.RECORD.read_text()))
        assert "HOME" not in json.loads(local.RECORD.read_text())


class TestManage:
    def run(self, folder: Path, *arguments: str) -> subprocess.CompletedProcess:
        """Run in a folder that stands for a clone: its `var` is its own."""
        return subprocess.run(
            [sys.executable, "-m", "deploy.local.manage", *arguments],
            cwd=folder, capture_output=True, text=True,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        )  # fmt: skip

    def test_says_what_to_do_before_the_first_run(self, tmp_path):
        done = self.run(tmp_path, "check")

        assert done.returncode == 1
        assert done.stderr == (
            "There is no catalog here yet: `make run` makes its database. Start it once, first.\n"
        )

    def test_sees_the_run_s_own_database_and_media(self, tmp_path):
        (tmp_path / "var" / "run").mkdir(parents=True)
        (tmp_path / "manage.py").symlink_to(ROOT / "manage.py")
        record = {"DEBUG": "True", "MEDIA_ROOT": "/srv/media", "DATABASE_URL": "sqlite:////srv/db"}
        (tmp_path / "var" / "run" / "variables.json").write_text(json.dumps(record))
        show = "from django.conf import settings as s; print(s.MEDIA_ROOT, s.DATABASES['default'])"

        done = self.run(tmp_path, "shell", "--verbosity", "0", "--command", show)

        assert done.returncode == 0, done.stderr
        assert "/srv/media" in done.stdout
        assert "/srv/db" in done.stdout
