"""Strict query parameters: an unknown, repeated or invalid one is an error, never ignored."""

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any, ClassVar
from urllib.parse import unquote_plus, unquote_to_bytes

from django.http import QueryDict
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from core.api.errors.api_errors import (
    CursorRequired,
    InvalidCursor,
    UnknownParameter,
    query_error,
)
from core.error_base import CatalogError
from core.errors import InvalidRequest

ParameterError = dict[str, str]  # parameter, code, detail, perhaps did_you_mean

MAX_SUGGESTIONS = 50  # a response lists no more errors; a thousand suggestions take a second

# If all errors have the code of one of these, so has the problem, instead of `validation-error`.
PROMOTED_ERRORS = (UnknownParameter, CursorRequired, InvalidCursor)


class InvalidParameters(ValidationError):
    """Some query parameters are unknown, repeated or invalid."""

    def __init__(self, errors: list[ParameterError]) -> None:
        super().__init__(errors)
        self.errors = errors
        codes = {error["code"] for error in errors}
        promoted = (error for error in PROMOTED_ERRORS if codes == {error.code})
        self.problem_type: type[CatalogError] = next(promoted, InvalidRequest)


def parameter_error(parameter: str, code: str, detail: str) -> InvalidParameters:
    """Return the exception for one query parameter."""
    return InvalidParameters([query_error(parameter, code, detail)])


class StrictParametersView(APIView):
    """A view that validates query parameters before permissions, objects and bodies.

    `parameter_serializers` maps an action to the serializer of its parameters; other actions
    accept none. The action `list` is left to its filter backend.
    """

    parameter_serializers: ClassVar[Mapping[str, type[Serializer]]] = {}
    validated_parameters: dict[str, Any]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        require_utf_8(request.META.get("QUERY_STRING", ""))
        action = getattr(self, "action", "")
        is_allowed = hasattr(self, (request.method or "").lower())  # otherwise DRF sends 405
        if action == "list" or not is_allowed:
            return
        if serializer_class := self.parameter_serializers.get(action):
            self.validated_parameters = validate_parameters(serializer_class, request.query_params)
        elif errors := list(unknown_parameter_errors(request.query_params, ())):
            raise InvalidParameters(errors)


def require_utf_8(query_string: str) -> None:
    """Raise `InvalidParameters` where Django would decode invalid UTF-8 to U+FFFD.

    `query_string` is WSGI's: bytes as Latin-1 (PEP 3333).
    """
    if query_string.isascii() and "%" not in query_string:
        return
    errors = []
    for pair in query_string.encode("latin-1").split(b"&"):
        try:
            unquote_to_bytes(pair).decode()
        except UnicodeDecodeError:
            name = unquote_plus(pair.partition(b"=")[0].decode("latin-1"))
            detail = "The name and the value must be encoded in UTF-8."
            code = InvalidCursor.code if name == "cursor" else "invalid"
            errors.append(query_error(name, code, detail))
    if errors:
        raise InvalidParameters(errors)


def validate_parameters(
    serializer_class: type[Serializer], query_params: QueryDict
) -> dict[str, Any]:
    """Return the validated query parameters. Raise `InvalidParameters` with all errors."""
    serializer = serializer_class(data=query_params.dict())
    errors = [
        *unknown_parameter_errors(query_params, serializer.fields),
        *repeated_parameter_errors(query_params, serializer.fields),
    ]
    if not serializer.is_valid():
        errors += [
            query_error(name, detail.code, detail)
            for name, details in serializer.errors.items()
            for detail in details
        ]
    if errors:
        raise InvalidParameters(errors)
    return serializer.validated_data


def unknown_parameter_errors(
    names: Iterable[str], known: Iterable[str]
) -> Iterator[ParameterError]:
    """Yield an error for each name that is not known, with the known name closest to it."""
    listed = ", ".join(sorted(known))
    detail = f"Accepted parameters: {listed}." if listed else "No parameters are accepted."
    unknown = (name for name in names if name not in known)
    for number, name in enumerate(unknown):
        choices = known if number < MAX_SUGGESTIONS else ()
        yield error_with_suggestion(name, UnknownParameter.code, detail, name, choices)


def repeated_parameter_errors(
    query_params: QueryDict, known: Iterable[str]
) -> Iterator[ParameterError]:
    """Yield an error for each known parameter that has several values."""
    for name, values in query_params.lists():
        if len(values) > 1 and name in known:
            yield query_error(name, "repeated", "Must not be repeated.")


def error_with_suggestion(
    parameter: str, code: str, detail: str, value: str, choices: Iterable[str]
) -> ParameterError:
    """Return an error that suggests the choice closest to the value, if one is close."""
    error = query_error(parameter, code, detail)
    close = get_close_matches(value[:100], choices, n=1)
    return error | {"did_you_mean": close[0]} if close else error
