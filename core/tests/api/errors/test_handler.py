import errno
import json
import sys
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

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
from core.api.errors.problems import CONTENT_TYPE, PROBLEM_TYPES, STATUSES, example_of
from core.api.query_parameters import InvalidParameters
from core.error_base import EXAMPLE_ID, CatalogError
from core.images import InvalidImage, UnsupportedFormat
from products.models import Product

DELETED_AT = datetime(2026, 1, 31, 12, tzinfo=UTC)
NO_PROBLEMS = {CatalogError, errors.SlugMoved, errors.UniqueConflict}


def handled(error: Exception) -> Response:
    request = RequestFactory().get("/api/products/")
    request.id = "the-request"
    return exception_handler(error, {"request": Request(request)})


def subclasses(kind: type) -> list[type]:
    return [kind, *(below for child in kind.__subclasses__() for below in subclasses(child))]


def kinds_of_problem() -> list[type]:
    kinds = [kind for kind in subclasses(CatalogError) if kind not in NO_PROBLEMS]
    return sorted(kinds, key=lambda kind: kind.__name__)


ARGUMENTS: dict[type[CatalogError], dict[str, Any]] = {
    errors.SoftDeleted: {"row": Product(deleted_at=DELETED_AT)},
    errors.UniqueConflict: {"value": "mug", "holder": UUID(EXAMPLE_ID)},
    errors.AmbiguousSlug: {"candidates": [{"id": UUID(EXAMPLE_ID), "deleted_at": DELETED_AT}]},
    errors.CategoryNotEmpty: {"categories": 2, "products": 3},
    errors.InvalidField: {"pointer": "/parent"},
    errors.PayloadTooLarge: {"limit": 10, "size": 20},
}


def instance_of(kind: type[CatalogError]) -> CatalogError:
    if kind is errors.VersionMismatch:
        return errors.VersionMismatch(version=4)
    arguments = next((ARGUMENTS[base] for base in kind.__mro__ if base in ARGUMENTS), {})
    return kind("x", **arguments)


class Item(serializers.Serializer):
    name = serializers.CharField(max_length=3)


class Basket(serializers.Serializer):
    owner = serializers.EmailField()
    item = Item()

    def validate(self, attrs):
        raise serializers.ValidationError("An empty basket.", code="empty")


class TestExceptionHandler:
    def test_answers_with_a_problem(self):
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

    def test_lists_fifty_errors_and_counts_the_others(self):
        errors = {f"field{number}": ["Wrong."] for number in range(60)}

        data = handled(serializers.ValidationError(errors)).data

        assert (len(data["errors"]), data["more_errors"]) == (50, 10)
        assert data["detail"] == "60 fields are invalid."

    def test_counts_none_where_all_are_listed(self):
        errors = {f"field{number}": ["Wrong."] for number in range(50)}

        assert "more_errors" not in handled(serializers.ValidationError(errors)).data

    def test_sends_the_signal_of_a_failure_that_nobody_foresaw(self, caplog):
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
    def test_sends_no_signal_of_any_other(self, error):
        received = []
        got_request_exception.connect(received.append)
        handled(error)
        got_request_exception.disconnect(received.append)

        assert received == []

    def test_sends_the_signal_of_a_view_with_the_arguments_of_django(self):
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
    def test_leaves_a_transaction_alone_that_is_not_the_request_s(self):
        with transaction.atomic():
            handled(errors.NotFound("x"))

            assert not transaction.get_rollback()

    def test_tells_nothing_of_a_failure_of_ours(self):
        response = handled(ZeroDivisionError("secret"))

        assert response.status_code == 500
        assert "secret" not in json.dumps(response.data)

    def test_leaves_a_failure_of_ours_in_the_log(self, caplog):
        handled(ZeroDivisionError("secret"))

        assert "ZeroDivisionError: secret" in caplog.text

    def test_says_when_to_come_back_after_the_database(self):
        assert int(handled(OperationalError("timeout"))["Retry-After"]) > 0

    def test_says_when_to_come_back_after_too_much(self):
        assert handled(exceptions.Throttled(wait=7))["Retry-After"] == "7"

    def test_says_how_to_authenticate(self):
        error = exceptions.NotAuthenticated()
        error.auth_header = "Bearer"

        assert handled(error)["WWW-Authenticate"] == "Bearer"


class TestStatuses:
    def test_has_each_error_with_a_code_of_its_own(self):
        own = {kind for kind in kinds_of_problem() if "code" in vars(kind)}

        assert STATUSES.keys() == own

    def test_has_each_code_once(self):
        assert len(PROBLEM_TYPES) == len(STATUSES)


@pytest.mark.parametrize("error", PROBLEM_TYPES.values(), ids=PROBLEM_TYPES.keys())
class TestProblemType:
    def test_is_documented(self, error):
        assert error.__doc__ != error.__base__.__doc__
        assert error.title != getattr(error.__base__, "title", None)
        assert error.remedy != getattr(error.__base__, "remedy", None)

    def test_has_an_example_with_its_extension_members(self, error):
        example = example_of(error)

        assert example["detail"]
        assert example.keys() >= error.members.keys()
        assert error.example.keys() - error.members.keys() <= {"detail", "instance", "errors"}


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
    def test_has_a_status_and_a_code_for(self, error, status, code):
        problem = to_problem(error)

        assert (problem.status, problem.code) == (status, code)

    @pytest.mark.parametrize("kind", kinds_of_problem())
    def test_knows_every_error_of_ours(self, kind):
        problem = to_problem(instance_of(kind))

        assert problem.error.code in PROBLEM_TYPES
        assert problem.error.title
        assert 400 <= problem.status < 600

    @pytest.mark.parametrize("kind", kinds_of_problem())
    def test_has_the_documented_extension_members(self, kind):
        body = to_problem(instance_of(kind)).body(RequestFactory().get("/"))

        standard = {"type", "title", "status", "code", "detail", "instance", "request_id", "errors"}
        assert body.keys() - standard == kind.members.keys()

    def test_names_the_code_of_a_picture_s_fault(self):
        (error,) = to_problem(InvalidImage("too-many-pixels", "Too many.")).errors

        assert error == {"pointer": "/image", "code": "too-many-pixels", "detail": "Too many."}

    def test_names_parameters_that_are_wrong(self):
        wrong = {"parameter": "min_prise", "code": "unknown-parameter", "detail": "x"}

        problem = to_problem(InvalidParameters([wrong]))

        assert (problem.code, problem.errors) == ("unknown-parameter", [wrong])

    def test_counts_what_is_wrong(self):
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

    def test_points_at_each_field(self):
        data = {"owner": "nobody", "item": {"name": "long"}}

        assert self.pointers(data) == {"/owner": "invalid", "/item/name": "max_length"}

    def test_points_at_the_whole_for_what_is_no_field_s_fault(self):
        data = {"owner": "a@example.com", "item": {"name": "mug"}}

        assert self.pointers(data) == {"": "empty"}

    def test_points_at_the_whole_for_what_is_no_object(self):
        assert self.pointers([]) == {"": "invalid"}

    def test_writes_slashes_as_a_pointer_does(self):
        details = {"a/b~c": [{"message": "x", "code": "y"}]}

        assert [found["pointer"] for found in flatten_errors(details)] == ["/a~1b~0c"]
