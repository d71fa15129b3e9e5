from core.api.errors.problems import PROBLEM_TYPES
from core.api.openapi.problems import EXAMPLES


class TestExamples:
    def test_every_problem_has_its_title(self):
        assert EXAMPLES.keys() <= PROBLEM_TYPES.keys()
