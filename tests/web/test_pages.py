"""What every page keeps to, in every language."""

import re

import pytest
from babel.messages.pofile import read_po
from django.test import Client
from django.urls import reverse

from maillon.languages.catalogues import catalogue_of
from maillon.web.headers import HEADERS
from tests.factories.chain import read
from tests.factories.people import a_manager, a_police_officer, an_analyst
from tests.languages import CODES
from tests.web.browser import Page, signed_in
from tests.web.conftest import Lived

every_language = pytest.mark.parametrize("language", CODES)


def hotline_pages(lived: Lived) -> list[str]:
    items = [reverse("item", kwargs={"id": id}) for id in lived[:4]]
    lists = [f"{reverse('items')}?show={s}" for s in ("open", "illegal", "not_illegal", "disputed", "waiting", "all")]
    lists += [f"{reverse('referrals')}?show={s}" for s in ("running", "late", "undecided", "all")]
    return [
        reverse("overview"),
        *lists,
        *items,
        reverse("figures"),
        f"{reverse('figures')}?year=2016",
        *MORE,
        "/nothing/",
    ]


MORE = [reverse(name) for name in ("design", "entering", "unplaced", "queue", "keys", "questions")]
MANAGED = [reverse(name) for name in ("overview", "load", "clearances", "entering")]
"""Further pages of an analyst, and those of a manager."""


def authority_pages(lived: Lived) -> list[str]:
    lists = [f"{reverse('matters')}?show={s}" for s in ("open", "mine", "unit", "free", "late", "closed")]
    [matter] = read("SELECT id FROM inbox_matter WHERE item_id = %s", [lived.arrived], "authority")
    one = [reverse("item", kwargs={"id": lived.arrived}), reverse("matter", kwargs={"id": matter["id"]})]
    return [reverse("overview"), *lists, *one, reverse("letter")]


def all_pages(lived: Lived, language: str) -> list[tuple[str, str, int]]:
    """Address, content and status of every page, in one language."""
    analyst, officer = signed_in(an_analyst(), language), signed_in(a_police_officer(), language)
    nobody = Client()
    nobody.cookies["django_language"] = language
    manager = signed_in(a_manager(), language)
    managed = [*MANAGED, reverse("override", args=[lived.disputed]), reverse("report", args=[first_report()])]
    asked = [(manager, a) for a in managed]
    asked += [(analyst, a) for a in hotline_pages(lived)] + [(officer, a) for a in authority_pages(lived)]
    found = []
    for browser, address in [*asked, (nobody, reverse("account_login"))]:
        response = browser.get(address)
        assert {name: response[name] for name in HEADERS} == HEADERS, address
        found.append((address, response.content.decode(), response.status_code))
    return found


def first_report() -> str:
    return str(read("SELECT id FROM intake_report ORDER BY received_at, id LIMIT 1")[0]["id"])


@every_language
def test_every_page_answers_in_the_language_chosen_and_in_no_other(language: str, lived: Lived) -> None:
    with catalogue_of(language).open("rb") as file:
        said = [m for m in read_po(file, locale=language) if isinstance(m.id, str) and m.string != m.id]
    foreign = [m.id for m in said if " " in m.id and "%" not in m.id]
    assert foreign or language == "en"
    for address, html, status in all_pages(lived, language):
        assert status == (404 if address == "/nothing/" else 200), address
        page = Page(html)
        assert page.language == language, address
        text = " ".join(page.texts)
        there = [s for s in foreign if s in text]
        assert [s for s in there if re.search(rf"(?<!\w){re.escape(s)}(?!\w)", text)] == [], address


CREDIT = "https://db-ip.com"
"""The one link out: the licence of the location data asks for it where its answers are shown."""


def test_no_page_leads_elsewhere_shows_an_image_or_carries_style_or_script(lived: Lived) -> None:
    for address, html, _status in all_pages(lived, "fr"):
        page = Page(html)
        elsewhere = {link for link in page.links if not re.match(r"[/?#](?!/)", link)}
        assert elsewhere <= {CREDIT}, address
        for tag, attributes in page.elements:
            assert tag != "img" or re.match(r"/(figures/\d+|design)/\w+\.svg\?v=", attributes.get("src") or ""), address
            assert tag not in ("style", "iframe", "object", "video"), address
            assert tag != "script" or re.match(r"/static/web/\w+\.js\?v=", attributes.get("src") or ""), address
            assert not [n for n in attributes if n == "style" or n.startswith("on")], address
        assert fields_without_a_label(page) == [], address
        assert [tag for tag, _ in page.elements].count("h1") == 1, address


def fields_without_a_label(page: Page) -> list[str]:
    labelled = {given.get("for") for tag, given in page.elements if tag == "label"}
    fields = [g for tag, g in page.elements if tag in ("input", "select", "textarea") and g.get("type") != "hidden"]
    return [str(given.get("name")) for given in fields if given.get("id") not in labelled]


def test_what_was_reported_is_shown_as_text(lived: Lived) -> None:
    html = signed_in(an_analyst()).get(reverse("item", kwargs={"id": lived.twice})).content.decode()
    assert '<code class="address">hxxp://nl[.]test/twice?a=' in html
    assert "http://nl.test" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


def test_the_language_chosen_stays(houses: None) -> None:
    browser = Client()
    assert Page(browser.get(reverse("account_login")).content.decode()).language == "fr"
    response = browser.post(reverse("set_language"), {"language": "nl", "next": reverse("account_login")})
    assert response["Location"] == reverse("account_login")
    assert Page(browser.get(reverse("account_login")).content.decode()).language == "nl"
