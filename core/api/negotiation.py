"""Content negotiation that does not parse what nearly all clients send."""

from collections.abc import Iterable

from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request


class DirectContentNegotiation(DefaultContentNegotiation):
    """Selects the first renderer at once for its own media type, `*/*`, or no `Accept` at all."""

    def select_renderer(
        self,
        request: Request,
        renderers: Iterable[BaseRenderer],
        format_suffix: str | None = None,
    ) -> tuple[BaseRenderer, str]:
        first = next(iter(renderers))
        accepted = request.META.get("HTTP_ACCEPT", "*/*")
        if accepted in {"*/*", first.media_type} and format_suffix is None:
            return first, first.media_type
        return super().select_renderer(request, renderers, format_suffix)
