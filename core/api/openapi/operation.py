"""What the parameters, responses and examples of an operation depend on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.errors import CatalogError

JSON = "application/json"
FORM = "multipart/form-data"

Schema = dict[str, Any]
Examples = Mapping[str, Any]  # values by name


@dataclass(frozen=True)
class ResourceExamples:
    """The example of a resource, and of the requests and responses that differ from it.

    Requests are by action and media type, responses by action.
    """

    name: str
    resource: Mapping[str, Any]
    requests: Mapping[str, Mapping[str, Examples]]
    responses: Mapping[str, Examples]

    def of_response(self, action: str) -> Examples:
        return self.responses.get(action, {self.name: self.resource})


NO_EXAMPLES = ResourceExamples("", {}, {}, {})


@dataclass(frozen=True)
class Operation:
    """An operation of the OpenAPI document, with what its view declares."""

    method: str
    path: str
    action: str  # of a view set; empty for any other view
    media_types: Sequence[str]  # that its parsers read
    examples: ResourceExamples = NO_EXAMPLES
    errors: Sequence[type[CatalogError]] = ()  # that its view declares

    @property
    def is_resource(self) -> bool:
        return bool(self.action)

    @property
    def is_detail(self) -> bool:
        return "{slug}" in self.path


def page_example(row: Any, *, next_url: str | None, count: int | None = None) -> Schema:
    """Return a page of one row; a page by cursor has no count."""
    counts = {} if count is None else {"count": count, "count_is_exact": True}
    return counts | {"next": next_url, "previous": None, "results": [row]}


def openapi_examples(examples: Examples) -> Schema:
    """Return OpenAPI's Example Objects, keyed by the name in camel case."""
    return {camelize(name): {"summary": name, "value": value} for name, value in examples.items()}


def camelize(words: str) -> str:
    first, *others = words.replace("-", " ").lower().split()
    return first + "".join(word.capitalize() for word in others)
