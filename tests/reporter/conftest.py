"""Reporters: each from a network of its own, with a browser that keeps nothing."""

import itertools
from html.parser import HTMLParser
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

NUMBERS = itertools.count(1)
ADDRESS = "http://be.test/page?sid=8c1f2a3b4d5e6f708192a3b4c5d6e7f8"


class Fields(HTMLParser):
    """The inputs of a page's forms with their values, as a browser would send them; `forms` by their action."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: dict[str, list[tuple[str, str]]] = {}
        self._into: list[tuple[str, str]] = []
        self._area = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._into = self.forms.setdefault(given["action"], [])
        elif tag == "textarea":
            self._area = given["name"]
            self._into.append((self._area, ""))
        elif tag == "input" and (given.get("type") != "checkbox" or "checked" in given):
            self._into.append((given["name"], given.get("value", "")))

    def handle_data(self, data: str) -> None:
        if self._area:
            name, before = self._into[-1]
            self._into[-1] = (name, before + data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            name, text = self._into[-1]
            self._into[-1], self._area = (name, text.removeprefix("\n")), ""


class Reporter:
    """Somebody at the public pages, in one language. `page` is the last answer."""

    def __init__(self, language: str = "fr", **headers: Any) -> None:
        self.language = language
        number = next(NUMBERS)
        self.client = Client(REMOTE_ADDR=f"198.51.{100 + number // 250}.{number % 250}", **headers)
        self.page: HttpResponse

    def at(self, name: str) -> str:
        return f"/report/{self.language}/{name}/"

    def get(self, name: str) -> HttpResponse:
        self.page = self.client.get(self.at(name))
        return self.page

    def post(self, name: str, data: dict[str, Any], **headers: Any) -> HttpResponse:
        from django.utils.http import urlencode

        self.page = self.client.post(
            self.at(name), urlencode(data, doseq=True), content_type="application/x-www-form-urlencoded", **headers
        )
        return self.page

    def fields(self, name: str) -> dict[str, Any]:
        """What the page's form to `name` would send."""
        found: dict[str, Any] = {}
        for field, value in Fields(self.html).forms[self.at(name)]:
            found[field] = [*found[field], value] if field in found else [value]
        return found

    def reviews(self, **written: Any) -> dict[str, Any]:
        """Write a form and look at it; what pressing Send would send."""
        self.post("review", written or {"locations": ADDRESS})
        assert self.page.status_code == 200, self.html
        return self.fields("send")

    def reports(self, **written: Any) -> str:
        """Write a form and send it; the receipt."""
        self.post("send", self.reviews(**written))
        assert self.page.status_code == 200, self.html
        return self.receipt

    @property
    def html(self) -> str:
        return self.page.content.decode()

    @property
    def receipt(self) -> str:
        return self.html.partition('<p class="code"><code>')[2].partition("<")[0]


@pytest.fixture
def reporter(houses: None) -> Reporter:
    return Reporter()
