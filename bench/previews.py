"""`previews`: what an analyst is shown of images of 12 megapixels, from the vault to the browser.

Every image is of its own, sealed into the vault as a fetch seals it. An analyst's browser, Debian's Chromium, asks the
site as `maillon serve` starts it for each step of each; a preview has arrived when the browser has decoded it.
Counted is what nineteen previews in twenty stay under (p95), at the worst of the four steps.
"""

import io
import statistics
from collections.abc import Iterator, Sequence
from uuid import UUID

import numpy as np
from PIL import Image
from playwright.sync_api import Page

from bench.figure import Measured
from bench.home import Home
from bench.scaling import sign_in
from bench.serving import served
from bench.weighing import browser, window
from maillon.decoding.limits import LARGE, SMALL
from maillon.kernel.clock import SystemClock

IMAGES = {"full": 41, "small": 3}
SIDES = (4000, 3000)
CELLS = 40  # pixels of one colour, before the noise of a sensor
NOISE = 6
SEED = 5
STEPS = ("small, blurred, grey", "small, grey", "large, grey", "large, in colour")
ANALYST = "bench-analyst"
ASK = """address => new Promise((done, failed) => {
  const image = new Image(), begun = performance.now();
  image.src = address;
  image.decode().then(() => done([(performance.now() - begun) / 1000, image.width]), failed);
})"""


def measure(home: Home, size: str) -> Iterator[Measured]:
    from maillon.ops.installation import load_django

    load_django()
    from django.urls import reverse

    cookie = sign_in("hotline", "analyst")
    bodies = [photograph(number) for number in range(IMAGES[size])]
    item, capture, media = kept(bodies)
    reveals = [revealed(item, capture, media, step) for step in range(len(STEPS))]
    with served(home.environ) as listen, browser() as chromium:
        site = f"http://{listen}"
        with window(chromium, site, "en", cookie) as page:
            page.goto(site + reverse("exposure"))  # a page of the site that shows none of them
            seconds = [looked(page, each) for each in reveals]
    found = [p95(times) for times in seconds]
    yield Measured(
        figure="previews",
        value=max(found) * 1000,
        peer=None,
        settings={
            "step": STEPS[found.index(max(found))],
            "p95_ms": {name: round(each * 1000) for name, each in zip(STEPS, found, strict=True)},
            "median_ms": {
                name: round(statistics.median(times) * 1000) for name, times in zip(STEPS, seconds, strict=True)
            },
            "images": len(bodies) - 1,
            "megapixels": SIDES[0] * SIDES[1] / 1e6,
            "megabytes": round(statistics.mean(map(len, bodies)) / 1e6, 1),
            "form": "JPEG",
            "one_at_a_time": True,
            "seed": SEED,
        },
    )


def photograph(number: int) -> bytes:
    """Soft patches of colour under noise, which a JPEG holds about as badly as a photograph."""
    chance = np.random.default_rng([SEED, number])
    width, height = SIDES
    patches = chance.integers(0, 256, (height // CELLS, width // CELLS, 3), dtype=np.uint8)
    soft = np.asarray(Image.fromarray(patches).resize(SIDES, Image.Resampling.BICUBIC), dtype=np.int16)
    noisy = soft + chance.normal(0, NOISE, (height, width, 1)).astype(np.int16)
    out = io.BytesIO()
    Image.fromarray(noisy.clip(0, 255).astype(np.uint8)).save(out, "JPEG", quality=88)
    return out.getvalue()


def kept(bodies: Sequence[bytes]) -> tuple[UUID, UUID, list[UUID]]:
    """An item whose page named these images, all received: its id, the capture's and the media's."""
    from bench.reports import receive
    from maillon.access.queries import find_actor
    from maillon.evidence.opening import demo_recipients, open_vault
    from maillon.evidence.services import keep, recipients
    from maillon.evidence.vault import Thing
    from maillon.items.captures import NewCapture, NewMedium, keep_captures
    from maillon.items.services import lock_item
    from maillon.kernel.ids import uuid7, uuid7s
    from maillon.ops.installation import current
    from maillon.outbox.acting import acting, system_actor
    from maillon.outbox.sql import rows

    at, by = SystemClock().now(), system_actor("hotline", "fetcher")
    receive(1)
    demo_recipients(settings=current(), by=find_actor(house="hotline", name="operator"), at=at)
    with acting(by):
        (item,) = (row["id"] for row in rows("SELECT id FROM items_item"))
    to = recipients("hotline")
    sealed = open_vault(current()).seal_all("hotline", [Thing(item, "medium", archived(each)) for each in bodies], to)
    with acting(by):
        lock_item(item_id=item)
        objects = keep(sealed=sealed, by=by, at=at)
        media = [
            NewMedium(
                id=id, kind="image", url="https://n0.bench.test/", outcome="ok", mime="image/jpeg", object_id=object
            )
            for id, object in zip(uuid7s(at, len(bodies)), objects, strict=True)
        ]
        capture = NewCapture(
            id=uuid7(at), item_id=item, purpose="assess", asked_by=ANALYST, began_at=at, ended_at=at, outcome="ok",
            named=len(media), media=media,
        )  # fmt: skip
        keep_captures(captures=[capture], by=by)
    return item, capture.id, [medium.id for medium in media]


def archived(body: bytes) -> bytes:
    """The answer that brought it, as a fetch writes it."""
    from maillon.observation.fetching.fetched import Hop
    from maillon.observation.fetching.warc import Exchange, written

    at = SystemClock().now()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    hop = Hop("https://n0.bench.test/", "", "192.0.2.1", 200, "", "ok", at)
    return b"".join(written([Exchange(hop, received=head + body, head=len(head))], at))


def revealed(item: UUID, capture: UUID, media: Sequence[UUID], step: int) -> list[UUID]:
    """Each image revealed to the analyst at this step; in danger, so that no hour of the day ends the bench."""
    from maillon.access.queries import find_actor
    from maillon.looking.policy import Known
    from maillon.looking.services import reveal

    known, by, at = Known(imminent_danger=True), find_actor(house="hotline", name=ANALYST), SystemClock().now()
    return reveal(item_id=item, capture_id=capture, media=media, step=step, known=known, by=by, at=at)


def looked(page: Page, reveals: Sequence[UUID]) -> list[float]:
    """Seconds from asking for each reveal's picture until it is decoded; the first one warms up and is left out."""
    from django.urls import reverse

    times: list[float] = []
    for id in reveals:
        seconds, side = page.evaluate(ASK, reverse("picture", kwargs={"id": id}))
        if side not in (SMALL, LARGE):
            raise SystemExit(f"a preview of {side} pixels came")
        times.append(seconds)
    return times[1:]


def p95(times: Sequence[float]) -> float:
    return statistics.quantiles(times, n=20, method="inclusive")[-1]
