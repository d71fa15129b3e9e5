"""What an app tells about its resource, because no serializer says it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from drf_spectacular.utils import OpenApiParameter

from core.errors import CatalogError

JSON = "application/json"
FORM = "multipart/form-data"

Named = Mapping[str, Any]


@dataclass(frozen=True)
class Documentation:
    """Examples by name, and the problems that only this resource has; all by action.

    A request's examples are by media type too, because a form is spelled in another way.
    `fields` has more keywords for the schemas of fields.
    """

    slug: str = ""
    fields: Mapping[str, Named] = field(default_factory=dict)
    requests: Mapping[str, Mapping[str, Named]] = field(default_factory=dict)
    responses: Mapping[str, Named] = field(default_factory=dict)
    problems: Mapping[str, Sequence[type[CatalogError]]] = field(default_factory=dict)
    parameters: Mapping[str, Sequence[OpenApiParameter]] = field(default_factory=dict)


def as_examples(named: Named) -> dict[str, Any]:
    """Spell named values as OpenAPI does: the name is also what people read."""
    return {camelized(name): {"summary": name, "value": value} for name, value in named.items()}


def camelized(words: str) -> str:
    first, *others = words.replace("-", " ").lower().split()
    return first + "".join(word.capitalize() for word in others)
