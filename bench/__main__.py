"""Measure figures and print them beside their goals; every result is a line in bench/results."""

import argparse
import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.figure import Figure, Measured, append, line
from bench.home import SOURCE, Home, installation
from bench.registry import FIGURES

RESULTS = Path(__file__).parent / "results"


def main() -> int:
    """Measure what was asked for; 1 where a bench itself failed. A goal that is not met is printed, not an error."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    names = [figure.name for figure in FIGURES]
    parser.add_argument("names", nargs="*", metavar="FIGURE", help=f"any of {', '.join(names)}")
    parser.add_argument("--figure", action="append", default=[], metavar="FIGURE", help="the same")
    parser.add_argument("--small", action="store_true", help="at a tiny size, to see that it runs; writes no results")
    parser.add_argument("--results", type=Path, help="where the results go (bench/results)")
    given = parser.parse_args()
    asked = {*given.names, *given.figure} or {figure.name for figure in FIGURES if not figure.on_request}
    if unknown := sorted(asked - set(names)):
        parser.error(f"{unknown[0]} is no figure; choose from {', '.join(names)}")
    wanted = [figure for figure in FIGURES if figure.name in asked]
    folder = given.results or (None if given.small else RESULTS)
    failed = False
    for group in dict.fromkeys(figure.group for figure in wanted):
        try:
            found = measure(group, "small" if given.small else "full")
        except subprocess.CalledProcessError as error:
            print(f"{group}: failed with exit code {error.returncode}", file=sys.stderr)
            failed = True
            continue
        for figure in wanted:
            if figure.name in found:
                report(figure, found[figure.name], folder)
    return int(failed)


def measure(group: str, size: str) -> dict[str, Measured]:
    """Measure a group in an installation and a process of its own."""
    print(f"{group} …", file=sys.stderr, flush=True)
    with installation() as home:
        return {told["figure"]: Measured(**told) for told in run_group(home, group, size)}


def run_group(home: Home, group: str, size: str) -> list[dict[str, Any]]:
    words = [sys.executable, "-m", "bench.group", group, size, str(home.folder)]
    done = subprocess.run(words, env=home.environ, cwd=SOURCE, check=True, stdout=subprocess.PIPE, text=True)
    return [json.loads(text) for text in done.stdout.splitlines()]


def report(figure: Figure, measured: Measured, folder: Path | None) -> None:
    result = line(figure, measured, datetime.now(UTC))  # noqa: TID251  (a bench is a door)
    if folder is not None:
        append(folder, result)
    mark, sign = ("met", "NOT MET")[not result["met"]], ("≥", "≤")[figure.lower]
    value = f"{result['value']:>10} {figure.unit}"
    print(f"{figure.name:<23}{value:<46} goal {sign} {figure.goal:<6} {mark}", flush=True)
    for name, told in (("peer", result["peer"]), ("settings", result["settings"])):
        print(f"    {name}: {json.dumps(told, ensure_ascii=False)}")


if __name__ == "__main__":
    sys.exit(main())
