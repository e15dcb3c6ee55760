"""Whatever is asked, however it is answered: nothing may be loaded from elsewhere, framed or kept."""

import re
from collections.abc import Iterator, Sequence

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from maillon.web.headers import HEADERS
from tests.factories.people import a_manager, an_analyst
from tests.web.browser import signed_in

EXAMPLES = {
    "uuid": "01900000-0000-7000-8000-000000000000",
    "int": "2024",
    "slug": "a",
    "str": "a",
    "path": "a",
    "language": "fr",
}


def routes(patterns: Sequence[URLPattern | URLResolver], before: str = "/") -> Iterator[str]:
    """An address for every route of the site."""
    for pattern in patterns:
        here = before + re.sub(r"<(\w+):\w+>", lambda found: EXAMPLES[found[1]], str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, here)
        else:
            yield here


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "OPTIONS"])
def test_every_answer_of_every_route_has_the_headers(method: str, houses: None) -> None:
    browsers = [Client(), signed_in(an_analyst()), signed_in(a_manager())]
    found = list(routes(get_resolver().url_patterns))
    assert len(found) > 40
    for browser in browsers:
        for address in [*found, "/nothing/", "/report/fr/nothing/", "/api/nothing/"]:
            response = browser.generic(method, address)
            missing = [name for name, value in HEADERS.items() if response.get(name) != value]
            assert missing == [], f"{method} {address}"


def test_an_answer_under_a_wrong_name_has_the_headers(houses: None) -> None:
    for address in ("/", "/report/fr/", "/api/v1/reports"):
        response = Client(headers={"host": "elsewhere.test"}).get(address)
        assert (response.status_code, {name: response.get(name) for name in HEADERS}) == (400, HEADERS), address
