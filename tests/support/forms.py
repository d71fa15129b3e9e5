"""A browser's part in a form: reads what a page renders, and sends it back."""

from html.parser import HTMLParser
from typing import Any

from django.http import HttpResponse
from django.test import Client


class FormReader(HTMLParser):
    """Collects what a browser would submit of a page's last form, buttons and files aside."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, Any] = {}
        self.name: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        match tag:
            case "form":
                self.values = {}
            case "input" if given.get("type") in {"checkbox", "radio"}:
                if "checked" in given:
                    self.values[given["name"]] = given.get("value", "on")
            case "input" if given.get("type") not in {"submit", "file", "button"}:
                self.add(given.get("name"), given.get("value") or "")
            case "textarea":
                self.name, self.values[given["name"]] = given["name"], ""
            case "select":
                self.name = given["name"]
                self.values[self.name] = ""
            case "option" if "selected" in given and self.name:
                self.values[self.name] = given.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag in {"textarea", "select"}:
            self.name = None

    def handle_data(self, data: str) -> None:
        if self.name and self.lasttag == "textarea":
            # HTML drops a line end at the start of a text area.
            self.values[self.name] = sent(data.removeprefix("\r").removeprefix("\n"))

    def add(self, name: str | None, value: str) -> None:
        value = sent(value)
        if name in self.values:
            known = self.values[name]
            self.values[name] = [*known, value] if isinstance(known, list) else [known, value]
        elif name:
            self.values[name] = value


def sent(value: str) -> str:
    """Return a value with its line ends as a browser sends them."""
    return value.replace("\r\n", "\n").replace("\n", "\r\n")


def read_form(response: HttpResponse) -> dict[str, Any]:
    """Return the names and values that a page's form would submit as it stands."""
    reader = FormReader()
    reader.feed(response.content.decode())
    return reader.values


def submit(client: Client, url: str, **typed: Any) -> HttpResponse:
    """Open a form, type into some of its fields, and submit all of it."""
    return client.post(url, read_form(client.get(url)) | typed)


def form_errors(response: HttpResponse) -> dict[str, list[str]]:
    """Return the errors of a form that came back, by field; none after a redirect."""
    return dict(response.context["adminform"].form.errors) if response.context else {}


def messages(response: HttpResponse) -> list[str]:
    return [str(message) for message in response.context["messages"]]
