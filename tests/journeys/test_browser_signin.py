"""An account from invitation to leaving, in a real browser: password, app, passkey, a lost device, the end."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from playwright.sync_api import Browser, BrowserContext, Page, expect

from maillon.settings import load
from tests.factories.people import a_manager
from tests.live import chromium, served, sign_in
from tests.web.authenticators import PASSWORD, code_of

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
"""A device that makes passkeys, as Chromium plays one (WebAuthn.addVirtualAuthenticator)."""


@pytest.fixture
def browser(houses: None) -> Iterator[Browser]:
    cache.clear()
    with chromium() as found:
        yield found


@pytest.fixture
def site() -> Iterator[str]:
    """At `localhost`, where browsers offer passkeys without HTTPS."""
    with served("localhost") as address:
        yield address


def somebody(browser: Browser, site: str, *, with_device: bool = False) -> Page:
    """A browser of its own, in English."""
    context: BrowserContext = browser.new_context(base_url=site)
    sign_in(context, site, None)
    page = context.new_page()
    if with_device:
        tools = context.new_cdp_session(page)
        tools.send("WebAuthn.enable")
        tools.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    return page


def link_of(manager: Page) -> str:
    """The path of the link that is shown to the manager, once."""
    shown = manager.get_by_label("Link", exact=True).input_value()
    begin = load({}).site
    assert shown.startswith(begin)
    return shown.removeprefix(begin)


def choose(page: Page, link: str) -> None:
    page.goto(link)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Once more").fill(PASSWORD)
    page.get_by_role("button", name="Use this password").click()
    expect(page.get_by_text("Set up a second step first")).to_be_visible()


def enter(page: Page, password: str = PASSWORD) -> None:
    page.goto("/sign-in/")
    page.get_by_label("Account").fill("new-1")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def leave_by_door(page: Page) -> None:
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def is_in(page: Page) -> None:
    expect(page.get_by_role("navigation", name="Pages")).to_be_visible()


def test_an_account_from_invitation_to_leaving(browser: Browser, site: str) -> None:
    manager = somebody(browser, site)
    sign_in(manager.context, site, a_manager())
    manager.goto("/accounts/")
    manager.get_by_label("Name of the account").fill("new-1")
    manager.get_by_label("analyst", exact=True).check()
    manager.get_by_role("button", name="Invite").click()

    person = somebody(browser, site, with_device=True)
    choose(person, link_of(manager))
    person.goto("/")  # nothing opens yet
    expect(person.get_by_text("Set up a second step first")).to_be_visible()
    person.get_by_role("link", name="Set up an app").click()
    secret = person.get_by_label("Key", exact=True).inner_text()
    person.get_by_label("The code that your app shows now").fill(code_of(secret))
    person.get_by_role("button", name="Use this app").click()
    recovery = person.locator(".secrets code").all_inner_texts()
    assert len(recovery) == 10
    person.get_by_role("link", name="Go on").click()
    is_in(person)

    leave_by_door(person)
    enter(person)
    person.get_by_label("Code of your app").fill(code_of(secret, 1))
    person.get_by_role("button", name="Sign in").click()
    is_in(person)

    person.get_by_role("link", name="new-1").click()
    person.get_by_role("link", name="Add a passkey").click()
    person.get_by_label("Code of your app").fill(recovery[0])
    person.get_by_role("button", name="Go on").click()
    person.get_by_label("What you call it").fill("this device")
    person.get_by_role("button", name="Make the passkey").click()
    expect(person.get_by_text("this device").first).to_be_visible()
    leave_by_door(person)
    person.get_by_role("button", name="Sign in with a passkey").click()
    is_in(person)
    leave_by_door(person)
    enter(person)
    person.get_by_role("button", name="Use a passkey").click()
    is_in(person)

    manager.goto("/accounts/new-1/")
    lost = manager.locator("form", has=manager.get_by_role("heading", name="Lost device"))
    lost.get_by_label("Reason").fill("a lost telephone")
    lost.get_by_role("button").click()
    again = link_of(manager)
    person.reload()  # what was open has ended, and neither password nor passkey opens
    expect(person.get_by_role("heading", name="Sign in")).to_be_visible()
    enter(person)
    expect(person.get_by_role("alert").first).to_contain_text("do not go together")
    person.goto("/sign-in/")
    person.get_by_role("button", name="Sign in with a passkey").click()
    expect(person.get_by_text("This is not right")).to_be_visible()

    choose(person, again)
    person.get_by_role("link", name="Add a passkey").click()
    person.get_by_role("button", name="Make the passkey").click()
    person.get_by_role("link", name="Go on").click()
    is_in(person)

    manager.goto("/accounts/new-1/")
    leaving = manager.locator("form", has=manager.get_by_role("heading", name="Leaving"))
    leaving.get_by_label("Reason").fill("left the house")
    leaving.get_by_role("button").click()
    expect(manager.get_by_role("status")).to_contain_text("Done")
    person.goto("/queue/")
    expect(person.get_by_role("heading", name="Sign in")).to_be_visible()
