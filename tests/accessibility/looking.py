"""Looking at a page in a real browser as different people would: what is wrong with it, in a line each."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, Response

from maillon.outbox.acting import Actor
from maillon.web.headers import CONTENT_SECURITY_POLICY
from tests.factories.chain import read
from tests.live import sign_in
from tests.web.browser import Page as Written

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
OPTIONS = {
    "runOnly": TAGS,
    "rules": {"target-size": {"enabled": True}},  # of WCAG 2.2, which axe leaves out by default
    "resultTypes": ["violations"],
    "preload": False,
}
WORDS = {
    "runOnly": {
        "type": "rule",
        "values": [
            "html-has-lang", "html-lang-valid", "valid-lang", "document-title", "button-name", "input-button-name",
            "link-name", "label", "select-name", "summary-name", "image-alt", "svg-img-alt", "target-size",
            "label-content-name-mismatch",
        ],
    },
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],
    "preload": False,
}  # fmt: skip
"""What another language can break that the first does not: a name that is missing, words that take too much room."""
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast"]}, "resultTypes": ["violations"], "preload": False}

AXE = Axe().axe_script
RUN = """options => axe.run(options).then(
  found => found.violations.map(violation => [violation.id, violation.help, violation.nodes[0].html]))"""

WIDE = {"width": 1280, "height": 900}
ZOOMED = {"width": 640, "height": 450}  # 1280 pixels at 200 %
NARROW = {"width": 320, "height": 640}  # reflow, WCAG 1.4.10

BEYOND = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  const out = [...document.body.querySelectorAll('*')].filter(e => e.getBoundingClientRect().right > width + 1);
  return out.slice(0, 5).map(e => `${e.tagName.toLowerCase()}.${e.className}`);
}"""
"""The elements that make the page wider than its window."""

PICTURE = re.compile(r"/looking/([0-9a-f-]+)/picture/")
ASKED = """
SELECT 1 FROM looking_reveal r
JOIN outbox_event e ON e.house = r.house AND e.item = r.item_id AND e.kind = 'revealed' AND e.actor = r.person
JOIN outbox_eventbody b ON b.house = e.house AND b.event_id = e.id
WHERE r.id = %s AND r.person = %s AND convert_from(b.body, 'UTF8')::jsonb @> jsonb_build_object(
  'capture', r.capture_id::text, 'medium', coalesce(r.medium_id::text, ''), 'shown_as', r.step)
"""
"""Whether a reveal of a person left its event."""

STILL = "() => document.getAnimations().forEach(animation => animation.finish())"
"""Colours as they end; waiting for them would wait for frames, which a browser that shows nothing may never draw."""


@dataclass
class Visitor:
    """One person (or nobody) in one language, at one site, in a window of the browser that is kept."""

    browser: Browser
    site: str
    actor: Actor | None
    language: str
    asked: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)
    page: Page = field(init=False)

    def __post_init__(self) -> None:
        context = self.browser.new_context(viewport=WIDE)
        sign_in(context, self.site, self.actor, self.language)
        self.page = context.new_page()
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("response", self._note_vain)
        self.page.on("response", self._note_picture)
        self.page.on("console", self._note_error)
        self.page.on("pageerror", lambda error: self.said.append(str(error)))

    def _note_vain(self, answer: Response) -> None:
        if answer.status >= 400 and not answer.request.is_navigation_request():
            self.said.append(f"{answer.status} of {answer.url}")

    def _note_picture(self, answer: Response) -> None:
        if answer.request.resource_type in ("image", "media") or "/picture/" in answer.url:
            self.pictures.append(answer.url)

    def _note_error(self, message: ConsoleMessage) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:  # noted above
            self.said.append(message.text)

    def close(self) -> None:
        self.page.context.close()

    def open(self, address: str) -> Response:
        """Go to an address of the site."""
        self.page.set_viewport_size(WIDE)
        answer = self.page.goto(self.site + address)
        assert answer is not None
        return answer

    def faults(
        self, answer: Response, *, status: int = 200, thoroughly: bool = False, options: dict[str, object] = OPTIONS
    ) -> list[str]:
        """What is wrong with the page that is open, as axe finds by `options`.

        `thoroughly` looks at it in the dark and narrow with axe too.
        """
        return [
            *self.shows(answer, status),
            *violations(self.page, options, "wide"),
            *(self._otherwise() if thoroughly else ()),
            *narrow(self.page),
        ]

    def shows(self, answer: Response, status: int = 200) -> Iterator[str]:
        """What is wrong with the answer, and with what the page asked for since it was opened."""
        if answer.status != status:
            yield f"answers {answer.status}"
        if answer.headers.get("content-security-policy") != CONTENT_SECURITY_POLICY:  # header_value may wait for ever
            yield "another content security policy"
        yield from (f"asks {url}" for url in self.asked if not url.startswith(f"{self.site}/"))
        yield from unasked(self.page, self.pictures, self.actor)
        yield from (f"says {text}" for text in self.said)
        yield from inline(answer.text())
        self.asked.clear()
        self.said.clear()
        self.pictures.clear()

    def _otherwise(self) -> Iterator[str]:
        self.page.emulate_media(color_scheme="dark")
        self.page.evaluate(STILL)
        yield from violations(self.page, COLOURS, "dark")
        self.page.emulate_media(color_scheme="light")
        self.page.evaluate(STILL)
        self.page.set_viewport_size(NARROW)
        yield from violations(self.page, OPTIONS, "narrow")


def unasked(page: Page, pictures: list[str], actor: Actor | None) -> Iterator[str]:
    """What was shown of content without an event that says that `actor` asked for it; and every original.

    Pictures are asked for once more: a browser keeps none of a page that it left.
    """
    if not pictures:
        return
    kept = {bytes(row["sha256"]) for row in read("SELECT sha256 FROM items_medium WHERE sha256 IS NOT NULL")}
    for address in pictures:
        if sha256(page.request.get(address).body()).digest() in kept:
            yield f"{address} is an original"
        if (found := PICTURE.search(address)) and not read(ASKED, [found[1], actor.name if actor else ""]):
            yield f"{address} was never revealed"


def narrow(page: Page) -> Iterator[str]:
    """What makes the page scroll sideways when it is enlarged, or in a small window; the window is small afterwards."""
    for name, size in (("zoomed", ZOOMED), ("narrow", NARROW)):
        page.set_viewport_size(size)
        yield from (f"{name}: {element} reaches out of the window" for element in page.evaluate(BEYOND))


def violations(page: Page, options: dict[str, object], seen: str) -> list[str]:
    """What axe finds, with the first element of each. A page that axe has looked at keeps it for the next look."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE)
    return [f"{seen}: {rule} ({help}): {element[:200]}" for rule, help, element in page.evaluate(RUN, options)]


def inline(html: str) -> Iterator[str]:
    """Style and script that stand in a page itself."""
    for tag, attributes in Written(html).elements:
        if tag == "style" or (tag == "script" and "src" not in attributes):
            yield f"<{tag}> in the page"
        yield from (f"{name} of <{tag}>" for name in attributes if name == "style" or name.startswith("on"))
