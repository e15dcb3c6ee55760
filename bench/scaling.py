"""`pages_at_a_million`: queue, an item and the list of items with 1,000,000 items beside the same pages with 1,000.

Two databases of one server, each with the site in front of it as `maillon serve` starts it. One person is signed in at
both and asks for the same pages in turn. Compared is what nineteen requests in twenty stay under (p95).
"""

import random
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from http.client import HTTPConnection
from uuid import UUID

from bench.figure import Measured
from bench.home import Home
from bench.seeding import fill
from bench.serving import served
from maillon.settings import DATABASE, OWNER_ROLE, PROGRAM_ROLE, socket_url

SIZES = {"full": (1_000, 1_000_000), "small": (100, 400)}
REQUESTS = {"full": 300, "small": 4}
SEED = 3
LISTS = ("open", "waiting", "illegal", "not_illegal", "all")
"""What the list of items is asked to show, in turn."""


class Site:
    """One of the two, as the person signed in sees it."""

    def __init__(self, connection: HTTPConnection, cookie: str, items: Sequence[UUID]) -> None:
        self.connection, self.cookie, self.items = connection, cookie, items

    def seconds(self, path: str) -> float:
        """How long the page took; raises SystemExit where it is not answered with success."""
        begun = time.perf_counter()
        self.connection.request("GET", path, headers={"Cookie": self.cookie})
        answer = self.connection.getresponse()
        answer.read()
        took = time.perf_counter() - begun
        if answer.status != 200:
            raise SystemExit(f"{path} answers {answer.status}")
        return took


def measure(home: Home, size: str) -> Iterator[Measured]:
    from maillon.ops.installation import load_django

    load_django()
    sizes, requests = SIZES[size], REQUESTS[size]
    cookie = sign_in("hotline", "analyst")
    seconds = {}
    for items in sizes:
        begun = time.perf_counter()
        made(home, name(items), items)
        seconds[items] = round(time.perf_counter() - begun)
    with ExitStack() as stack:
        small, large = (
            Site(
                HTTPConnection(*stack.enter_context(served(environ(home, name(n))))), cookie, some_items(home, name(n))
            )
            for n in sizes
        )
        found = {page: compared(small, large, choose, requests) for page, choose in pages().items()}
    ratios = {page: b / a for page, (a, b) in found.items()}
    worst = max(ratios, key=ratios.__getitem__)
    yield Measured(
        figure="pages_at_a_million",
        value=ratios[worst],
        peer={
            "what": f"the same page with {sizes[0]} items",
            "value": round(found[worst][0] * 1000, 1),
            "unit": "ms",
            "page": worst,
        },
        settings={
            "items": sizes[1],
            "milliseconds": {page: [round(n * 1000, 1) for n in pair] for page, pair in found.items()},
            "ratios": {page: round(ratio, 2) for page, ratio in ratios.items()},
            "requests": requests,
            "open": "a tenth of the items",
            "seeded_in": seconds[sizes[1]],
            "seed": SEED,
        },
    )


def pages() -> dict[str, Callable[[Site, random.Random], str]]:
    """The pages by name, each as what makes an address of it."""
    from django.urls import reverse

    return {
        "queue": lambda site, chance: reverse("queue"),
        "item": lambda site, chance: reverse("item", kwargs={"id": chance.choice(site.items)}),
        "items": lambda site, chance: f"{reverse('items')}?show={chance.choice(LISTS)}",
    }


def compared(
    small: Site, large: Site, choose: Callable[[Site, random.Random], str], requests: int
) -> tuple[float, float]:
    """The p95 of both, in seconds: a request to the one, then to the other."""
    chance = random.Random(SEED)
    took: tuple[list[float], list[float]] = ([], [])
    for number in range(requests + requests // 10):
        for site, times in zip((small, large), took, strict=True):
            seconds = site.seconds(choose(site, chance))
            if number >= requests // 10:  # the first ones warm up
                times.append(seconds)
    small_p95, large_p95 = (statistics.quantiles(times, n=20, method="inclusive")[-1] for times in took)
    return small_p95, large_p95


def sign_in(house: str, role: str) -> str:
    """The cookie of a new person of this role who is signed in, with a second step set up."""
    from allauth.mfa.totp.internal.auth import TOTP
    from django.conf import settings
    from django.db import connections
    from django.test import Client

    from maillon.access.models import Login
    from maillon.access.queries import find_actor
    from maillon.access.services import add_person
    from maillon.kernel.clock import SystemClock

    operator, name = find_actor(house=house, name="operator"), f"bench-{role}"
    add_person(name=name, organisation=operator.organisation, roles=[role], by=operator, at=SystemClock().now())
    client, login = Client(), Login.objects.create(username=name, house=house, person=name)
    TOTP.activate(login, "JBSWY3DPEHPK3PXP")
    client.force_login(login)
    connections.close_all()
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def made(home: Home, database: str, items: int) -> None:
    """A database with so many items, from the one that has the tables and the person."""
    with home.superuser("postgres") as connection:
        connection.execute(f"CREATE DATABASE {database} TEMPLATE {DATABASE} OWNER {OWNER_ROLE}")
    now = datetime.now(UTC)  # noqa: TID251  (a bench is a door)
    fill(home, reports=items * 4 // 3 + 1, queue_at=now, database=database)


def name(items: int) -> str:
    return f"items_{items}"


def environ(home: Home, database: str) -> dict[str, str]:
    return {**home.environ, "DATABASE_URL": socket_url(home.folder, PROGRAM_ROLE, database)}


def some_items(home: Home, database: str) -> list[UUID]:
    """A hundred items, one in four of them open."""
    with home.superuser(database) as connection:
        found = connection.execute(
            "(SELECT id FROM items_item WHERE state <> 'open' ORDER BY md5(id::text) LIMIT 75) UNION ALL "
            "(SELECT id FROM items_item WHERE state = 'open' ORDER BY md5(id::text) LIMIT 25)"
        )
        return [UUID(str(row[0])) for row in found]
