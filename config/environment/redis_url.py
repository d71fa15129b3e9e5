"""Parses REDIS_URL and CACHE_URL, in one way for every client of Redis."""

import re
import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from config.environment.values import is_host

FORM = "must look like redis://user:password@host:6379/0 or rediss://…"
FILES = {"ssl_ca_certs", "ssl_certfile", "ssl_keyfile"}
CERT_REQS = {
    "required": ssl.CERT_REQUIRED,
    "cert_required": ssl.CERT_REQUIRED,
    "none": ssl.CERT_NONE,
    "cert_none": ssl.CERT_NONE,
}
ALLOWED_PARAMETERS = sorted({"db", "ssl_cert_reqs", "ssl_check_hostname", *FILES})


@dataclass(frozen=True)
class RedisURL:
    """A URL without a query, and the keyword arguments for TLS of redis-py."""

    url: str
    tls: dict[str, Any] = field(default_factory=dict)


def parse_redis_url(value: str) -> RedisURL:
    """Return what every client is configured with. Raises ValueError, without the password."""
    try:
        parts = urlsplit(value)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise ValueError(FORM) from None
    database = re.fullmatch("/?([0-9]{0,4})", parts.path, re.ASCII)
    known_scheme = parts.scheme in {"redis", "rediss"}
    if not known_scheme or not is_redis_host(host) or port == 0 or not database:
        raise ValueError(FORM)
    if parts.fragment:
        raise ValueError(f"{FORM}; a # in the password is written %23")
    query = parse_query(parts.query)
    number = select_database(database[1], query.pop("db", ""))
    if query and parts.scheme != "rediss":
        raise ValueError(f"must begin with rediss:// where it has {', '.join(sorted(query))}")
    host = f"[{host}]" if ":" in host else host
    account = "".join(
        quote(unquote(part), safe="") if part != ":" else part
        for part in parts.netloc.rpartition("@")[0].partition(":")
    )
    url = f"{parts.scheme}://{account}{'@' if account else ''}{host}:{port or 6379}/{number}"
    return RedisURL(url, tls_options(query) if parts.scheme == "rediss" else {})


def is_redis_host(host: str) -> bool:
    """Check a host; Compose's service names may have underscores."""
    return is_host(host.replace("_", "-"))


def parse_query(query: str) -> dict[str, str]:
    values = dict(parse_qsl(query, keep_blank_values=True))
    unknown = sorted(set(values) - set(ALLOWED_PARAMETERS))
    if unknown:
        allowed = ", ".join(ALLOWED_PARAMETERS)
        raise ValueError(f"must not have the parameters {', '.join(unknown)}: known are {allowed}")
    return values


def select_database(path: str, parameter: str) -> int:
    if parameter and not re.fullmatch("[0-9]{1,4}", parameter, re.ASCII):
        raise ValueError("must have a whole number as db")
    if path and parameter and int(path) != int(parameter):
        raise ValueError(f"must name one database, not both /{path} and db={parameter}")
    return int(path or parameter or 0)


def tls_options(query: dict[str, str]) -> dict[str, Any]:
    """Return redis-py's options of TLS; a certificate is verified unless `none` is asked for."""
    reqs = query.pop("ssl_cert_reqs", "required").lower()
    if reqs not in CERT_REQS:
        raise ValueError("must have required or none as ssl_cert_reqs")
    checks = query.pop("ssl_check_hostname", "true").lower()
    if checks not in {"true", "false"}:
        raise ValueError("must have true or false as ssl_check_hostname")
    for name, file in query.items():
        if not Path(file).is_file():
            raise ValueError(f"must have the name of a readable file as {name}")
    is_verified = CERT_REQS[reqs] is not ssl.CERT_NONE
    return {
        "ssl_cert_reqs": CERT_REQS[reqs],
        "ssl_check_hostname": is_verified and checks == "true",
        **query,
    }
