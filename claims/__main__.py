"""Measure the promises, one after another: each result is a line in claims/results; docs/claims.md is drawn anew."""

import argparse
import json
import math
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from claims.page import draw
from claims.registry import CLAIMS, named

RESULTS = Path(__file__).parent / "results"


def main() -> int:
    """1 where a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m claims", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="CLAIM", help=f"any of {', '.join(c.name for c in CLAIMS)}")
    parser.add_argument("--small", action="store_true", help="at a tiny size, to see that it runs; writes no results")
    parser.add_argument("--minutes", type=float, default=math.inf, help="stop each claim after so long, and say so")
    given = parser.parse_args()
    if unknown := sorted(set(given.names) - {claim.name for claim in CLAIMS}):
        parser.error(f"{unknown[0]} is no claim")
    broken = 0
    for claim in named(given.names):
        result = claim.measure("small" if given.small else "full", given.minutes, progress)
        broken += result["broken"]
        print(f"{claim.name}: {result['broken']} broken; {json.dumps(result, ensure_ascii=False)}")
        if not given.small:
            keep(claim.name, result)
    if not given.small:
        draw(RESULTS)
    return int(broken > 0)


def progress(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def keep(name: str, result: dict[str, Any]) -> None:
    """Add the result to the claim's own file."""
    RESULTS.mkdir(exist_ok=True)
    at = datetime.now(UTC).isoformat(timespec="seconds")  # noqa: TID251  (a measurement is a door)
    with (RESULTS / f"{name}.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps({"claim": name, **result, "at": at}, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    sys.exit(main())
