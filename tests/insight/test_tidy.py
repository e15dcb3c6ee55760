"""The figures as one table: every number once, each with what it means."""

import csv
from io import StringIO
from typing import Any

import pytest
from click.testing import CliRunner

from maillon.insight.figures import figures
from maillon.insight.tidy import as_csv, lines
from maillon.ops.commands import figures as command
from tests.factories.chain import assessed, reported, says
from tests.factories.people import a_manager, an_operator
from tests.factories.world import World


@pytest.fixture
def found(world: World) -> dict[str, Any]:
    item = reported(world)
    reported(world, "http://nl.test/b", remark="more")
    world.drain()
    assessed(world, item, says("A"))
    world.drain()
    return figures(year=2026, by=a_manager())


def numbers(value: Any) -> int:
    """How many numbers, or gaps of a number, stand in a part of the figures."""
    if isinstance(value, dict):
        return sum(numbers(part) for part in value.values())
    if isinstance(value, list):
        return sum(numbers(part) for part in value)
    return value is None or isinstance(value, int)


def test_every_number_is_a_line_of_its_own(found: dict[str, Any]) -> None:
    parts = {name: part for name, part in found.items() if name not in ("year", "definitions")}
    told = list(lines(found))
    assert len(told) == numbers(parts)
    assert len({(line.figure, line.dimension) for line in told}) == len(told)
    assert all(line.definition for line in told)


def test_a_line_says_which_part_of_which_figure(found: dict[str, Any]) -> None:
    told = {(line.figure, line.dimension): line.value for line in lines(found)}
    assert told["reports", ""] == told["by_month.reports", "2026-03"] == 2
    assert told["by_month.illegal", "2026-03"] == told["by_outcome", "illegal"] == told["by_country.items", "BE"] == 1
    assert told["times.count", "settled"] == 1


def test_the_table_can_be_read_back(found: dict[str, Any]) -> None:
    rows = list(csv.DictReader(StringIO(as_csv(found))))
    assert list(rows[0]) == ["figure", "dimension", "value", "definition"]
    assert [tuple(row.values()) for row in rows] == [
        (line.figure, line.dimension, "" if line.value is None else str(line.value), line.definition)
        for line in lines(found)
    ]
    assert any(row["value"] == "" for row in rows)


def test_the_command_prints_the_same(found: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("maillon.ops.options.prepare", lambda installation: None)
    printed = CliRunner().invoke(command.command, ["--year", "2026", "--csv"], catch_exceptions=False)
    assert printed.stdout_bytes.decode() == as_csv(figures(year=2026, by=an_operator()))
