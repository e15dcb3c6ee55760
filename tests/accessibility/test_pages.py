"""Everybody can use every page: axe finds nothing of WCAG 2.2 AA, light or dark, narrow or enlarged.

Each page is opened in French by one person of each house who may, and in the long form by one of each role where each
role is shown something else, and in every language, where axe looks for what words can break (`WORDS`).
It asks nobody else for anything, carries no style or script in itself, and its answer has the content security policy.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Response

from maillon.access.invitations import invitation_key, invite
from maillon.kernel.clock import SystemClock
from maillon.web.guard import Page
from tests.accessibility.addresses import SEEN, addresses, viewer_of, viewers
from tests.accessibility.conftest import Looking
from tests.accessibility.failing import FAILURES
from tests.accessibility.looking import COLOURS, OPTIONS, WIDE, WORDS, Visitor, inline, narrow, violations
from tests.factories.people import an_operator
from tests.languages import CODES, in_languages
from tests.web.authenticators import PASSWORD, code_of

BY_ROLE = frozenset({"overview", "item", "matter", "decision", "figures"})
"""Pages that show other roles of a house something else."""


def first_lookers(page: Page) -> list[tuple[str, str]]:
    """One who looks at the page in each house."""
    found = viewers(page)
    return [next(one for one in found if one[0] == house) for house in dict.fromkeys(house for house, _role in found)]


def cases(page: Page, number: int) -> Iterator[Any]:
    """Who looks at this page and in which language. A third of the pages is opened in one other language, by turns;
    its other languages and the other roles that are shown something else are long.
    """
    first = first_lookers(page)
    for viewer in viewers(page) if page.name in BY_ROLE else first:
        yield pytest.param(page.name, *viewer, CODES[0], marks=() if viewer in first else pytest.mark.long)
    for turn, language in enumerate(CODES[1:]):
        yield pytest.param(page.name, *first[0], language, marks=() if number % 9 == turn else pytest.mark.long)


CASES = [case for number, page in enumerate(SEEN) for case in cases(page, number)]
FAULTY = """<!doctype html><html lang="en"><title>a</title>
<style>button { width: 9px; height: 9px; padding: 0; border: 0 } div { width: 900px }</style>
<main><h1>b</h1><p style="color: #aaa; background: #fff">too pale</p><img src="data:,"><button onclick="">d</button
><button>e</button><div>f</div></main>"""


def test_every_page_has_somebody_who_may_see_it(looking: Looking) -> None:
    for page in SEEN:
        assert viewers(page), page.name
        assert all(addresses(page.name, viewer_of(*viewer), looking.scene) for viewer in viewers(page))


@pytest.mark.parametrize(("name", "house", "role", "language"), CASES)
def test_everybody_can_use_the_page(looking: Looking, name: str, house: str, role: str, language: str) -> None:
    visitor = looking.visitor(house, role, language)
    first, *others = addresses(name, viewer_of(house, role), looking.scene)
    main = language == CODES[0] and (house, role) == viewers(next(page for page in SEEN if page.name == name))[0]
    options = OPTIONS if language == CODES[0] else WORDS
    assert visitor.faults(visitor.open(first), thoroughly=main, options=options) == [], first
    for address in others if main else ():
        assert visitor.faults(visitor.open(address)) == [], address


UNSEEN = [
    (page.name, house, role)
    for page in SEEN
    for house, role in viewers(page)
    if (house, role) not in first_lookers(page)
]
"""Who may open a page and did not yet, above."""


def test_no_page_of_any_role_shows_content_that_was_not_asked_for_or_asks_anybody_else(looking: Looking) -> None:
    """With the pages above, whose faults are looked for in the same way, every page of every role."""
    found = {}
    for name, house, role in UNSEEN:
        visitor = looking.visitor(house, role, CODES[0])
        for address in addresses(name, viewer_of(house, role), looking.scene)[:1]:
            if faults := list(visitor.shows(visitor.open(address))):
                found[role, address] = faults
    assert found == {}


@in_languages("en")
def test_everybody_can_sign_in(looking: Looking, language: str) -> None:
    nobody = looking.visitor("", "", language)
    assert nobody.faults(nobody.open("/sign-in/"), thoroughly=True) == []
    assert nobody.faults(wrong_password(nobody)) == []


@in_languages("nl")
def test_everybody_can_be_invited_and_set_up_a_second_step(looking: Looking, language: str) -> None:
    name, key, at = f"new-{language}", invitation_key(settings.SECRET_KEY), SystemClock().now()
    link = invite(name=name, organisation="child-focus", roles=["analyst"], key=key, by=an_operator(), at=at)
    address = reverse("invitation", kwargs={"text": link.text})
    new = Visitor(looking.browser, looking.site, None, language)
    assert new.faults(new.open(address)) == []
    assert new.faults(sent(new, new_password1="short", new_password2="short"), status=422) == []
    assert new.faults(sent(new, new_password1=PASSWORD, new_password2=PASSWORD)) == []
    for page in ("account_change_password", "mfa_add_webauthn", "mfa_activate_totp"):
        assert new.faults(new.open(reverse(page))) == [], page
    assert new.faults(sent(new, code=code_of(new.page.locator(".secret").inner_text()))) == []
    for page in ("mfa_index", "mfa_deactivate_totp", "mfa_generate_recovery_codes"):
        assert new.faults(new.open(reverse(page))) == [], page
    new.page.context.clear_cookies(name="sessionid")
    new.open(reverse("account_login"))
    assert new.faults(sent(new, login=name, password=PASSWORD)) == []
    assert new.faults(new.open(address), status=404) == []
    new.page.context.close()


def sent(visitor: Visitor, **fields: str) -> Response:
    """The answer to the page's own form, filled in."""
    for field, text in fields.items():
        visitor.page.fill(f"[name={field}]", text)
    with visitor.page.expect_navigation() as going:
        visitor.page.locator("main form button").first.click()
    assert going.value is not None
    return going.value


def wrong_password(nobody: Visitor) -> Response:
    nobody.page.fill("[name=login]", "somebody")
    nobody.page.fill("[name=password]", "wrong")
    with nobody.page.expect_navigation() as going:
        nobody.page.locator("main button").click()
    assert going.value is not None
    return going.value


@in_languages("de")
def test_everybody_can_read_what_went_wrong(looking: Looking, language: str) -> None:
    for visitor in (looking.visitor("hotline", "analyst", language), looking.visitor("", "", language)):
        for address, status in FAILURES.items():
            if visitor.actor is None and status == 409:
                continue  # a stranger is asked to sign in instead
            assert visitor.faults(visitor.open(address), status=status) == [], address


def test_what_is_wrong_is_found(looking: Looking) -> None:
    """The checks themselves: a page with these faults has them told."""
    page = looking.browser.new_page(viewport=WIDE)
    page.set_content(FAULTY)
    found = " ".join(violations(page, OPTIONS, "wide"))
    assert [rule for rule in ("color-contrast", "image-alt", "target-size") if rule not in found] == []
    assert violations(page, COLOURS, "dark") != []
    assert [fault.partition(":")[0] for fault in narrow(page)] == ["zoomed", "narrow"]
    assert list(inline(FAULTY)) == ["<style> in the page", "style of <p>", "onclick of <button>"]
    page.close()
