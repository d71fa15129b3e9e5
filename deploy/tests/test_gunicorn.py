import logging
from datetime import timedelta
from io import StringIO
from runpy import run_path
from typing import Any

import pytest
from gunicorn.config import Config
from gunicorn.glogging import Logger
from gunicorn.http.wsgi import Response

CONFIGURATION = run_path("deploy/container/gunicorn.conf.py")
ENVIRON = {
    "REMOTE_ADDR": "10.0.0.1",
    "REQUEST_METHOD": "GET",
    "RAW_URI": "/api/products/",
    "SERVER_PROTOCOL": "HTTP/1.1",
}


class Request:
    method, version = "GET", (1, 1)
    headers = [("HOST", "localhost"), ("X-REQUEST-ID", "other")]


def response(status: str, **headers: str) -> Response:
    response = Response(Request(), None, Config())
    response.status, response.sent = status, 22_000
    response.headers = [(name.replace("_", "-"), value) for name, value in headers.items()]
    return response


def line(logger_class: type[Logger], resp: Response, **environ: Any) -> str:
    """Return the access log's line, without its time."""
    config = Config()
    config.set("accesslog", "/dev/null")
    config.set("access_log_format", CONFIGURATION["access_log_format"])
    logger = logger_class(config)
    handler = logging.StreamHandler(StringIO())
    logger.access_log.addHandler(handler)
    try:
        logger.access(resp, Request(), ENVIRON | environ, timedelta(seconds=1, microseconds=1999))
    finally:
        logger.access_log.handlers.clear()
    return handler.stream.getvalue().partition(" access ")[2]


class TestAccessLogger:
    ACCESS_LOGGER = CONFIGURATION["AccessLogger"]

    @pytest.mark.parametrize(
        ("resp", "environ"),
        [
            (response("200 OK", Server="x", X_Request_ID="abc"), {}),
            (response("404 Not Found", X_Request_ID="abc"), {"RAW_URI": '/a?"b"\\'}),
            (response("204 No Content"), {"REMOTE_ADDR": ""}),
            (response("400 Bad Request"), {"REQUEST_METHOD": None, "RAW_URI": None}),
        ],
        ids=["success", "quotes", "no id", "request that Gunicorn rejects"],
    )
    def test_writes_the_line_that_gunicorn_would_write(self, resp, environ):
        assert line(self.ACCESS_LOGGER, resp, **environ) == line(Logger, resp, **environ) != ""

    def test_escapes_the_request_id(self):
        written = line(self.ACCESS_LOGGER, response("200 OK", X_Request_ID='a] 1.2.3.4 "GET'))

        assert written.startswith("[a%5D%201.2.3.4%20%22GET] 10.0.0.1 ")
