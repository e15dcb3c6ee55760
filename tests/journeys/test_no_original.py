"""While somebody looks, from the first page to colour: nothing is asked for before its event, and never an original.

Every page of every role is walked in `tests/accessibility`, by the same rules.
"""

import re
from contextlib import closing
from hashlib import sha256
from uuid import UUID

import pytest
from django.db import connection
from playwright.sync_api import Page, Request, Response, expect

from maillon.web import guard
from tests.factories.captures import a_capture, captured, squares
from tests.factories.chain import events, read, reported
from tests.factories.people import an_analyst
from tests.factories.world import World
from tests.live import chromium, served, sign_in

PICTURE = re.compile(r"/looking/([0-9a-f-]+)/picture/")


class Wire:
    """Everything that a browser asks for and receives, and what had happened when it asked for a picture."""

    def __init__(self, page: Page) -> None:
        self.asked: list[str] = []
        self.before: list[tuple[UUID, bool]] = []
        self.received: list[Response] = []
        self.bodies: list[tuple[str, bytes]] = []
        page.on("request", self.note)
        page.on("response", lambda answer: self.received.append(answer))

    def read(self, page: Page) -> None:
        """Read what the page that is open received, before it is left; what is told in passing answers nobody."""
        page.wait_for_load_state("networkidle")
        answered = [answer for answer in self.received if answer.ok and not answer.url.endswith("/looking/seen/")]
        self.bodies += [(answer.url, answer.body()) for answer in answered]
        self.received.clear()

    def press(self, page: Page, name: str) -> None:
        """Press a button that leads to another page."""
        with page.expect_navigation(wait_until="load"):
            page.get_by_role("button", name=name).click()
        self.read(page)

    def note(self, request: Request) -> None:
        """Ask at once what had happened; Playwright calls from a context that has a connection of its own."""
        self.asked.append(request.url)
        if found := PICTURE.search(request.url):
            with closing(connection):
                told = {(event["body"]["medium"], event["body"]["shown_as"]) for event in events("revealed")}
                [row] = read("SELECT medium_id, step FROM looking_reveal WHERE id = %s", [found[1]])
            self.before.append((UUID(found[1]), (str(row["medium_id"]), row["step"]) in told))


def test_no_picture_is_asked_for_before_its_event_and_none_is_an_original(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "CLOCK", world.clock)
    item = reported(world, "http://be.test/squares")
    originals = [squares(1), squares(2)]
    media = captured(a_capture(world, item, images=originals))[1]
    with served() as site, chromium() as browser:
        context = browser.new_context(base_url=site)
        sign_in(context, site, an_analyst())
        page = context.new_page()
        wire = Wire(page)
        for address in ("/", "/queue/", "/items/", f"/items/{item}/", f"/items/{item}/look/", "/exposure/"):
            page.goto(address)
            wire.read(page)
        assert wire.before == []
        page.goto(f"/items/{item}/look/")
        wire.read(page)
        wire.press(page, "Show all 2 blurred")
        for step in ("small, grey", "large, grey", "large, in colour"):
            for number in (1, 2):
                wire.press(page, f"One step further, {step}: image {number}")
        expect(page.get_by_text("large, in colour")).to_have_count(2)
        digests = {sha256(body).digest() for body in originals}
        assert sum(bool(PICTURE.search(url)) for url, _body in wire.bodies) >= 8
        for url, body in wire.bodies:
            assert sha256(body).digest() not in digests, url
            assert not any(original[8:200] in body for original in originals), url
        assert [url for url in wire.asked if not url.startswith(f"{site}/")] == []
    assert {bytes(row["sha256"]) for row in media} == digests
    assert len({id for id, _told in wire.before}) == 8
    assert all(told for _id, told in wire.before)
