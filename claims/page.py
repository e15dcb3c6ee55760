"""docs/claims.md: each promise, its last measurement, and how to repeat it."""

import json
from pathlib import Path
from typing import Any

from claims.registry import CLAIMS, Claim

PAGE = Path(__file__).parents[1] / "docs" / "claims.md"
HEAD = """# Promises, measured

Drawn from `claims/results` by `make claims`; do not edit. Every promise has a short form among the tests, which runs
with every change, and a long one, which runs by itself. A figure that falls short stands here as it is.
"""


def draw(results: Path) -> None:
    """Write the page from the last line of each claim's file."""
    PAGE.write_text("\n".join([HEAD, *(section(claim, last(results, claim.name)) for claim in CLAIMS)]))


def last(results: Path, name: str) -> dict[str, Any] | None:
    file = results / f"{name}.jsonl"
    return json.loads(file.read_text().splitlines()[-1]) if file.exists() else None


def section(claim: Claim, result: dict[str, Any] | None) -> str:
    """One promise as a section."""
    lines = [f"## {claim.name}", "", claim.promise, ""]
    if result is None:
        lines += ["Not measured at full length yet.", ""]
    else:
        lines += ["| | |", "|---|---|", *(f"| {said(name)} | {told(value)} |" for name, value in result.items()), ""]
    return "\n".join([*lines, f"Short form: `{claim.short}`. Long form: `make claims CLAIM={claim.name}`.", ""])


def said(name: str) -> str:
    return name.replace("_", " ")


def told(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{said(key)} {one}" for key, one in value.items()) or "none"
    return f"{value:,}" if type(value) is int else str(value)
