"""The configuration of Gunicorn. https://docs.gunicorn.org/en/stable/settings.html"""

import gc
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

from gunicorn.arbiter import Arbiter
from gunicorn.glogging import Logger
from gunicorn.http.errors import InvalidHeader
from gunicorn.http.message import Request
from gunicorn.http.wsgi import Response
from gunicorn.workers.base import Worker

from config.environment import load
from core.http.wsgi import max_body
from core.logs import escape_log_value

environment = load()
behind_nginx = bool(environment.web_socket)

if behind_nginx:
    bind = f"unix:{environment.runtime_dir}/{environment.web_socket}"
    keepalive = 75  # seconds; longer than nginx keeps its connections, so that it closes them
    limit_request_fields = 32_768  # nginx limits their size, and reports that as a problem
else:
    bind = f"{environment.url_host}:{environment.port}"
worker_class = "gthread"
workers = environment.web_workers
threads = environment.web_threads + 1  # one for the probes: core.http.bulkhead

# The code is loaded once and its memory shared; an import error ends the start at once.
# Nothing connects, starts a thread or seeds a random generator before a worker is forked.
preload_app = True
# A filter takes a hundred ids, beside a search in any script; more, Gunicorn answers by itself.
limit_request_line = 8190
graceful_timeout = 25  # seconds for requests in hand, less than supervisord waits

# Only Django, which knows TRUSTED_PROXY, reads forwarded headers. By default Gunicorn trusts
# every client on this machine.
secure_scheme_headers = {}
forwarder_headers = ""

# A worker's heartbeat is a file: in memory, so that a slow disk never looks like a dead worker.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 -- not guessable
control_socket_disable = True  # supervisord is in control, and the image is read-only

accesslog = None if behind_nginx else "-"
access_log_format = '%(t)s access [%({x-request-id}o)s] %(h)s "%(r)s" %(s)s %(B)s bytes in %(M)s ms'
REQUEST_LINE = ("REQUEST_METHOD", "RAW_URI", "SERVER_PROTOCOL")


class AccessLogger(Logger):
    """Writes what `access_log_format` names, and escapes the request id of a client.

    Gunicorn would also copy all headers and variables of each request into the line's atoms.
    """

    def atoms(
        self, resp: Response, req: Request, environ: dict[str, Any], request_time: timedelta
    ) -> dict[str, Any]:
        ids = (value for name, value in resp.headers if name == "X-Request-ID")
        return {
            "t": self.now(),
            # A client could imitate the fields that follow.
            "{x-request-id}o": escape_log_value(next(ids, "-")),
            "h": environ.get("REMOTE_ADDR", "-"),
            "r": " ".join(str(environ[name]) for name in REQUEST_LINE),
            "s": (resp.status or "").partition(" ")[0],
            "B": resp.sent,
            "M": request_time // timedelta(milliseconds=1),
        }


logger_class = AccessLogger


def when_ready(arbiter: Arbiter) -> None:
    """Exempt what is loaded from garbage collection, which would copy it into each worker."""
    gc.collect()
    gc.freeze()


def post_fork(arbiter: Arbiter, worker: Worker) -> None:
    """Remove `SCRIPT_NAME`, which only Django uses: Gunicorn rejects paths without it."""
    os.environ.pop("SCRIPT_NAME", None)


def pre_request(worker: Worker, request: Request) -> None:
    """Check the request for what Gunicorn accepts.

    Raises `InvalidHeader` for HTTP/1.1 without `Host` (RFC 9112, section 3.2). A connection is
    closed after a body that the application does not read to its end: core.http.wsgi.
    """
    headers = dict(request.headers)
    if request.version >= (1, 1) and "HOST" not in headers:
        raise InvalidHeader("HOST", req=request)
    length = int(headers.get("CONTENT-LENGTH", 0))
    if "TRANSFER-ENCODING" in headers or (length and length > max_body()):
        request.force_close()
