"""Ours: the site as `maillon serve` starts it, an index of the same hashes, a partner's token."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np

from bench.home import Home
from bench.http.asker import Request
from bench.http.hashes import Hashes
from maillon.settings import Address

PACE = 1_000_000
PROCESSES = 2
HIT = '"entry"'
EVENTS = "SELECT count(*) FROM outbox_event WHERE kind = 'hashes_looked_up'"


@contextmanager
def served(home: Home, known: Hashes) -> Iterator[Address]:
    """The site, with an index of these hashes, for the length of the block. Needs Django loaded."""
    from bench.serving import served
    from maillon.matching.building import build
    from maillon.matching.changing import add

    folder = home.folder / "matching"
    folder.mkdir(exist_ok=True)
    add(folder, type="pdq", bank="bench", hashes=known.tobytes(), entries=np.arange(len(known)))
    build(folder, threads=2)
    settings = {"MAILLON_MATCHING": folder, "MAILLON_MATCH_PACE": PACE, "MAILLON_WEB_WORKERS": PROCESSES}
    with served({**home.environ, **{name: str(value) for name, value in settings.items()}}) as listen:
        yield listen


def requests(hashes: Sequence[str], each: int, token: str) -> list[Request]:
    """The hashes, `each` a request."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    return [
        {
            "path": "/api/v1/match",
            "headers": headers,
            "body": json.dumps({"hashes": [{"type": "pdq", "hash": one} for one in hashes[start : start + each]]}),
        }
        for start in range(0, len(hashes), each)
    ]


def made_token() -> str:
    """A partner's token to look hashes up. Needs Django loaded."""
    from django.conf import settings

    from maillon.access.queries import find_actor
    from maillon.access.services import add_organisation
    from maillon.access.tokens import make_token, token_key
    from maillon.kernel.clock import SystemClock

    by, at = find_actor(house="hotline", name="operator"), SystemClock().now()
    add_organisation(id="bench", kind="partner", name="Bench", by=by, at=at)
    key = token_key(settings.SECRET_KEY)
    made = make_token(organisation="bench", label="bench", rights=("match",), key=key, by=by, at=at)
    return made.text


def recorded(home: Home) -> int:
    """How many requests left an event."""
    with home.owner() as connection:
        found = connection.execute(EVENTS).fetchone()
    return int(str(found[0])) if found else 0
