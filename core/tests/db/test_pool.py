"""PgBouncer in transaction mode between the service and PostgreSQL."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import pytest
from django.db import ConnectionHandler

from config.environment.database_url import connection_settings, parse_database_url
from config.environment.values import ROOT
from tests.support.servers.databases import temporary_database, temporary_role, unique_name
from tests.support.servers.ports import is_listening, unused_port
from tests.support.waiting import wait_until

PGBOUNCER = shutil.which("pgbouncer", path=os.environ["PATH"] + ":/usr/sbin")
ROLE, DATABASE = unique_name(), unique_name()
USE = """
import django; django.setup()
from django.db import connection
from rest_framework.test import APIClient
from products.models import Product

client = APIClient()
for number in range(3):
    assert client.post("/api/products/", {"name": "Mug", "price": "1"}).status_code == 201
assert client.get("/api/products/?cursor=&page_size=1").status_code == 200
assert len(list(Product.objects.iterator(chunk_size=1))) == 3
with connection.cursor() as cursor:
    cursor.execute("SHOW statement_timeout")
    assert cursor.fetchone() == ("5s",)
"""

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.skipif(not PGBOUNCER, reason="needs PgBouncer: apt-get install pgbouncer"),
]


@dataclass
class Pool:
    url: str
    direct: str
    restart: Callable[[], None]

    def run(self, *command: str, **variables: str) -> subprocess.CompletedProcess:
        environment = {
            "PATH": os.environ["PATH"],
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DEBUG": "True",
            "ALLOWED_HOSTS": "testserver",
            "DATABASE_URL": self.url,
            **variables,
        }
        return subprocess.run(
            [sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True
        )

    def migrate(self, **variables: str) -> subprocess.CompletedProcess:
        command = ["manage.py", "migrate_locked", "--wait", "5", "--verbosity", "0"]
        return self.run(*command, **variables)


@pytest.fixture
def database() -> Iterator[None]:
    """Create an empty database that an ordinary role owns."""
    with temporary_role(ROLE, "word"), temporary_database(DATABASE, owner=ROLE):
        yield


@pytest.fixture
def pool(database, tmp_path, request) -> Iterator[Pool]:
    """Run PgBouncer, with additional lines of configuration."""
    server = urlsplit(os.environ["DATABASE_URL"])
    place, port = f"{server.hostname}:{server.port or 5432}", unused_port()
    folder = Path("/tmp", f"catalog-pgbouncer-{port}")  # which any user may enter
    folder.mkdir()
    (folder / "users").write_text(f'"{ROLE}" "word"\n')
    (folder / "ini").write_text(
        f"[databases]\n* = host={server.hostname} port={server.port or 5432}\n"
        f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n"
        f"auth_type = trust\nauth_file = {folder}/users\n"
        "pool_mode = transaction\ndefault_pool_size = 2\n" + getattr(request, "param", "")
    )
    as_nobody = ["-u", "nobody"] if os.getuid() == 0 else []  # it refuses to run as root
    processes: list[subprocess.Popen] = []

    def start() -> None:
        processes.append(subprocess.Popen([PGBOUNCER, "-q", *as_nobody, folder / "ini"]))
        # Without a login, which would make PgBouncer connect to the server.
        wait_until(lambda: is_listening(port), 10)

    def stop() -> None:
        process = processes.pop()
        process.terminate()
        process.wait(10)

    def restart() -> None:
        stop()
        start()

    start()
    url = f"postgres://{ROLE}:word@127.0.0.1:{port}/{DATABASE}"
    yield Pool(url, f"postgres://{ROLE}:word@{place}/{DATABASE}", restart)
    stop()
    shutil.rmtree(folder)


def count_session_locks(url: str) -> int:
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = database"
            " WHERE locktype = 'advisory' AND datname = current_database()"
        )
        return cursor.fetchone()[0]


REJECTS = ""
IGNORES = "ignore_startup_parameters = options\n"


class TestPool:
    @pytest.mark.parametrize("pool", [REJECTS, IGNORES], indirect=True)
    def test_is_reported_in_one_line_without_a_direct_url(self, pool):
        done = pool.migrate()

        assert done.returncode == 1
        assert done.stderr.startswith("CommandError: DATABASE_URL leads to a pool")
        assert done.stderr.count("\n") == 1

    @pytest.mark.parametrize("pool", [REJECTS, IGNORES], indirect=True)
    def test_works_when_migrations_bypass_it(self, pool):
        first = pool.migrate(DATABASE_DIRECT_URL=pool.direct)
        again = pool.migrate(DATABASE_DIRECT_URL=pool.direct)
        used = pool.run("-c", USE, DATABASE_DIRECT_URL=pool.direct)

        assert [(done.returncode, done.stderr) for done in (first, again)] == [(0, ""), (0, "")]
        assert used.returncode == 0, used.stderr
        assert count_session_locks(pool.direct) == 0

    def test_reports_connections_without_time_limits(self, pool):
        psycopg2.connect(pool.url).close()  # PgBouncer keeps the server's end of it

        done = pool.migrate(DATABASE_DIRECT_URL=pool.direct)

        assert done.returncode == 0
        assert "RECONNECT in PgBouncer's console" in done.stderr

    @pytest.mark.django_db
    def test_may_be_restarted_between_two_requests(self, pool):
        settings = connection_settings(parse_database_url(pool.url), is_pooled=True)
        connection = ConnectionHandler({"default": settings})["default"]
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")

        pool.restart()
        connection.close_if_unusable_or_obsolete()  # what Django calls when a request starts

        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            assert cursor.fetchone() == (1,)
        connection.close()
