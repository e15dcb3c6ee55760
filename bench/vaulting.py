"""`vault`: media sealed, stored and written down per second beside pyrage that only encrypts the same bytes.

Ours gives each object a key of its own, wraps it three times, hashes, writes and flushes the file and its folder, and
commits rows and event while the next are sealed, as fetching does; pyrage encrypts once to the same three recipients
and keeps nothing. One process each; threads do not help pyrage, which holds the interpreter's lock.
"""

import os
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pyrage

from bench.figure import Measured
from bench.home import Home
from maillon.kernel.clock import SystemClock

SIZES = {"full": 500, "small": 10}
IMAGE, PHOTO = 60_000, 4_000_000  # bytes: an image of a page, a photograph
EVERY = 10  # one in so many is a photograph
BATCH = 100  # objects that one transaction writes down
ROUNDS = 5


def measure(home: Home, size: str) -> Iterator[Measured]:
    from maillon.ops.installation import load_django

    load_django()
    count = SIZES[size]
    kept(home, [os.urandom(IMAGE) for _ in range(BATCH)])
    home.analyse()
    media = {"both": mix(count), "images": [IMAGE] * count, "photos": [PHOTO] * max(count // EVERY, 1)}
    found = {name: best(home, sizes) for name, sizes in media.items()}
    ours, peer = found["both"]
    yield Measured(
        figure="vault",
        value=peer / ours,
        peer={
            "what": f"pyrage.encrypt to the same three recipients, one thread, best of {ROUNDS}",
            "value": round(count / peer),
            "unit": "media/s",
        },
        settings={
            "media": count,
            "mix": f"{EVERY - 1} images of 60 KB to 1 photograph of 4 MB, random bytes",
            "media_per_second": round(count / ours),
            "megabytes_per_second": round(sum(media["both"]) / ours / 1e6),
            "images_alone": round(found["images"][1] / found["images"][0], 2),
            "photographs_alone": round(found["photos"][1] / found["photos"][0], 2),
            "store": f"folder, every file flushed; {BATCH} objects a transaction",
            "cores": os.cpu_count(),
        },
    )


def mix(count: int) -> list[int]:
    return [PHOTO if n % EVERY == 0 else IMAGE for n in range(count)]


def best(home: Home, sizes: Sequence[int]) -> tuple[float, float]:
    """The least seconds of each, taken in turn."""
    ours, peer = [], []
    for _ in range(ROUNDS):
        noise = os.urandom(max(sizes))
        media = [os.urandom(16) + noise[: size - 16] for size in sizes]
        peer.append(encrypted_alone(media))
        ours.append(kept(home, media))
    return min(ours), min(peer)


def kept(home: Home, media: Sequence[bytes]) -> float:
    """Seconds until every one of `media` is in the vault and in the books, durably."""
    from django.conf import settings

    from maillon.evidence.opening import demo_recipients, open_vault
    from maillon.evidence.recipients import recipients
    from maillon.evidence.services import keep
    from maillon.evidence.vault import Thing
    from maillon.outbox.acting import acting, system_actor

    vault, clock, by, item = open_vault(settings.MAILLON), SystemClock(), system_actor("hotline", "fetcher"), uuid4()
    demo_recipients(settings=settings.MAILLON, by=operator(), at=clock.now())
    to = recipients("hotline")
    things = [Thing(item, "image", data) for data in media]
    begun = time.perf_counter()
    with ThreadPoolExecutor(1) as sealer:
        starts = range(0, len(things), BATCH)
        batches = [sealer.submit(vault.seal_all, "hotline", things[n : n + BATCH], to) for n in starts]
        for batch in batches:
            with acting(by):
                keep(sealed=batch.result(), by=by, at=clock.now())
    took = time.perf_counter() - begun
    with home.owner() as connection:
        found = connection.execute("SELECT count(*) FROM evidence_object WHERE about = %s", [item]).fetchone()
    if found != (len(media),):
        raise SystemExit(f"of {len(media)} objects {found} are in the books")
    return took


def encrypted_alone(media: Sequence[bytes]) -> float:
    """Seconds for pyrage to encrypt `media`, one after another, to three recipients."""
    to = [pyrage.x25519.Identity.generate().to_public() for _ in range(3)]
    begun = time.perf_counter()
    for data in media:
        pyrage.encrypt(data, to)
    return time.perf_counter() - begun


def operator() -> Any:
    from maillon.access.queries import find_actor

    return find_actor(house="hotline", name="operator")
