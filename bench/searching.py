"""Search over 10⁶ and 10⁷ random hashes beside every peer: `search_in_order`, `search_in_batches`, `search_latency`,
`search_memory`.

Each searcher has a process of its own and the same files. All of each peer's variants are tried at 10⁶, the quickest
at 10⁷. A peer's queries are timed in calls as large as the time allows, ours in calls of the size that is stated.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from bench.figure import Measured
from bench.home import Home
from bench.search.against import (
    BULK,
    FEW,
    IN_ORDER,
    LARGE,
    NO_PEERS,
    Size,
    data_at,
    ours_measured,
    peers_measured,
    peers_python,
    quickest,
    rate,
    row,
    sizes,
    versions,
)
from bench.search.runs import Told, measured, offered

LIKE_LIFE = ("pictures", "clusters")
"""Sets of hashes that are alike, on which ours is held against the quickest peer of the first size once more."""


def measure(home: Home, size: str) -> Iterator[Measured]:
    python = peers_python(size)
    rows: dict[str, Told] = {}
    tolds: list[Told] = []
    sets: dict[str, Told] = {}
    for at in sizes(size):
        data = data_at(home.folder, at)
        batches = [min(batch, at.queries) for batch in (FEW, IN_ORDER, BULK, LARGE)]
        arrays = ours_measured("Arrays", data, at, *batches)
        own = [ours_measured("Kept", data, at, *batches), ours_measured("Scan", data, at)]
        tolds = peers_measured(python, data, at, tolds, "") if python else []
        rows[f"{at.n:.0e}"] = {told["name"]: row(told) for told in [arrays, *own, *tolds]}
        sets = sets or {name: on_set(home, at, name, tolds, python) for name in LIKE_LIFE}
    best = quickest(tolds or own)
    told = {
        "n": at.n,
        "radius": 31,
        "queries": at.queries,
        "planted": "1 % at 0…31, 1 % at 32…40",
        "threads": 2,
        "versions": versions(tolds),
        **({} if python else {"peers": NO_PEERS}),
        "load": round(os.getloadavg()[0], 1),
    }
    peer = {"what": best["name"], **row(best)}
    for figure, batch, more in (
        ("search_in_order", batches[1], {"all": rows, "sets": sets}),
        ("search_in_batches", batches[3], {}),
    ):
        a_second = rate(arrays, 2, batch)
        yield Measured(
            figure=figure,
            value=a_second / rate(best),
            peer=peer,
            settings={**told, "queries_a_call": batch, "a_second": round(a_second), **more},
        )
    prompt = min(
        (t for t in tolds or own if t.get("complete") and t["recall"] == 1), key=lambda t: t["latency"]["median"]
    )
    yield Measured(
        figure="search_latency",
        value=prompt["latency"]["median"] / arrays["latency"]["median"],
        peer={"what": prompt["name"], **row(prompt)},
        settings={**told, **{name: round(value, 1) for name, value in arrays["latency"].items()}},
    )
    yield Measured(
        figure="search_memory",
        value=arrays["bytes_per_hash"],
        peer={"what": best["name"], "value": round(best["bytes_per_hash"], 1), "unit": "bytes a hash"},
        settings={
            **told,
            "of_arrays": arrays["own_bytes_per_hash"],
            "of_file_with_entries": own[0].get("own_bytes_per_hash"),
        },
    )


def on_set(home: Home, at: Size, name: str, tolds: list[Told], python: Path | None) -> Told:
    """Queries in order over another set, and the rows it comes from; a peer may miss what its k leaves out."""
    data = data_at(home.folder, at, name)
    arrays = ours_measured("Arrays", data, at, IN_ORDER)
    if python is None:
        return {arrays["name"]: row(arrays)}
    best = quickest(tolds)
    jobs = [
        job for job in offered(python, seconds=at.seconds, build_seconds=at.build_seconds) if job.name == best["name"]
    ]
    peers = [measured(job, data, python) for job in jobs]
    return {"n": at.n, **{told["name"]: row(told) for told in [arrays, *peers]}}
