import logging

import pytest
from django.test import RequestFactory

from core.logs import RequestIdFilter, request_id


@pytest.fixture
def record() -> logging.LogRecord:
    return logging.makeLogRecord({"msg": "a line"})


class TestRequestIdFilter:
    def test_adds_the_request_id(self, record):
        token = request_id.set("the-request")
        RequestIdFilter().filter(record)
        request_id.reset(token)

        assert record.request_id == "the-request"

    def test_adds_a_dash_without_a_request(self, record):
        RequestIdFilter().filter(record)

        assert record.request_id == "-"

    def test_adds_the_id_of_a_request_that_has_finished(self, record):
        record.request = RequestFactory().get("/")
        record.request.id = "the-request"

        RequestIdFilter().filter(record)

        assert record.request_id == "the-request"

    def test_keeps_every_record(self, record):
        assert RequestIdFilter().filter(record)
