"""A figure to be measured: its goal, and what one measurement of it came to."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Figure:
    """What is measured by `group` (a module here) and held against `goal`; `lower` is better where it is set.

    One that is `on_request` takes much time or memory: it is measured only where its name is given.
    """

    name: str
    group: str
    issue: int
    unit: str
    goal: float
    lower: bool = False
    on_request: bool = False

    def met(self, value: float) -> bool:
        return value <= self.goal if self.lower else value >= self.goal


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One measurement. `peer` says what it was held against and what that came to, or is None."""

    figure: str
    value: float
    peer: dict[str, Any] | None
    settings: dict[str, Any]


def line(figure: Figure, measured: Measured, at: datetime) -> dict[str, Any]:
    """The measurement as it stands in bench/results."""
    told = asdict(measured)
    return {
        "issue": figure.issue,
        "figure": figure.name,
        "value": float(f"{measured.value:.4g}"),
        "unit": figure.unit,
        "goal": figure.goal,
        "met": figure.met(measured.value),
        "peer": told["peer"],
        "settings": told["settings"],
        "at": at.isoformat(timespec="seconds"),
    }


def append(folder: Path, result: dict[str, Any]) -> None:
    """Add the line to the figure's own file."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{result['figure']}.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(result, ensure_ascii=False) + "\n")
