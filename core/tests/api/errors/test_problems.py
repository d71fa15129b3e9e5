import pytest

from core.api.errors.problems import PROBLEM_TYPES, STATUSES, example_of
from core.tests.api.errors.instances import problem_classes


class TestStatuses:
    def test_contains_each_error_with_its_own_code(self):
        own = {error_class for error_class in problem_classes() if "code" in vars(error_class)}

        assert STATUSES.keys() == own

    def test_contains_each_code_once(self):
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
