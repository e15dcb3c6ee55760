"""`maillon arrivals`: what arrived is listed, answered and worked on by command."""

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from maillon.ops.cli import maillon, main
from tests.factories.inbox import a_coordinator, arrived, matter_with, row_of, state_of
from tests.factories.people import an_operator
from tests.factories.world import World

LETTER = {"sender_name": "a town hall", "received_at": "2026-03-02T09:00:00+01:00", "text": "See http://nl.test/b"}


def listed(*words: str) -> list[dict[str, Any]]:
    found = CliRunner().invoke(maillon, ["arrivals", "--as", a_coordinator().name, "--json", *words])
    assert found.exit_code == 0, found.output
    return list(json.loads(found.stdout))


def test_what_arrived_is_answered_and_its_matter_taken_closed_and_passed(world: World) -> None:
    first, second = arrived(world), arrived(world)
    other = arrived(world, "http://be.test/b")
    mine, theirs = (str(matter_with(id)["id"]) for id in (first, other))
    rows = listed(
        "--take", mine, "--acknowledge", str(first), "--refuse", str(second), "not for us", "--pass", theirs,
        "federal-police", "--close", mine, "nothing more to do",
    )  # fmt: skip
    assert {row["id"]: row["state"] for row in rows} == {
        str(first): "acknowledged", str(second): "refused", str(other): "waiting",
    }  # fmt: skip
    assert {row["matter"] for row in rows} == {mine, theirs}
    assert state_of(matter_with(first)["id"]) == ("closed", "", None)
    assert state_of(matter_with(other)["id"]) == ("passed", "", "federal-police")
    assert row_of(second)["reason"] == "not for us"


def test_a_letter_is_taken_down_from_a_file(world: World, tmp_path: Path) -> None:
    path = tmp_path / "letter.json"
    path.write_text(json.dumps({**LETTER, "severity": 4, "flags": ["imminent_danger"], "remark": "by post"}))
    [row] = listed("--letter", str(path))
    assert (row["kind"], row["sender"], row["severity"], row["flags"], row["state"]) == (
        "letter", "a town hall", 4, ["imminent_danger"], "waiting",
    )  # fmt: skip


def test_a_file_that_is_no_letter_is_a_mistake_that_names_it(world: World, tmp_path: Path, capsys: Any) -> None:
    path = tmp_path / "letter.json"
    for content in ("{", "[]", "{}", json.dumps({**LETTER, "received_at": "2026-03-02T09:00:00"}),
                    json.dumps({**LETTER, "loud": 1})):  # fmt: skip
        path.write_text(content)
        assert main(["arrivals", "--as", a_coordinator().name, "--letter", str(path)]) == 1
        assert "is no letter" in capsys.readouterr().err
    assert listed() == []


def test_who_may_not_see_what_arrived_is_refused(world: World) -> None:
    arrived(world)
    assert main(["arrivals", "--as", an_operator("authority").name]) == 1
