"""The commands about procedures, requests and orders: what an operator and the police do without a page."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from maillon.kernel.clock import SystemClock
from maillon.ops.cli import maillon, main
from tests.factories.decisions import OFFICE, a_magistrate, a_request, an_order, an_organisation, another_item, state_of
from tests.factories.people import a_police_officer
from tests.factories.world import World

OFFICER = ("--as", "officer-1")


def run(*words: str) -> Result:
    return CliRunner().invoke(maillon, words, catch_exceptions=False)


def listed(*words: str) -> list[dict[str, Any]]:
    return list(json.loads(run(*words, "--json").stdout))


def test_from_a_procedure_to_a_measure_and_its_document(world: World, tmp_path: Path) -> None:
    a_police_officer()
    a_magistrate()
    world.clock.at = SystemClock().now()
    item = another_item(world)
    days = ("--agreed", "2018-01-01", "--from", "2018-01-01", "--source", "agreed for the test")
    run("procedures", "record", "--kind", "removal", "--name", "Removal", *days)
    (procedure,) = listed("procedures", "list")
    assert (procedure["kind"], procedure["parties"], procedure["valid_until"]) == (
        "removal", ["justice", "hotline", "providers"], None,
    )  # fmt: skip
    asked = ("--kind", "removal", "--office", OFFICE, "--language", "fr", "--reasons", "as assessed")
    run("requests", "ask", str(item), *asked, *OFFICER)
    (request,) = listed("requests", "list", *OFFICER)
    assert (request["state"], request["item"]) == ("requested", str(item))
    given, until = SystemClock().now(), SystemClock().now() + timedelta(days=2)
    said = ("--magistrate", a_magistrate().name, "--words", "Yes.")
    run("orders", "approve", request["id"], *said, "--given", given.isoformat(), "--until", until.isoformat(), *OFFICER)
    (order,) = listed("orders", "list", *OFFICER)
    assert (order["form"], order["state"], order["words"]) == ("verbal", "provisional", "Yes.")
    measured = run("orders", "measure", order["id"], an_organisation("hoster-1"), *OFFICER).output
    measure = measured.split()[1].rstrip(":")
    run("orders", "answer", measure, "done", "--words", "told by telephone", *OFFICER)
    assert state_of("measure", measure) == "done"  # type: ignore[arg-type]
    world.clock.at = SystemClock().now()
    written = an_order(world, request["id"])
    assert listed("orders", "list", *OFFICER)[0]["measures"] == ["hoster-1: done"]
    paper = tmp_path / "order.pdf"
    run("orders", "document", str(written), "--output", str(paper), *OFFICER)
    assert paper.read_bytes().startswith(b"%PDF")
    assert paper.stat().st_mode & 0o077 == 0
    run("procedures", "end", procedure["id"], "--on", "2098-01-01", "--reason", "replaced")
    assert listed("procedures", "list")[0]["valid_until"] == "2098-01-01"


def test_requests_are_listed_urgent_first_page_by_page(world: World) -> None:
    a_police_officer()
    calm = sorted(a_request(world, another_item(world)) for _ in range(2))  # made at one moment
    urgent = a_request(world, another_item(world), urgent=True)
    found, after = [], tuple[str, ...]()
    while page := listed("requests", "list", "--limit", "1", *after, *OFFICER):
        found += [row["id"] for row in page]
        after = ("--after", found[-1])
    assert found == [str(urgent), *map(str, calm)]


def test_a_request_is_withdrawn_and_a_mistake_is_one_line(world: World) -> None:
    a_police_officer()
    a_magistrate()
    item = another_item(world)
    asked = ["--kind", "removal", "--office", OFFICE, "--language", "nl", "--reasons", "as assessed", *OFFICER]
    run("requests", "ask", str(item), *asked)
    assert main(["requests", "ask", str(item), *asked]) == 1
    (request,) = listed("requests", "list", *OFFICER)
    run("requests", "withdraw", request["id"], "--reason", "a mistake", *OFFICER)
    assert listed("requests", "list", *OFFICER) == []
    assert main(["requests", "list"]) == 1  # the operator may not
    moment = ["--given", "yesterday", "--until", "tomorrow", "--magistrate", "x", "--words", "y"]
    assert main(["orders", "approve", request["id"], *moment, *OFFICER]) == 1
