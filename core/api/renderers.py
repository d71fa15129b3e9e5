"""JSON by orjson, equal to the byte to what DRF's own renderer writes."""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from rest_framework.renderers import JSONRenderer

# DRF writes datetimes in its own form, and a subclass may have an order or values of its own.
OPTIONS = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_SUBCLASS
OPTIONS |= orjson.OPT_PASSTHROUGH_DATACLASS
CONTAINERS = {dict, list, tuple}
WALKED = {*CONTAINERS, float}
LINE_SEPARATORS = {"\u2028".encode(): rb"\u2028", "\u2029".encode(): rb"\u2029"}
FIRST_BYTE = "\u2028".encode()[:1]

encoder = JSONRenderer.encoder_class()


class ORJSONRenderer(JSONRenderer):
    """Renders JSON; indented, if the client asks for that, as DRF does."""

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        has_parameters = accepted_media_type not in {None, self.media_type}
        if data is None or has_parameters or (renderer_context or {}).get("indent") is not None:
            return super().render(data, accepted_media_type, renderer_context)
        return render_json(data)


def render_json(data: Any) -> bytes:
    """Return the data as compact JSON in UTF-8.

    What orjson rejects or writes in another way is left to DRF: integers of more than 64 bits,
    keys that are no strings, some floats. Raises ValueError for NaN and surrogates, as DRF does.
    """
    try:
        require_common_floats(data)
        rendered = orjson.dumps(data, default, OPTIONS)
    except orjson.JSONEncodeError:
        return JSONRenderer().render(data)
    if FIRST_BYTE in rendered:
        for separator, escaped in LINE_SEPARATORS.items():
            rendered = rendered.replace(separator, escaped)
    return rendered


def default(value: Any) -> Any:
    """Return a value of a type that orjson does not know in one that it knows."""
    match value:
        case str():
            return str.__str__(value)
        case dict():
            plain: Any = dict(value.items())
        case list() | tuple():
            plain = list(value)
        case Iterator():
            raise orjson.JSONEncodeError("An iterator can be read only once")
        case _:
            plain = encoder.default(value)
    require_common_floats(plain)
    return plain


def require_common_floats(data: Any) -> None:
    """Raise `JSONEncodeError` for a float that orjson does not write as Python does.

    It writes 1e-05 as 0.00001, 1e-07 as 1e-7, and NaN as null.
    """
    containers = [(data,)]
    for container in containers:
        values = container.values() if type(container) is dict else container
        for value in values:
            if type(value) in WALKED:
                if type(value) is not float:
                    containers.append(value)
                elif not (1e-4 <= abs(value) < 1e16 or value == 0):
                    raise orjson.JSONEncodeError("A float with an exponent")
