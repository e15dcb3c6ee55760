"""What a partner's program sends is stored once, and it learns what became of it and of nothing else."""

import json
from pathlib import Path
from typing import Any

import pytest

from maillon.access.tokens import revoke_token
from maillon.api.v1 import PACE
from maillon.hotline.intake.following import OUTCOMES
from maillon.items.demands import demand_clearance
from maillon.kernel.clock import SystemClock
from tests.api.partner import Program, a_report, a_token
from tests.factories.chain import assessed, read, says
from tests.factories.people import a_senior, an_operator, cleared
from tests.factories.world import World, a_world


@pytest.fixture
def program(houses: None) -> Program:
    PACE.forget()
    return Program(a_token())


@pytest.fixture
def today(houses: None, tmp_path: Path) -> World:
    """A world at the moment of the API, which asks the machine's clock."""
    return a_world(tmp_path / "outbox", SystemClock().now())


def answered(response: Any, status: int) -> list[tuple[str, str]]:
    assert response.status_code == status, response.content
    return [(row["reference"], row["status"]) for row in json.loads(response.content)["reports"]]


def stored() -> list[str]:
    return [row["reference"] for row in read("SELECT reference FROM intake_report ORDER BY reference")]


def test_one_report_or_many_are_stored_under_the_organisation(program: Program) -> None:
    assert answered(program.send(a_report()), 201) == [("A-1", "created")]
    many = [
        a_report("A-2", remark="seen", stated=["minor"]),
        a_report("A-3", url="", locations=["http://be.test/b", "x:y"]),
    ]
    del many[1]["url"]
    assert answered(program.send(many, key="key-2"), 201) == [("A-2", "created"), ("A-3", "created")]
    assert stored() == ["partner-a:A-1", "partner-a:A-2", "partner-a:A-3"]
    found = read("SELECT * FROM intake_report WHERE reference = 'partner-a:A-2'")[0]
    assert (found["channel"], found["organisation"], found["language"], found["remark"], found["stated"]) == (
        "partner", "partner-a", "fr", "seen", ["minor"],
    )  # fmt: skip
    assert read("SELECT locations FROM intake_report WHERE reference = 'partner-a:A-3'")[0]["locations"] == (
        "http://be.test/b\nx:y"
    )


def test_the_same_request_again_gets_the_same_answer_and_stores_nothing(program: Program) -> None:
    first, again = program.send([a_report(), a_report("A-2")]), program.send([a_report(), a_report("A-2")])
    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert len(stored()) == 2


def test_a_key_that_was_used_with_another_body_is_a_conflict(program: Program) -> None:
    program.send(a_report())
    refusal = program.send(a_report(remark="more"))
    assert refusal.status_code == 409
    assert json.loads(refusal.content)["type"] == "urn:maillon:problem:idempotency-key-reused"
    assert answered(Program(a_token("partner-b")).send(a_report()), 201) == [("A-1", "created")]


def test_a_report_sent_before_is_known_and_one_with_another_content_stands_as_it_was(program: Program) -> None:
    program.send(a_report(remark="first"))
    assert answered(program.send(a_report(remark="first"), key="k2"), 200) == [("A-1", "known")]
    mixed = [a_report(remark="other"), a_report("A-9")]
    assert answered(program.send(mixed, key="k3"), 201) == [("A-1", "conflict"), ("A-9", "created")]
    assert read("SELECT remark FROM intake_report WHERE reference = 'partner-a:A-1'") == [{"remark": "first"}]


def test_of_a_batch_in_which_one_report_is_wrong_nothing_is_stored(program: Program) -> None:
    later = "2199-01-01T00:00:00Z"
    for wrong in (a_report("A-2", language="?"), a_report("A-2", received_at=later), a_report("A-2", url="\x00")):
        assert program.send([a_report(), wrong]).status_code == 422
        assert stored() == []
    assert answered(program.send([a_report(), a_report("A-2")]), 201)


def test_a_thousand_reports_are_one_batch(program: Program) -> None:
    many = [a_report(f"A-{n}", url=f"http://be.test/{n}") for n in range(1000)]
    assert {status for _, status in answered(program.send(many), 201)} == {"created"}
    assert len(stored()) == 1000


def test_a_revoked_token_reports_no_more(program: Program) -> None:
    (token,) = read("SELECT id FROM access_token")
    revoke_token(id=token["id"], by=an_operator(), at=SystemClock().now())
    assert program.send(a_report()).status_code == 401
    assert stored() == []


def outcome(program: Program, reference: str = "A-1") -> str:
    response = program.ask(reference)
    assert response.status_code == 200, response.content
    found = json.loads(response.content)
    assert set(found) == {"reference", "received_on", "outcome"}
    assert found["outcome"] in OUTCOMES
    return str(found["outcome"])


def test_a_partner_learns_what_became_of_its_report_whatever_clearance_it_demands(
    program: Program, today: World
) -> None:
    program.send([a_report(), a_report("A-2", url="nowhere to be found")])
    assert outcome(program) == "received"
    today.wait(seconds=1)
    today.drain()
    assert (outcome(program), outcome(program, "A-2")) == ("being_looked_at", "unclear")
    (item,) = read("SELECT id FROM items_item")
    keeper = cleared(a_senior(), "restricted")
    demand_clearance(item_id=item["id"], label="restricted", reason="a test", by=keeper, at=today.now)
    assert read("SELECT demands FROM intake_report WHERE reference = 'partner-a:A-1'") == [{"demands": ["restricted"]}]
    assert outcome(program) == "being_looked_at"
    assessed(today, item["id"], says("A"), keeper)
    today.drain()
    assert outcome(program) == "passed_on"
    assert answered(program.send(a_report(), key="again"), 200) == [("A-1", "known")]


def test_a_foreign_report_cannot_be_told_from_a_missing_one(program: Program) -> None:
    program.send(a_report())
    other = Program(a_token("partner-b"))
    foreign, missing = other.ask("A-1"), other.ask("A-2")
    assert (foreign.status_code, foreign.content) == (missing.status_code, missing.content) == (404, missing.content)
    for trick in ("partner-a:A-1", "%70artner-a:A-1", "'; --", "A-1%00", "%FF"):
        assert other.ask(trick).status_code == 404


def test_the_api_tells_nobody_of_the_house(program: Program) -> None:
    response = program.send(a_report())
    assert "Set-Cookie" not in response
    assert response["Cache-Control"] == "no-store"
