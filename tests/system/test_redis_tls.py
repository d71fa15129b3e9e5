"""Every client of Redis judges its certificate alike: the queue, the cache, health and Flower."""

import ipaddress
import json
import os
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from socket import SHUT_RDWR, create_connection, create_server, socket
from threading import Thread

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from config.values import ROOT
from tests.support.servers import running_broker

CLIENTS = """
import asyncio, json
import django; django.setup()
from django.core.cache import cache
from flower.utils.broker import Broker
from config.celery import app
from core.health import checks
from products.tasks import generate_thumbnail

def succeeds(call):
    try:
        return bool(call())
    except Exception:
        return False

def ask_flower():
    broker = Broker(app.connection().as_uri(include_password=True),
                    broker_options=app.conf.broker_transport_options,
                    broker_use_ssl=app.conf.broker_use_ssl)
    return asyncio.run(broker.queues(["catalog.tasks"]))

cache.set("key", "value")
print(json.dumps({
    "queue": succeeds(lambda: generate_thumbnail.apply_async(kwargs={"product_id": "x"})),
    "cache": cache.get("key") == "value",
    "health": succeeds(lambda: checks.redis() is None),
    "Flower": succeeds(ask_flower),
}))
"""


def make_certificate(folder: Path, address: str) -> Path:
    """Write a certificate that nobody has signed but itself, and its key, into one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "redis")])
    now = datetime.now(UTC)
    alternative = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(alternative, critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / f"{address}.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return file


class TlsProxy:
    """Terminates TLS in front of a server that does not speak it."""

    def __init__(self, certificate: Path, upstream: int) -> None:
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate)
        self.upstream = upstream
        self.listener = create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        Thread(target=self.accept, daemon=True).start()

    def accept(self) -> None:
        with suppress(OSError):  # closed
            while True:
                Thread(target=self.serve, args=[self.listener.accept()[0]], daemon=True).start()

    def serve(self, plain: socket) -> None:
        with suppress(OSError), self.context.wrap_socket(plain, server_side=True) as client:
            server = create_connection(("127.0.0.1", self.upstream))
            Thread(target=self.forward, args=[server, client], daemon=True).start()
            self.forward(client, server)

    def forward(self, source: socket, target: socket) -> None:
        with suppress(OSError):
            while data := source.recv(65_536):
                target.sendall(data)
            target.shutdown(SHUT_RDWR)

    def close(self) -> None:
        self.listener.shutdown(SHUT_RDWR)
        self.listener.close()


@pytest.fixture(scope="module")
def broker_port() -> Iterator[int]:
    with running_broker() as broker:
        yield broker.port


@pytest.fixture
def proxy(tmp_path, broker_port, request) -> Iterator[tuple[int, Path]]:
    """Yield the port of a TLS proxy, and the file of its certificate."""
    certificate = make_certificate(tmp_path, getattr(request, "param", "127.0.0.1"))
    proxy = TlsProxy(certificate, broker_port)
    yield proxy.port, certificate
    proxy.close()


def reached(port: int, query: str) -> set[str]:
    """Return the clients that use such a Redis."""
    variables = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DEBUG": "True",
        "DATABASE_URL": "sqlite://:memory:",
        "REDIS_URL": f"rediss://127.0.0.1:{port}/0{query}",
    }
    done = subprocess.run(
        [sys.executable, "-c", CLIENTS], cwd=ROOT, env=variables, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return {client for client, works in json.loads(done.stdout.splitlines()[-1]).items() if works}


ALL = {"queue", "cache", "health", "Flower"}


class TestRedisTls:
    def test_is_refused_by_all_where_the_certificate_does_not_verify(self, proxy):
        assert reached(proxy[0], "") == set()

    def test_is_used_by_all_where_nothing_shall_be_verified(self, proxy):
        assert reached(proxy[0], "?ssl_cert_reqs=none") == ALL

    def test_is_used_by_all_where_the_authority_is_known(self, proxy):
        assert reached(proxy[0], f"?ssl_ca_certs={proxy[1]}") == ALL

    @pytest.mark.parametrize("proxy", ["127.0.0.2"], indirect=True)
    def test_is_refused_by_all_where_the_certificate_is_of_another_host(self, proxy):
        assert reached(proxy[0], f"?ssl_ca_certs={proxy[1]}") == set()

    @pytest.mark.parametrize("proxy", ["127.0.0.2"], indirect=True)
    def test_is_used_by_all_where_the_host_shall_not_be_compared(self, proxy):
        query = f"?ssl_ca_certs={proxy[1]}&ssl_check_hostname=false"

        assert reached(proxy[0], query) == ALL
