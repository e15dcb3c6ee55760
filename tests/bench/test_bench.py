"""Every bench runs end to end at a tiny size and says what it measured; how fast is not asked here."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bench.figure import Figure, Measured, line
from bench.registry import FIGURES

KEYS = {"issue", "figure", "value", "unit", "goal", "met", "peer", "settings", "at"}
GROUPS = list(dict.fromkeys(figure.group for figure in FIGURES))
MAKES_THE_DEMO_WORLD = "first_page"  # minutes; `make bench` runs it
QUICK = ("handing", "vaulting")  # the others are long, each for the installation that it makes


@pytest.mark.parametrize(
    "group",
    [
        group if group in QUICK else pytest.param(group, marks=pytest.mark.long)
        for group in GROUPS
        if group != MAKES_THE_DEMO_WORLD
    ],
)
def test_a_bench_writes_a_line_for_each_of_its_figures(group: str, tmp_path: Path) -> None:
    names = [figure.name for figure in FIGURES if figure.group == group]
    words = [sys.executable, "-m", "bench", *names, "--small", "--results", str(tmp_path)]
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(["src", os.environ.get("PYTHONPATH", "")])}
    subprocess.run(words, check=True, env=environ, stdout=subprocess.DEVNULL)
    for name in names:
        (text,) = (tmp_path / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
        told = json.loads(text)
        assert set(told) == KEYS
        assert told["value"] > 0 or (told["goal"] == 0 and told["met"])


@pytest.mark.parametrize(
    ("lower", "value", "met"), [(False, 2, True), (False, 1.9, False), (True, 2, True), (True, 2.1, False)]
)
def test_a_goal_is_met_from_its_own_side(lower: bool, value: float, met: bool) -> None:
    figure = Figure(name="a", group="b", issue=2, unit="s", goal=2, lower=lower)
    told = line(figure, Measured(figure="a", value=value, peer=None, settings={}), datetime(2026, 3, 3, tzinfo=UTC))
    assert (told["met"], told["value"]) == (met, value)
