import errno
import json
import sys
from contextlib import suppress

import pytest
from django.core.exceptions import (
    DisallowedHost,
    RequestDataTooBig,
    SuspiciousFileOperation,
    TooManyFieldsSent,
)
from django.core.signals import got_request_exception
from django.db import (
    DataError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    connection,
    transaction,
)
from django.db.models import ProtectedError
from django.http import Http404, HttpRequest, UnreadablePostError
from django.test import RequestFactory
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core import errors
from core.api.errors import api_errors
from core.api.errors.handler import exception_handler, flatten_errors, to_problem
from core.api.errors.problems import CONTENT_TYPE, PROBLEM_TYPES
from core.api.query_parameters import InvalidParameters
from core.images import InvalidImage, UnsupportedFormat
from core.tests.api.errors.instances import instance_of, problem_classes


def handled(error: Exception) -> Response:
    request = RequestFactory().get("/api/products/")
    request.id = "the-request"
    return exception_handler(error, {"request": Request(request)})


class Item(serializers.Serializer):
    name = serializers.CharField(max_length=3)


class Basket(serializers.Serializer):
    owner = serializers.EmailField()
    item = Item()

    def validate(self, attrs):
        raise serializers.ValidationError("An empty basket.", code="empty")


class TestExceptionHandler:
    def test_returns_a_problem(self):
        response = handled(errors.SlugConflict("Taken.", value="mug", holder=None))

        assert response.status_code == 409
        assert response.content_type == CONTENT_TYPE
        assert response.data == {
            "type": "/problems/slug-conflict",
            "title": "The slug is taken",
            "status": 409,
            "code": "slug-conflict",
            "detail": "Taken.",
            "instance": "/api/products/",
            "request_id": "the-request",
            "slug": "mug",
            "holder": None,
            "errors": [{"pointer": "/slug", "code": "slug-conflict", "detail": "Taken."}],
        }
        assert response["Cache-Control"] == "no-store"

    def test_lists_fifty_errors_and_counts_the_rest(self):
        errors = {f"field{number}": ["Wrong."] for number in range(60)}

        data = handled(serializers.ValidationError(errors)).data

        assert (len(data["errors"]), data["more_errors"]) == (50, 10)
        assert data["detail"] == "60 fields are invalid."

    def test_has_no_count_when_all_errors_are_listed(self):
        errors = {f"field{number}": ["Wrong."] for number in range(50)}

        assert "more_errors" not in handled(serializers.ValidationError(errors)).data

    def test_sends_got_request_exception_for_an_unexpected_exception(self, caplog):
        received = []

        def receive(request, **kwargs):
            received.append((request, sys.exc_info()[1]))

        got_request_exception.connect(receive)
        with suppress(ZeroDivisionError):
            try:
                raise ZeroDivisionError("unforeseen")
            except ZeroDivisionError as error:
                handled(error)
                raise
        got_request_exception.disconnect(receive)

        assert isinstance(received[0][1], ZeroDivisionError)
        assert isinstance(received[0][0], HttpRequest)
        assert "ZeroDivisionError: unforeseen" in caplog.text

    @pytest.mark.parametrize("error", [Http404(), OperationalError(), errors.NotFound("x")])
    def test_sends_no_signal_for_an_expected_exception(self, error):
        received = []

        def receive(**kwargs):  # named, because Django keeps only a weak reference to it
            received.append(kwargs)

        got_request_exception.connect(receive)
        handled(error)
        got_request_exception.disconnect(receive)

        assert received == []

    def test_sends_the_signal_with_the_arguments_that_django_documents(self):
        received = []

        def receive(sender, **kwargs):
            received.append((sender, kwargs, sys.exc_info()[1]))

        class BrokenView(APIView):
            def get(self, request):
                raise ZeroDivisionError

        request = RequestFactory().get("/api/products/")
        got_request_exception.connect(receive)
        response = BrokenView.as_view()(request)
        got_request_exception.disconnect(receive)

        ((sender, kwargs, error),) = received
        assert (response.status_code, response.data["code"]) == (500, "internal-error")
        assert (sender, kwargs) == (None, {"signal": got_request_exception, "request": request})
        assert isinstance(error, ZeroDivisionError)

    @pytest.mark.django_db
    @pytest.mark.parametrize(
        "error", [ZeroDivisionError(), errors.NotFound("x"), exceptions.ParseError()]
    )
    def test_rolls_back_the_transaction_of_the_request(self, monkeypatch, error):
        monkeypatch.setitem(connection.settings_dict, "ATOMIC_REQUESTS", True)

        with transaction.atomic():
            handled(error)

            assert transaction.get_rollback()

    @pytest.mark.django_db
    def test_keeps_a_transaction_that_is_not_the_request_s(self):
        with transaction.atomic():
            handled(errors.NotFound("x"))

            assert not transaction.get_rollback()

    def test_hides_the_reason_of_an_internal_error(self):
        response = handled(ZeroDivisionError("secret"))

        assert response.status_code == 500
        assert "secret" not in json.dumps(response.data)

    def test_logs_an_internal_error(self, caplog):
        handled(ZeroDivisionError("secret"))

        assert "ZeroDivisionError: secret" in caplog.text

    def test_has_retry_after_when_the_database_is_unavailable(self):
        assert int(handled(OperationalError("timeout"))["Retry-After"]) > 0

    def test_has_retry_after_when_throttled(self):
        assert handled(exceptions.Throttled(wait=7))["Retry-After"] == "7"

    def test_has_www_authenticate_from_the_authenticator(self):
        error = exceptions.NotAuthenticated()
        error.auth_header = "Bearer"

        assert handled(error)["WWW-Authenticate"] == "Bearer"


