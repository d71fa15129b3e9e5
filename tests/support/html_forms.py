"""A browser's handling of forms: read what a page renders, and submit it."""

from html.parser import HTMLParser
from typing import Any

from django.http import HttpResponse
from django.test import Client


class FormParser(HTMLParser):
    """Collects what a browser would submit of a page's last form, buttons and files aside."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, Any] = {}
        self.name: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        match tag:
            case "form":
                self.values = {}
            case "input" if attributes.get("type") in {"checkbox", "radio"}:
                if "checked" in attributes:
                    self.values[attributes["name"]] = attributes.get("value", "on")
            case "input" if attributes.get("type") not in {"submit", "file", "button"}:
                self.add(attributes.get("name"), attributes.get("value") or "")
            case "textarea":
                self.name, self.values[attributes["name"]] = attributes["name"], ""
            case "select":
                self.name = attributes["name"]
                self.values[self.name] = ""
            case "option" if "selected" in attributes and self.name:
                self.values[self.name] = attributes.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag in {"textarea", "select"}:
            self.name = None

    def handle_data(self, data: str) -> None:
        if self.name and self.lasttag == "textarea":
            # HTML drops a line break at the start of a text area.
            self.values[self.name] = with_crlf(data.removeprefix("\r").removeprefix("\n"))

    def add(self, name: str | None, value: str) -> None:
        value = with_crlf(value)
        if name in self.values:
            known = self.values[name]
            self.values[name] = [*known, value] if isinstance(known, list) else [known, value]
        elif name:
            self.values[name] = value


def with_crlf(value: str) -> str:
    """Return a value with the line breaks that a browser sends."""
    return value.replace("\r\n", "\n").replace("\n", "\r\n")


def read_form(response: HttpResponse) -> dict[str, Any]:
    """Return the names and values that a page's form would submit as it stands."""
    parser = FormParser()
    parser.feed(response.content.decode())
    return parser.values


def submit(client: Client, url: str, **changes: Any) -> HttpResponse:
    """Load a form, change some of its fields, and submit all of it."""
    return client.post(url, read_form(client.get(url)) | changes)


def form_errors(response: HttpResponse) -> dict[str, list[str]]:
    """Return the errors of a redisplayed form by field; nothing after a redirect."""
    return dict(response.context["adminform"].form.errors) if response.context else {}


def messages(response: HttpResponse) -> list[str]:
    return [str(message) for message in response.context["messages"]]
