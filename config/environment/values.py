"""Types of environment variables: each parses a string or raises ValueError.

A message begins with "must" and follows the name of the variable. It contains the value, unless
that may have a password.
"""

import re
from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import BeforeValidator
from pydantic_settings import NoDecode

ROOT = Path(__file__).resolve().parents[2]  # of the work tree
BOOLEANS = {"true": True, "1": True, "yes": True, "on": True} | {
    "false": False, "0": False, "no": False, "off": False,
}  # fmt: skip
LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
HOST_NAME = re.compile(rf"{LABEL}(?:\.{LABEL})*")
SERVICE_LINK = re.compile(r"(?:tcp|udp|sctp)://")


def shown(value: str) -> str:
    """Return the value for an error message, shortened; nothing of a value with credentials."""
    return "a value with a password" if "@" in value else repr(value[:80])


def parsed(default: str) -> Any:
    """Return a default that pydantic parses as it parses a variable (`validate_default`)."""
    return default


def parse_boolean(value: Any) -> bool:
    try:
        return BOOLEANS[str(value).lower()]
    except KeyError:
        raise ValueError(f"must be true or false, not {shown(value)}") from None


def integer(minimum: int, maximum: int) -> BeforeValidator:
    """Return a parser of whole numbers in a range."""

    def parse(value: Any) -> int:
        text = str(value)
        if re.fullmatch("[0-9]{1,9}", text) and minimum <= int(text) <= maximum:
            return int(text)
        hint = ""
        if SERVICE_LINK.match(text):
            hint = (
                "; Kubernetes has set it for a service of that name: set enableServiceLinks: false"
                " in the pod, or rename the service"
            )
        raise ValueError(
            f"must be a whole number from {minimum} to {maximum}, not {shown(text)}{hint}"
        )

    return BeforeValidator(parse)


def choice(*choices: str) -> BeforeValidator:
    """Return a parser of one of these words, in any case."""

    def parse(value: str) -> str:
        if value.upper() in choices:
            return value.upper()
        raise ValueError(f"must be one of {', '.join(choices)}, not {shown(value)}")

    return BeforeValidator(parse)


def split(value: str) -> list[str]:
    """Return the items of a comma list."""
    return [item.strip() for item in value.split(",") if item.strip()]


def each(parse: Callable[[str], str]) -> BeforeValidator:
    """Return a parser of a comma list."""
    return BeforeValidator(lambda value: [parse(item) for item in split(value)])


def is_host(text: str) -> bool:
    """Check for a lowercase name, an IPv4 address or an IPv6 address without brackets."""
    try:
        return bool(ip_address(text).version)
    except ValueError:
        # A last label of digits alone would be a mistyped IPv4 address.
        return bool(HOST_NAME.fullmatch(text)) and not text.rpartition(".")[2].isdigit()


def parse_host(value: str) -> str:
    """Return an address to listen on, without the brackets of an IPv6 address."""
    text = value.lower().removesuffix(".")
    text = text[1:-1] if re.fullmatch(r"\[.*:.*\]", text) else text
    if is_host(text):
        return text
    raise ValueError(
        f"must be an address to listen on, like 0.0.0.0, :: or localhost, not {shown(value)}"
    )


def parse_allowed_host(value: str) -> str:
    """Return an item of Django's ALLOWED_HOSTS: a name, `.name` with all below it, or `*`."""
    if value == "*":
        return value
    text = value.lower().removesuffix(".")
    if not text.isascii():
        try:
            text = text.encode("idna").decode()  # as browsers send it
        except UnicodeError:
            text = ""
    bare = text[1:-1] if re.fullmatch(r"\[.*:.*\]", text) else text.removeprefix(".")
    if is_host(bare):
        return f"[{bare}]" if ":" in bare else text
    if text.startswith("*.") and is_host(text[2:]):
        raise ValueError(f"must name subdomains as {text[1:]!r}, not {shown(value)}")
    raise ValueError(
        "must name hosts like shop.example.com, without scheme, port or path,"
        f" separated by commas, not {shown(value)}"
    )


def origin(*, wildcard: bool = False) -> Callable[[str], str]:
    """Return a parser of origins as browsers send them; CSRF's may have a wildcard for a label."""

    def parse(value: str) -> str:
        try:
            parts = urlsplit(value.lower())
            host, port = parts.hostname or "", parts.port
        except ValueError:
            host, port = "", None
        bare = host.removeprefix("*.") if wildcard else host
        plain = re.fullmatch(r"https?://[^/?#@\s]+", value, re.IGNORECASE)
        if not plain or not is_host(bare) or port == 0:
            raise ValueError(f"must name origins like https://shop.example.com, not {shown(value)}")
        host = f"[{host}]" if ":" in host else host
        is_default = port in (None, {"http": 80, "https": 443}[parts.scheme])
        return f"{parts.scheme}://{host}" + ("" if is_default else f":{port}")

    return parse


def parse_base_url(value: str) -> str:
    """Return the URL of a server, or of a folder on it, with a slash at the end."""
    try:
        parts = urlsplit(value)
        is_valid = is_host((parts.hostname or "").lower()) and parts.port != 0
    except ValueError:
        is_valid = False
    if is_valid and re.fullmatch(r"https?://[^/?#@\s]+(/[^?#\s]*)?", value):
        return value.rstrip("/") + "/"
    raise ValueError(f"must be a URL like https://cdn.example.com/, not {shown(value)}")


def parse_url_path(value: str) -> str:
    """Return a path without a slash at its end; nothing for the root."""
    text = value.rstrip("/")
    if re.fullmatch(r"(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*", text):
        return text
    raise ValueError(f"must be a path like /shop, not {shown(value)}")


def parse_credentials(value: str) -> str:
    name, _, password = value.partition(":")
    if name and password:
        return value
    raise ValueError("must be user:password, more of them separated by commas")


def parse_installation(value: str) -> str:
    if re.fullmatch("[a-z][a-z0-9-]{0,31}", value):
        return value
    raise ValueError(
        "must be a name of lowercase letters, digits and hyphens, 32 at most, not " + shown(value)
    )


Boolean = Annotated[bool, BeforeValidator(parse_boolean)]
Port = Annotated[int, integer(1, 65_535)]
Host = Annotated[str, BeforeValidator(parse_host)]
AllowedHosts = Annotated[list[str], NoDecode, each(parse_allowed_host)]
Origins = Annotated[list[str], NoDecode, each(origin())]
TrustedOrigins = Annotated[list[str], NoDecode, each(origin(wildcard=True))]
BaseURL = Annotated[str, BeforeValidator(parse_base_url)]
URLPath = Annotated[str, BeforeValidator(parse_url_path)]
Credentials = Annotated[list[str], NoDecode, each(parse_credentials)]
Strings = Annotated[list[str], NoDecode, each(str)]
LogLevel = Annotated[str, choice("DEBUG", "INFO", "WARN", "WARNING", "ERROR", "CRITICAL")]
Installation = Annotated[str, BeforeValidator(parse_installation)]
Folder = Annotated[Path, BeforeValidator(lambda value: ROOT / value)]
