"""`http_match`: hashes looked up a second over HTTP, beside Hasher-Matcher-Actioner's lookup.

Both are asked on loopback by a process of their own, the same random hashes of which some were planted near known ones,
at the best of several numbers of connections. Hasher-Matcher-Actioner takes one hash a request: `/m/raw_lookup` with
distances, the quickest it has. Ours takes many, and records one event for each request. Both must find the same.
`BENCH_HASHES` says how many hashes are known, where not a million.
"""

import os
from collections.abc import Iterator, Sequence
from typing import Any

from bench.figure import Measured
from bench.home import Home
from bench.http import hma, ours
from bench.http.asker import Asked, Asker, asker
from bench.http.hashes import Hashes, made

KNOWN = {"full": 1_000_000, "small": 2_000}
ASKED = {"full": 200_000, "small": 2_000}
SAMPLE = {"full": 1_000, "small": 200}
"""Hashes that the peer is asked in a round, and ours beside, to see that both find the same."""
REQUESTS = {"full": (1_000, 10_000), "small": (500,)}
"""Hashes in one request of ours."""
CONNECTIONS = {"full": (2, 4), "small": (2,)}
ROUNDS = {"full": 3, "small": 1}
ALONE = "left out: PEERS_HMA names no clone of Hasher-Matcher-Actioner; held against our own, one hash a request"
Found = dict[str, Asked]


def measure(home: Home, size: str) -> Iterator[Measured]:
    from maillon.ops.installation import load_django

    load_django()
    source = hma.source()
    if source is None and size != "small":
        raise SystemExit("PEERS_HMA names no clone of Hasher-Matcher-Actioner; bench/http/hma.py says how to get it.")
    known, hashes = made(int(os.environ.get("BENCH_HASHES", KNOWN[size])), ASKED[size])
    sample = hashes[: SAMPLE[size]]
    with asker(home) as asking:
        peer = hma.Hma(home, source) if source else None
        theirs = asked_of_peer(peer, asking, known, sample, size) if peer else {}
        own, checked = asked_of_ours(home, asking, known, hashes, sample, size)
    answered = checked.requests + sum(one.requests for one in own.values())
    if (events := ours.recorded(home)) != answered:
        raise SystemExit(f"{answered} requests were answered, and {events} events recorded")
    if differ := {name: one.hits for name, one in theirs.items() if one.hits != checked.hits}:
        raise SystemExit(f"of the same hashes ours found {checked.hits} hits and the peer {differ}")
    best, beside = quickest(own), quickest(theirs or {ALONE: checked})
    rate = (theirs or {ALONE: checked})[beside]
    yield Measured(
        figure="http_match",
        value=own[best].rate / rate.rate,
        peer={
            "what": f"Hasher-Matcher-Actioner, /m/raw_lookup, gunicorn: {beside}" if peer else ALONE,
            "value": round(rate.rate),
            "unit": "hashes/s",
            "all": {name: round(one.rate) for name, one in theirs.items()},
            "load_generator": rate.load_generator,
            **(peer.told if peer else {}),
        },
        settings={
            "n": len(known),
            "radius": 31,
            "hashes_per_second": round(own[best].rate),
            "at": best,
            "all": {name: round(one.rate) for name, one in own.items()},
            "server": f"granian, as maillon serve starts it, {ours.PROCESSES} processes",
            "events": "one of each request, durable",
            "pace": f"{ours.PACE} hashes a second",
            "hits_of_the_sample": checked.hits,
            "rounds": ROUNDS[size],
            "of_rounds": "best",
            "load_generator": own[best].load_generator,
            "load": round(os.getloadavg()[0], 1),
        },
    )


def quickest(found: Found) -> str:
    return max(found, key=lambda name: found[name].rate)


def asked_of_peer(peer: hma.Hma, asking: Asker, known: Hashes, sample: Sequence[str], size: str) -> Found:
    """What came of the sample, one hash a request, by how it is run and connections."""
    from maillon.ops.serve import free_address

    peer.fill(known)
    found: Found = {}
    for name, way in hma.WAYS.items():
        listen = free_address("127.0.0.1")
        with peer.served(listen, way):
            for n in CONNECTIONS[size]:
                given: dict[str, Any] = {"each": 1, "connections": n, "rounds": ROUNDS[size], "kept": way.kept}
                found[f"{name}, {n} connections"] = asking.ask(listen, hma.requests(sample), count=hma.HIT, **given)
    return found


def asked_of_ours(
    home: Home, asking: Asker, known: Hashes, hashes: Sequence[str], sample: Sequence[str], size: str
) -> tuple[Found, Asked]:
    """What came of all hashes, by hashes a request and connections; and of the sample, one hash a request."""
    token = ours.made_token()
    found: Found = {}
    with ours.served(home, known) as listen:
        singles = ours.requests(sample, 1, token)
        checked = asking.ask(listen, singles, each=1, connections=2, rounds=1, kept=True, count=ours.HIT)
        for each in REQUESTS[size]:
            asked = ours.requests(hashes, each, token)
            for n in CONNECTIONS[size]:
                found[f"{each} a request, {n} connections"] = asking.ask(
                    listen, asked, each=each, connections=n, rounds=ROUNDS[size], kept=True, count=ours.HIT
                )
    return found, checked
