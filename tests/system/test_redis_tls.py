"""Every client of Redis validates its certificate: the queue, the cache, health and Flower."""

import ipaddress
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from config.environment.values import ROOT
from tests.support.servers.brokers import running_broker
from tests.support.servers.proxies import TlsProxy

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

def query_flower():
    broker = Broker(app.connection().as_uri(include_password=True),
                    broker_options=app.conf.broker_transport_options,
                    broker_use_ssl=app.conf.broker_use_ssl)
    return asyncio.run(broker.queues(["catalog.tasks"]))

cache.set("key", "value")
print(json.dumps({
    "queue": succeeds(lambda: generate_thumbnail.apply_async(kwargs={"product_id": "x"})),
    "cache": cache.get("key") == "value",
    "health": succeeds(lambda: checks.redis() is None),
    "Flower": succeeds(query_flower),
}))
"""


def make_certificate(folder: Path, address: str) -> Path:
    """Write a self-signed certificate and its key into one file."""
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


def working_clients(port: int, query: str) -> set[str]:
    """Return the clients that can use Redis at this port with these options."""
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
    def test_is_rejected_by_all_clients_if_the_certificate_does_not_verify(self, proxy):
        assert working_clients(proxy[0], "") == set()

    def test_is_used_by_all_clients_without_verification(self, proxy):
        assert working_clients(proxy[0], "?ssl_cert_reqs=none") == ALL

    def test_is_used_by_all_clients_with_a_known_authority(self, proxy):
        assert working_clients(proxy[0], f"?ssl_ca_certs={proxy[1]}") == ALL

    @pytest.mark.parametrize("proxy", ["127.0.0.2"], indirect=True)
    def test_is_rejected_by_all_clients_if_the_certificate_is_of_another_host(self, proxy):
        assert working_clients(proxy[0], f"?ssl_ca_certs={proxy[1]}") == set()

    @pytest.mark.parametrize("proxy", ["127.0.0.2"], indirect=True)
    def test_is_used_by_all_clients_without_a_host_check(self, proxy):
        query = f"?ssl_ca_certs={proxy[1]}&ssl_check_hostname=false"

        assert working_clients(proxy[0], query) == ALL
