from core import errors
from core.api.errors import api_errors
from core.api.errors.problems import PROBLEM_TYPES
from core.api.openapi.problems import (
    EXAMPLES,
    UNDOCUMENTED,
    extension_schemas,
    problem_response,
    problem_responses,
)


class TestExamples:
    def test_has_every_documented_problem_with_its_title(self):
        documented = set(PROBLEM_TYPES.values()) - UNDOCUMENTED

        assert {code: example["summary"] for code, example in EXAMPLES.items()} == {
            error.code: error.title for error in documented
        }


class TestExtensionSchemas:
    def test_names_the_codes_that_have_a_member(self):
        holder = extension_schemas()["holder"]

        assert holder["description"].startswith("`sku-conflict`, `slug-conflict`: ")
        assert (holder["type"], holder["format"]) == ("string", "uuid")


class TestProblemResponses:
    def test_groups_the_errors_by_status(self):
        found = problem_responses([errors.SlugConflict, errors.NotFound, errors.Conflict])

        assert {
            status: list(response["content"]["application/problem+json"]["examples"])
            for status, response in found.items()
        } == {"404": ["not-found"], "409": ["slug-conflict", "conflict"]}

    def test_has_each_code_once(self):
        found = problem_responses([api_errors.BadRequest, api_errors.BadHeader])

        assert found["400"]["description"] == "Bad request."


class TestProblemResponse:
    def test_has_the_headers_of_its_errors(self):
        unavailable = problem_response([api_errors.ServiceUnavailable])
        mismatch = problem_response([errors.VersionMismatch])

        assert set(unavailable["headers"]) == {"X-Request-ID", "Retry-After"}
        assert set(mismatch["headers"]) == {"X-Request-ID", "ETag"}
