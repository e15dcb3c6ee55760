"""The site over HTTP in the test's own process, and Debian's Chromium to look at it with.

While a browser of `chromium` is open, an event loop runs in this thread: nothing may call `asyncio.run` meanwhile.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.test.testcases import LiveServerThread
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from maillon.outbox.acting import Actor
from tests.web.browser import signed_in

expect.set_options(timeout=20_000)  # milliseconds: two browsers and two servers may share two cores

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@contextmanager
def served(host: str = "127.0.0.1") -> Iterator[str]:
    """The site's address, `http://host:port`; it works on the database of this test process."""
    server = LiveServerThread(host, StaticFilesHandler, port=0)
    server.daemon = True
    server.start()
    server.is_ready.wait()
    if server.error:
        raise server.error
    try:
        yield f"http://{host}:{server.port}"
    finally:
        server.terminate()


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser. Django takes Playwright's event loop for an asynchronous view, and is told otherwise."""
    allowed = patch.dict(os.environ, {"DJANGO_ALLOW_ASYNC_UNSAFE": "true"})
    with allowed, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()


def sign_in(context: BrowserContext, site: str, actor: Actor | None, language: str = "en") -> None:
    """Have `actor` (nobody where None) be signed in at `site` and `language` be chosen, as cookies say it."""
    cookies = {"django_language": language}
    if actor is not None:
        cookies.update((name, morsel.value) for name, morsel in signed_in(actor, language).cookies.items())
    context.add_cookies([{"name": name, "value": value, "url": site} for name, value in cookies.items()])
