"""The environment variables of the service, typed. This package is their only reader.

`.env.example` explains each. A blank variable counts as unset. Shell scripts evaluate the output of
`python -m config.environment NAME …`.
"""

import sys
from pathlib import Path
from typing import Annotated, Any

from pydantic import (
    BeforeValidator,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

from config.environment import values
from config.environment.database_url import POSTGRES, parse_database_url
from config.environment.redis_url import RedisURL, parse_redis_url
from config.environment.values import ROOT, Boolean, Folder, Host, Port, parsed

EXAMPLE_SECRET_KEY = "your-secret-key"  # noqa: S105 -- rejected in production, below
ANY_HOST = {"0.0.0.0", "::"}  # noqa: S104 -- and who listens on :: listens on IPv4 too

Database = Annotated[dict[str, Any], BeforeValidator(parse_database_url)]
Redis = Annotated[RedisURL, BeforeValidator(parse_redis_url)]
Secret = Annotated[str, Field(repr=False)]


class Environment(BaseSettings):
    """The variables, by their names in lowercase. Raises `ValidationError` if any is invalid."""

    model_config = SettingsConfigDict(
        alias_generator=str.upper,
        case_sensitive=True,
        enable_decoding=False,
        extra="ignore",
        hide_input_in_errors=True,
        validate_default=True,
    )

    # Access
    debug: Boolean = False
    secret_key: Secret = ""
    secret_key_fallbacks: Annotated[values.Strings, Field(repr=False)] = parsed("")
    allowed_hosts: values.AllowedHosts = parsed("")
    csrf_trusted_origins: values.TrustedOrigins = parsed("")
    cors_allowed_origins: values.Origins = parsed("")
    trusted_proxy: Boolean = False
    https_only: Boolean = False
    script_name: values.URLPath = ""

    # Dependencies and data
    installation: values.Installation = "catalog"
    database_url: Annotated[Database, Field(repr=False)] = parsed(
        f"sqlite:///{ROOT}/var/db.sqlite3"
    )
    database_direct_url: Annotated[Database | None, Field(repr=False, validate_default=False)] = (
        None
    )
    redis_url: Annotated[Redis, Field(repr=False)] = parsed("redis://127.0.0.1:6379/0")
    cache_url: Annotated[Redis | None, Field(repr=False, validate_default=False)] = None
    response_cache: Boolean = True
    media_root: Folder = parsed("media")
    media_url: Annotated[values.BaseURL | None, Field(validate_default=False)] = None
    static_root: Folder = parsed("var/static")
    s3_bucket: str = ""
    s3_endpoint_url: Annotated[values.BaseURL | None, Field(validate_default=False)] = None
    s3_region: str | None = None
    s3_secret_key: Annotated[str | None, Field(repr=False)] = None
    s3_access_key: Annotated[str | None, Field(repr=False)] = None
    rendition_format: Annotated[str, values.choice("WEBP", "AVIF")] = "WEBP"
    trash_days: Annotated[int, values.integer(1, 36_500)] = 30
    media_grace_hours: Annotated[int, values.integer(1, 876_000)] = 24

    # Processes
    host: Host = "127.0.0.1"
    port: Port = 8000
    flower_port: Port = 5555
    flower_basic_auth: Annotated[values.Credentials, Field(repr=False)] = parsed("")
    web_workers: Annotated[int, values.integer(1, 256)] = 2
    web_threads: Annotated[int, values.integer(1, 1024)] = 4
    worker_concurrency: Annotated[int, values.integer(1, 256)] = 2
    worker_memory_mb: Annotated[int, values.integer(256, 1_048_576)] = 1024
    migrate_on_start: Boolean = True
    log_level: values.LogLevel = "INFO"
    runtime_dir: Path = Path("/tmp")  # noqa: S108 -- the image's; files there have fixed names

    # Set by the image and by `make run`
    supervisord_include: str = ""
    web_socket: str = ""
    broker_port: Annotated[Port | None, Field(validate_default=False)] = None

    @model_validator(mode="before")
    @classmethod
    def drop_blank(cls, variables: dict[str, Any]) -> dict[str, Any]:
        stripped = {name: str(value).strip() for name, value in variables.items()}
        return {name: value for name, value in stripped.items() if value}

    @field_validator("secret_key")
    @classmethod
    def require_secret_key(cls, value: str, info: ValidationInfo) -> str:
        value = value or EXAMPLE_SECRET_KEY
        if value == EXAMPLE_SECRET_KEY and not info.data.get("debug"):
            raise ValueError("must be set to a secret of your own when DEBUG is off")
        return value

    @field_validator("secret_key_fallbacks")
    @classmethod
    def reject_example_key(cls, keys: list[str], info: ValidationInfo) -> list[str]:
        if EXAMPLE_SECRET_KEY in keys and not info.data.get("debug"):
            raise ValueError("must not have the secret of .env.example, which everybody knows")
        return keys

    @field_validator("allowed_hosts")
    @classmethod
    def require_allowed_hosts(cls, hosts: list[str], info: ValidationInfo) -> list[str]:
        if not hosts and not info.data.get("debug"):
            raise ValueError("must name the hosts to answer for when DEBUG is off")
        return hosts or ["*"]

    @field_validator("database_direct_url")
    @classmethod
    def require_pool(cls, value: dict[str, Any], info: ValidationInfo) -> dict[str, Any]:
        pool = info.data.get("database_url", value)
        if {pool["ENGINE"], value["ENGINE"]} != {POSTGRES}:
            raise ValueError("must lead to the PostgreSQL behind the pool that DATABASE_URL names")
        if "options" in pool["OPTIONS"]:
            raise ValueError(
                "must be alone in having currentSchema or options: a pool does not pass them on"
                " from DATABASE_URL; ALTER ROLE … SET search_path does"
            )
        return value

    @field_validator("s3_access_key")
    @classmethod
    def require_s3_pair(cls, value: str | None, info: ValidationInfo) -> str | None:
        if bool(value) != bool(info.data.get("s3_secret_key")):
            raise ValueError("must be set where S3_SECRET_KEY is, and nowhere else")
        return value

    @field_validator("flower_port")
    @classmethod
    def require_another_port(cls, value: int, info: ValidationInfo) -> int:
        if value == info.data.get("port"):
            raise ValueError(f"must be another port than PORT, not {value}")
        return value

    @property
    def cache(self) -> RedisURL:
        return self.cache_url or self.redis_url

    @property
    def url_host(self) -> str:
        """The host to listen on as it stands in a URL."""
        return bracketed(self.host)

    @property
    def local_host(self) -> str:
        """The address at which this machine reaches what listens on the host."""
        return "127.0.0.1" if self.host in ANY_HOST else self.host


def bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def load() -> Environment:
    """Return the validated variables. Ends the program with one line that has every error."""
    try:
        return Environment()
    except ValidationError as error:
        sys.exit(f"The configuration is wrong: {describe(error)}")


def describe(error: ValidationError) -> str:
    """Return all errors as one line. No message contains a value that may be secret."""
    reasons = [f"{str(part['loc'][0]).upper()} {part['ctx']['error']}" for part in error.errors()]
    return "; ".join(reasons) + "."
