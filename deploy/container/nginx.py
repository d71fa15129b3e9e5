"""Start nginx in front of Gunicorn, configured by the environment.

https://nginx.org/en/docs/dirindex.html
"""

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path

from config.environment import Environment, load
from core.api.errors.api_errors import BadRequest, MethodNotAllowed, ServiceUnavailable
from core.api.errors.problems import type_members
from core.error_base import CatalogError
from core.errors import NotFound, PayloadTooLarge
from core.http import wsgi
from core.storage import views as media
from core.storage.names import CACHE_CONTROL, CONTENT_TYPES, MEDIA_NAME_RE

FOLDER = Path(__file__).parent
TRUSTED = ["X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Port"]


@dataclass
class NginxProblem:
    """A problem (RFC 9457) that nginx returns by itself."""

    causes: str  # nginx's own status codes
    status: int
    error: type[CatalogError]
    detail: str

    @property
    def uri(self) -> str:
        return f"/.problems/{self.status}"

    def error_page(self) -> str:
        return f"        error_page {self.causes} ={self.status} {self.uri};"

    def location(self) -> str:
        body = {
            **type_members(self.error),
            "status": self.status,  # which may be a more specific one
            "detail": self.detail,
        }
        headers = {"X-Request-ID": "$id", "Cache-Control": "no-store"}
        if self.error.retry_after:
            headers["Retry-After"] = str(self.error.retry_after)
        lines = [
            "internal;",
            "default_type application/problem+json;",
            *(f"add_header {name} {value} always;" for name, value in headers.items()),
            f"return {self.status} '{json.dumps(body)[:-1]}$id_member}}';",
        ]
        inside = "\n".join(f"            {line}" for line in lines)
        return f"        location = {self.uri} {{\n{inside}\n        }}"


PROBLEMS = [
    NginxProblem("400 501", 400, BadRequest, "The request cannot be understood."),
    NginxProblem("405", 405, MethodNotAllowed, "No path has this method."),
    NginxProblem("413", 413, PayloadTooLarge, wsgi.body_too_large_detail()),
    NginxProblem("414", 414, PayloadTooLarge, "The URL is too long."),
    NginxProblem("494", 431, PayloadTooLarge, "The header fields are too large."),
    NginxProblem("500 502 504", 503, ServiceUnavailable, "Try again in a moment."),
]
MISSING_IMAGE = NginxProblem("404", 404, NotFound, "There is no such image.")


def render(environment: Environment, is_root: bool) -> str:
    """Return the configuration; nginx's workers keep the user's rights, also if that is root."""
    return fill(
        "nginx.conf.template",
        user="user root;" if is_root else "",
        folder=environment.runtime_dir.resolve() / "nginx",
        socket=environment.runtime_dir.resolve() / environment.web_socket,
        listen=listen(environment),
        max_body=wsgi.max_body(),
        forwarded="\n    ".join(forwarded(environment.trusted_proxy)),
        media=media_location(environment),
        error_pages="\n".join(problem.error_page() for problem in PROBLEMS),
        problems="\n\n".join(problem.location() for problem in [*PROBLEMS, MISSING_IMAGE]),
    )


def fill(template: str, **values: object) -> str:
    text = (FOLDER / template).read_text()
    return re.sub(r"@\{(\w+)\}", lambda found: str(values[found[1]]), text)


def listen(environment: Environment) -> str:
    """Return what nginx listens on: `::` includes IPv4."""
    both = " ipv6only=off" if environment.host == "::" else ""
    return f"{environment.url_host}:{environment.port}{both}"


def forwarded(is_trusted: bool) -> list[str]:
    """Return the forwarded headers for Gunicorn; the client's count only behind a trusted proxy."""
    client = "$proxy_add_x_forwarded_for" if is_trusted else "$remote_addr"
    values = {name: variable(name) if is_trusted else '""' for name in TRUSTED}
    values["X-Forwarded-For"] = client
    return [f"proxy_set_header {name} {value};" for name, value in values.items()]


def variable(header: str) -> str:
    return "$http_" + header.lower().replace("-", "_")


def media_location(environment: Environment) -> str:
    """Return the location of images: the folder, with Django's headers, or Django itself."""
    return fill(
        "media_s3.conf.template" if environment.s3_bucket else "media.conf.template",
        folder=environment.runtime_dir.resolve() / "nginx",
        script_name=environment.script_name.replace(".", r"\."),
        name=MEDIA_NAME_RE,
        root=environment.media_root.resolve(),
        types=" ".join(
            f"{media_type} {extension};" for extension, media_type in CONTENT_TYPES.items()
        ),
        headers="\n            ".join(
            f'add_header {name} "{value}";'
            for name, value in {"Cache-Control": CACHE_CONTROL, **media.HEADERS}.items()
        ),
    )


def main() -> None:
    environment = load()
    folder = environment.runtime_dir.resolve() / "nginx"
    folder.mkdir(parents=True, exist_ok=True)
    configuration = folder / "nginx.conf"
    configuration.write_text(render(environment, is_root=os.geteuid() == 0))
    # Replaces this process, so that supervisord's signals reach nginx itself.
    command = ["nginx", "-e", "stderr", "-c", str(configuration)]
    os.execvp("nginx", command)  # noqa: S606, S607 -- Debian's, without a shell


if __name__ == "__main__":
    main()
