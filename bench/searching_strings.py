"""Search beside `threatexchange`'s PDQIndex alone: `search_by_string`, `search_bulk`, `search_build`.

By string means one hexadecimal string a call, as that index is used, from two threads of Python's on both sides.
"""

import os
from collections.abc import Iterator

from bench.figure import Measured
from bench.home import Home
from bench.search.against import (
    BULK,
    NO_PEERS,
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
from bench.search.runs import Told

PDQ_INDEX = "threatexchange:Pdq"


def measure(home: Home, size: str) -> Iterator[Measured]:
    python = peers_python(size)
    rows: dict[str, Told] = {}
    tolds: list[Told] = []
    for at in sizes(size):
        data = data_at(home.folder, at)
        batch = min(BULK, at.queries)
        strings, arrays = ours_measured("Strings", data, at), ours_measured("Arrays", data, at, batch)
        tolds = peers_measured(python, data, at, tolds, PDQ_INDEX) if python else [ours_measured("Scan", data, at)]
        rows[f"{at.n:.0e}"] = {told["name"]: row(told) for told in [strings, arrays, *tolds]}
    best = quickest(tolds)
    peer = {"what": best["name"], **row(best)}
    told = {
        "n": at.n,
        "radius": 31,
        "queries": at.queries,
        "threads": 2,
        "versions": versions(tolds),
        **({} if python else {"peers": NO_PEERS}),
        "load": round(os.getloadavg()[0], 1),
    }
    yield Measured(
        figure="search_by_string",
        value=rate(strings) / rate(best),
        peer=peer,
        settings={**told, "a_second": round(rate(strings)), "all": rows},
    )
    yield Measured(
        figure="search_bulk",
        value=rate(arrays, 2, batch) / rate(best),
        peer=peer,
        settings={**told, "queries_a_call": batch, "a_second": round(rate(arrays, 2, batch))},
    )
    index = {"index_s": round(strings["build_seconds"], 2), "of_index": "journal, file, checked and opened, durable"}
    yield Measured(
        figure="search_build",
        value=best["build_seconds"] / arrays["build_seconds"],
        peer=peer,
        settings={**told, "build_s": round(arrays["build_seconds"], 3), **index},
    )
