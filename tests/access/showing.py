"""All that a person is shown who asks for everything: each page, each operation of the API, each listing command."""

import re
from collections.abc import Iterator, Sequence
from itertools import product
from typing import NamedTuple

from click.testing import CliRunner
from django.test import Client

from maillon.ops.cli import maillon
from maillon.outbox.acting import Actor
from maillon.web.guard import Page
from maillon.web.urls import PAGES
from tests.web.browser import signed_in

COMMANDS = (
    ("items",), ("items", "--json"), ("referrals", "--json"), ("figures", "--year", "2026", "--json"),
    ("user", "list", "--json"), ("token", "list", "--json"),
)  # fmt: skip
QUERIES = ("", "?show=all", "?show=waiting", "?show=illegal", "?show=undecided", "?show=disputed", "?year=2026")
PLACEHOLDER = re.compile(r"<(?:(?P<type>\w+):)?\w+>")


class Asked(NamedTuple):
    """What stands for the item asked about: ids for addresses with an id, words for those with a text."""

    ids: tuple[str, ...]
    words: tuple[str, ...]


def everything_shown(who: Actor, asked: Asked) -> Iterator[tuple[str, str]]:
    """(what was asked, what was answered), over every page by every id and word, and every command that lists."""
    browser = signed_in(who)
    for page in PAGES:
        if who.house in page.houses:
            yield from _page(browser, page, asked)
    for word in asked.words:
        yield f"GET the API's {word}", browser.get(f"/api/v1/reports/{word}").content.decode()
    for words in COMMANDS:
        done = CliRunner().invoke(maillon, [*words, "--as", who.name])
        yield f"maillon {' '.join(words)}", done.output


def _page(browser: Client, page: Page, asked: Asked) -> Iterator[tuple[str, str]]:
    wanted = [asked.ids if m["type"] == "uuid" else asked.words for m in PLACEHOLDER.finditer(page.path)]
    for given in product(*wanted):
        address = "/" + filled(page.path, given)
        for query in QUERIES if page.method == "GET" and not given else ("",):
            response = browser.generic(page.method, address + query)
            assert response.status_code < 500, address
            yield f"{page.method} {page.name} {address}{query}", response.content.decode()


def filled(path: str, values: Sequence[str]) -> str:
    """The path with a value in place of each placeholder."""
    for value in values:
        path = PLACEHOLDER.sub(value, path, count=1)
    return path
