import pytest
from django.test import RequestFactory
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import TemplateHTMLRenderer
from rest_framework.request import Request

from core.api.negotiation import DirectContentNegotiation
from core.api.renderers import ORJSONRenderer

JSON, HTML = ORJSONRenderer(), TemplateHTMLRenderer()
ACCEPTED = [
    None,
    "*/*",
    "application/json",
    "application/*",
    "application/json; indent=2",
    "text/html",
    "text/html,application/xhtml+xml,*/*;q=0.8",
    "application/json, text/html",
    "",
]


def select(negotiation: DefaultContentNegotiation, renderers: list, accepted: str | None) -> tuple:
    headers = {} if accepted is None else {"accept": accepted}
    request = Request(RequestFactory().get("/", headers=headers))
    try:
        return negotiation.select_renderer(request, renderers)
    except Exception as error:  # noqa: BLE001 -- the class is compared
        return (type(error),)


class TestDirectContentNegotiation:
    @pytest.mark.parametrize("renderers", [[JSON], [HTML, JSON], [JSON, HTML]])
    @pytest.mark.parametrize("accepted", ACCEPTED)
    def test_selects_what_drf_selects(self, renderers, accepted):
        selected = select(DirectContentNegotiation(), renderers, accepted)

        assert selected == select(DefaultContentNegotiation(), renderers, accepted)

    @pytest.mark.parametrize("accepted", [None, "*/*", "application/json"])
    def test_parses_nothing_for_the_common_values(self, accepted, monkeypatch):
        monkeypatch.setattr(DefaultContentNegotiation, "select_renderer", None)

        assert select(DirectContentNegotiation(), [JSON], accepted) == (JSON, "application/json")

    def test_respects_a_format_suffix(self):
        request = Request(RequestFactory().get("/"))

        selected = DirectContentNegotiation().select_renderer(request, [HTML, JSON], "json")

        assert selected == (JSON, "application/json")