class TestToProblem:
    @pytest.mark.parametrize(
        ("error", "status", "code"),
        [
            (errors.NotFound("x"), 404, "not-found"),
            (instance_of(errors.SoftDeleted), 404, "deleted"),
            (errors.Conflict("x"), 409, "conflict"),
            (instance_of(errors.SlugConflict), 409, "slug-conflict"),
            (errors.CategoryCycle("x"), 409, "category-cycle"),
            (errors.VersionMismatch(version=4), 412, "precondition-failed"),
            (errors.PayloadTooLarge("x"), 413, "too-large"),
            (errors.StorageUnavailable("x"), 507, "storage-unavailable"),
            (api_errors.MalformedBody("x"), 400, "malformed-json"),
            (errors.InvalidField("x", pointer="/parent"), 400, "validation-error"),
            (InvalidImage("broken-image", "x"), 400, "invalid-image"),
            (UnsupportedFormat("unsupported-media-type", "x"), 415, "unsupported-media-type"),
            (Http404(), 404, "not-found"),
            (RequestDataTooBig(), 413, "too-large"),
            (TooManyFieldsSent(), 400, "bad-request"),
            (SuspiciousFileOperation(), 400, "bad-request"),
            (DisallowedHost(), 400, "bad-request"),
            (UnreadablePostError(), 400, "bad-request"),
            (DataError(), 400, "validation-error"),
            (IntegrityError(), 409, "conflict"),
            (ProtectedError("x", set()), 409, "conflict"),
            (OperationalError(), 503, "service-unavailable"),
            (InterfaceError(), 503, "service-unavailable"),
            (OSError(errno.ENOSPC, "No space left on device"), 507, "storage-unavailable"),
            (OSError(errno.EIO, "Input/output error"), 500, "internal-error"),
            (exceptions.ParseError(), 400, "bad-request"),
            (exceptions.NotAuthenticated(), 401, "authentication-required"),
            (exceptions.AuthenticationFailed(), 401, "authentication-required"),
            (exceptions.PermissionDenied(), 403, "permission-denied"),
            (exceptions.NotFound(), 404, "not-found"),
            (exceptions.MethodNotAllowed("PUT"), 405, "method-not-allowed"),
            (exceptions.NotAcceptable(), 406, "not-acceptable"),
            (exceptions.UnsupportedMediaType("text/csv"), 415, "unsupported-media-type"),
            (exceptions.Throttled(), 429, "throttled"),
            (exceptions.ValidationError("x"), 400, "validation-error"),
            (KeyError("x"), 500, "internal-error"),
        ],
    )
    def test_maps_an_exception_to_a_status_and_a_code(self, error, status, code):
        problem = to_problem(error)

        assert (problem.status, problem.code) == (status, code)

    @pytest.mark.parametrize("error_class", problem_classes())
    def test_maps_every_catalog_error(self, error_class):
        problem = to_problem(instance_of(error_class))

        assert problem.error.code in PROBLEM_TYPES
        assert problem.error.title
        assert 400 <= problem.status < 600

    @pytest.mark.parametrize("error_class", problem_classes())
    def test_has_the_documented_extension_members(self, error_class):
        body = to_problem(instance_of(error_class)).body(RequestFactory().get("/"))

        standard = {"type", "title", "status", "code", "detail", "instance", "request_id", "errors"}
        assert body.keys() - standard == error_class.members.keys()

    def test_has_the_code_of_an_invalid_image(self):
        (error,) = to_problem(InvalidImage("too-many-pixels", "Too many.")).errors

        assert error == {"pointer": "/image", "code": "too-many-pixels", "detail": "Too many."}

    def test_lists_invalid_parameters(self):
        wrong = {"parameter": "min_prise", "code": "unknown-parameter", "detail": "x"}

        problem = to_problem(InvalidParameters([wrong]))

        assert (problem.code, problem.errors) == ("unknown-parameter", [wrong])

    def test_counts_invalid_fields(self):
        serializer = Basket(data={"owner": "nobody", "item": {"name": "long"}})

        with pytest.raises(exceptions.ValidationError) as caught:
            serializer.is_valid(raise_exception=True)

        assert to_problem(caught.value).detail == "2 fields are invalid."


class TestFlattenErrors:
    def pointers(self, data: object) -> dict[str, str]:
        serializer = Basket(data=data)
        assert not serializer.is_valid()
        error = exceptions.ValidationError(serializer.errors)
        return {
            found["pointer"]: found["code"] for found in flatten_errors(error.get_full_details())
        }

    def test_yields_a_pointer_to_each_field(self):
        data = {"owner": "nobody", "item": {"name": "long"}}

        assert self.pointers(data) == {"/owner": "invalid", "/item/name": "max_length"}

    def test_yields_an_empty_pointer_for_non_field_errors(self):
        data = {"owner": "a@example.com", "item": {"name": "mug"}}

        assert self.pointers(data) == {"": "empty"}

    def test_yields_an_empty_pointer_for_a_body_that_is_no_object(self):
        assert self.pointers([]) == {"": "invalid"}

    def test_escapes_slashes_and_tildes(self):
        details = {"a/b~c": [{"message": "x", "code": "y"}]}

        assert [found["pointer"] for found in flatten_errors(details)] == ["/a~1b~0c"]
