from typing import Any

import pytest

from core import errors
from core.api.errors import api_errors
from core.api.openapi.operation import Operation
from core.api.openapi.responses import build_responses, operation_errors, redirections

LIST, DETAIL = "/api/products/", "/api/products/{slug}/"


def operation(method: str, path: str, action: str, **values: Any) -> Operation:
    defaults = {"media_types": ["application/json"]}
    return Operation(method, path, action, **{**defaults, **values})


class TestBuildResponses:
    def test_has_two_problems_for_a_view_of_no_resource(self):
        responses = build_responses(operation("GET", "/health/", ""), {"200": {}})

        assert set(responses) == {"200", "406", "500"}

    @pytest.mark.parametrize(
        ("method", "path", "action", "status", "headers"),
        [
            ("GET", LIST, "list", "200", {"ETag", "Link"}),
            ("POST", LIST, "create", "201", {"ETag", "Location", "Idempotent-Replayed"}),
            ("DELETE", DETAIL, "destroy", "204", set()),
        ],
    )
    def test_has_the_headers_of_a_success(self, method, path, action, status, headers):
        responses = build_responses(operation(method, path, action), {status: {}})

        assert set(responses[status]["headers"]) == {"X-Request-ID", *headers}


class TestRedirections:
    @pytest.mark.parametrize(
        ("method", "path", "expected"),
        [
            ("GET", LIST, ["304"]),
            ("GET", DETAIL, ["301", "304"]),
            ("PATCH", DETAIL, ["308"]),
            ("POST", LIST, []),
        ],
    )
    def test_keeps_the_method_unless_it_is_get(self, method, path, expected):
        assert list(redirections(operation(method, path, "any"))) == expected


class TestOperationErrors:
    def test_has_conditional_errors_for_a_change(self):
        found = set(operation_errors(operation("PUT", DETAIL, "update")))

        assert found >= {errors.VersionMismatch, errors.Conflict, errors.NotFound}

    def test_has_idempotency_errors_for_a_post(self):
        found = set(operation_errors(operation("POST", LIST, "create")))

        assert found >= {api_errors.IdempotencyKeyInUse, api_errors.IdempotencyKeyReused}
        assert errors.NotFound not in found

    def test_has_errors_of_json_for_operations_that_accept_it(self):
        image = operation("PUT", DETAIL, "image", media_types=["image/png"])

        assert api_errors.MalformedBody not in set(operation_errors(image))

    def test_has_the_errors_that_the_view_declares(self):
        found = operation_errors(operation("GET", LIST, "any", errors=[errors.SkuConflict]))

        assert errors.SkuConflict in found
