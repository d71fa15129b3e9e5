"""The web server as the container starts it, on databases in different states."""

import os
import subprocess
import sys
from pathlib import Path

from config.environment.values import ROOT
from tests.support.servers.service import Service, running

NOBODY = "postgres://postgres@127.0.0.1:1/nothing"  # port 1: refused at once


def web_service(folder: Path, database_url: str, **environment: str) -> Service:
    service = Service(database_url, folder, RUNTIME_DIR=str(folder), **environment)
    service.additional_commands["web"] = [sys.executable, "-m", "deploy.container.web"]
    return service


class TestWeb:
    def test_migrates_before_it_serves(self, tmp_path):
        with running(web_service(tmp_path, f"sqlite:///{tmp_path}/new/db"), "web") as service:
            assert service.checks()["migrations"] == "ok"
            assert (tmp_path / "migrated").exists()

    def test_leaves_the_database_to_others_where_migrate_on_start_is_off(self, tmp_path):
        service = web_service(tmp_path, f"sqlite:///{tmp_path}/db", MIGRATE_ON_START="False")

        with running(service, "web"):
            assert service.checks()["migrations"] == "error"

    def test_is_restarted_without_a_database(self, tmp_path):
        (tmp_path / "migrated").touch()

        with running(web_service(tmp_path, NOBODY), "web") as service:
            assert service.checks()["database"] == "error"

    def test_ends_with_one_line_where_it_cannot_migrate(self, tmp_path):
        service = web_service(tmp_path, "sqlite:////proc/nothing/db")
        service.start("web")

        assert service.processes["web"].wait(60) == 1
        log = service.log_path("web").read_text()
        assert log.startswith("CommandError: The folder /proc/nothing cannot be created")
        assert log.count("\n") == 1
        assert not (tmp_path / "migrated").exists()


class TestAfterMigration:
    def test_waits_for_the_migration(self, tmp_path):
        """A `sleep` that migrates: without a wait nothing would."""
        sleep = tmp_path / "sleep"
        sleep.write_text('#!/bin/sh\ntouch "$RUNTIME_DIR/migrated"\n')
        sleep.chmod(0o755)
        environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "RUNTIME_DIR": str(tmp_path)}
        program = ["test", "-e", str(tmp_path / "migrated")]

        done = subprocess.run(
            ["sh", "deploy/container/after_migration.sh", *program], cwd=ROOT, env=environment
        )

        assert done.returncode == 0

    def test_is_replaced_by_the_program_which_receives_its_signals(self, tmp_path):
        (tmp_path / "migrated").touch()
        process = subprocess.Popen(
            ["sh", "deploy/container/after_migration.sh", "sh", "-c", "echo $$"],
            cwd=ROOT, env=os.environ | {"RUNTIME_DIR": str(tmp_path)},
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

        assert process.communicate()[0] == f"{process.pid}\n"
