"""`page_weight`: all that a browser fetches for one page with nothing kept from before, uncompressed, at its heaviest.

Every page of the site over a year of 1,000 items, in every language, by somebody who may see it; the sign-in; and the
public pages on the way of a report. Debian's Chromium counts.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from playwright.sync_api import Browser, Page, Request, sync_playwright

from bench.figure import Measured
from bench.home import Home
from bench.scaling import sign_in
from bench.seeding import fill
from bench.serving import served

ITEMS = {"full": 1_000, "small": 100}
LANGUAGES = {"full": ("fr", "nl", "de", "en"), "small": ("fr",)}
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking")
PEOPLE = {"hotline": ("senior_analyst", "manager", "director"), "authority": ("police_officer",)}
OF_ONE = frozenset({"item", "override", "demands", "report"})
"""Pages of one item or report; of a matter, a decision, a letter or an account there is none in the year measured."""
Viewer = tuple[str, str]
"""A house and a role."""
NOBODY = ("", "")
PUBLIC = ("", "anonymous/", "young/", "write/", "follow/")
ADDRESS = "https://be.test/page?sessionid=7f3a9c1e5b2d4f60"


@dataclass(frozen=True, order=True)
class Weight:
    """Bytes of one page: all bodies uncompressed, everything as it was sent, and of how many answers."""

    bytes: int
    sent: int
    answers: int
    page: str


def measure(home: Home, size: str) -> Iterator[Measured]:
    from maillon.ops.installation import load_django

    load_django()
    now = datetime.now(UTC)  # noqa: TID251  (a bench is a door)
    fill(home, reports=ITEMS[size] * 4 // 3 + 1, queue_at=now)
    cookies = {(house, role): sign_in(house, role) for house, roles in PEOPLE.items() for role in roles}
    with served(home.environ) as listen, browser() as chromium:
        found = sorted(weights(home, chromium, f"http://{listen}", cookies, LANGUAGES[size]), reverse=True)
    heaviest = found[0]
    yield Measured(
        figure="page_weight",
        value=heaviest.bytes / 1000,
        peer=None,
        settings={
            "page": heaviest.page,
            "sent_kb": round(heaviest.sent / 1000, 1),
            "answers": heaviest.answers,
            "pages": len(found),
            "next": {w.page: round(w.bytes / 1000, 1) for w in found[1:6]},
            "lightest": round(found[-1].bytes / 1000, 1),
            "items": ITEMS[size],
        },
    )


@contextmanager
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))


def weights(
    home: Home, chromium: Browser, site: str, cookies: dict[Viewer, str], languages: Sequence[str]
) -> Iterator[Weight]:
    """What every page weighs."""
    for language in languages:
        for viewer, address in [*addresses(home), *((NOBODY, f"/report/{language}/{where}") for where in PUBLIC)]:
            with window(chromium, site, language, cookies.get(viewer, "")) as page:
                yield weighed(page, address.partition("&")[0], language, partial(page.goto, site + address))
        with window(chromium, site, language) as page:
            page.goto(f"{site}/report/{language}/write/")
            page.fill("[name=locations]", ADDRESS)
            page.fill("[name=remark]", "A neutral remark.")
            for step in ("review", "receipt"):
                yield weighed(page, step, language, page.locator("main form button").first.click)


def addresses(home: Home) -> Iterator[tuple[Viewer, str]]:
    """Every page with somebody who may see it; nobody for the sign-in. Raises SystemExit for one that is not known."""
    from django.urls import NoReverseMatch, reverse

    from maillon.outbox.acting import Actor
    from maillon.web.urls import PAGES

    yield NOBODY, reverse("account_login")
    for page in PAGES:
        files = page.path.endswith((".csv", ".svg"))
        who = [
            (house, role)
            for house, roles in PEOPLE.items()
            for role in roles
            if house in page.houses and page.allows(Actor(house, role, "", frozenset({role})))
        ]
        if page.method != "GET" or files or not who:
            continue
        try:
            yield who[0], reverse(page.name) + query(home, page.name)
        except NoReverseMatch:
            for id in busiest(home, page.name) if page.name in OF_ONE else ():
                yield who[0], reverse(page.name, kwargs={"id": id})


def query(home: Home, name: str) -> str:
    """What follows the address for its fullest state."""
    if name == "bulk":
        with home.superuser() as connection:
            found = connection.execute("SELECT id FROM items_item WHERE state = 'open' ORDER BY id LIMIT 50")
            return "?act=decide" + "".join(f"&item={row[0]}" for row in found)
    return "?show=all" if name in ("items", "referrals") else ""


def busiest(home: Home, name: str) -> list[str]:
    """The report with most items; the settled and the open item with most reports, for other pages the open one."""
    most = "SELECT {0} FROM intake_report_location {1} GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1"
    of_items = most.format("item_id", "JOIN items_item i ON i.id = item_id WHERE {0}")
    wanted = {
        "report": [most.format("report_id", "")],
        "item": [of_items.format("state <> 'open'"), of_items.format("state = 'open'")],
    }
    with home.superuser() as connection:
        asked = wanted.get(name, wanted["item"][1:])
        return [str((connection.execute(statement.encode()).fetchone() or [""])[0]) for statement in asked]


@contextmanager
def window(chromium: Browser, site: str, language: str, cookie: str = "") -> Iterator[Page]:
    """A window that fetches everything anew each time, for the person with this cookie."""
    context = chromium.new_context()
    given = {"django_language": language, **dict([cookie.split("=", 1)] if cookie else [])}
    context.add_cookies([{"name": name, "value": value, "url": site} for name, value in given.items()])
    page = context.new_page()
    context.new_cdp_session(page).send("Network.setCacheDisabled", {"cacheDisabled": True})
    try:
        yield page
    finally:
        context.close()


def weighed(page: Page, name: str, language: str, act: Callable[[], object]) -> Weight:
    """What is fetched from `act` on, until nothing more is; raises SystemExit where an answer is none of success."""
    requests: list[Request] = []
    note = lambda request: requests.append(request)  # noqa: E731  (Playwright writes on what it is given)
    page.on("requestfinished", note)
    act()
    page.wait_for_load_state("networkidle")
    page.remove_listener("requestfinished", note)
    plain = sent = 0
    for request in requests:
        answer, sizes = request.response(), request.sizes()
        if answer is None or answer.status >= 400:
            raise SystemExit(f"{request.url} answers {answer and answer.status}")
        plain += len(answer.body())
        sent += sizes["responseBodySize"] + sizes["responseHeadersSize"]
    return Weight(plain, sent, len(requests), f"{name} {language}")
