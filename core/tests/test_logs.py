import logging

import pytest
from django.test import RequestFactory

from core.logs import RequestIdFilter, request_id


@pytest.fixture
def record() -> logging.LogRecord:
    return logging.makeLogRecord({"msg": "a line"})


class TestRequestIdFilter:
    def test_names_the_request(self, record):
        token = request_id.set("the-request")
        RequestIdFilter().filter(record)
        request_id.reset(token)

        assert record.request_id == "the-request"

    def test_has_a_dash_where_there_is_no_request(self, record):
        RequestIdFilter().filter(record)

        assert record.request_id == "-"

    def test_names_the_request_of_a_line_that_is_written_after_it(self, record):
        record.request = RequestFactory().get("/")
        record.request.id = "the-request"

        RequestIdFilter().filter(record)

        assert record.request_id == "the-request"

    def test_drops_no_line(self, record):
        assert RequestIdFilter().filter(record)
