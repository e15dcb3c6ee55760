"""The register of what went abroad: the copies that police and justice get, by period and country, to take away."""

from datetime import timedelta

import pytest

from maillon.kernel.clock import brussels_day
from maillon.outbox.acting import Actor
from tests.factories.chain import assessed, events, reported, says
from tests.factories.decisions import a_magistrate
from tests.factories.people import a_person, a_police_officer
from tests.factories.world import World
from tests.web.browser import signed_in


def a_coordinator() -> Actor:
    return a_person("coordinator-1", "police_coordinator", "federal-police", "authority")


@pytest.fixture
def sent(world: World) -> World:
    """One item went to a hotline in the Netherlands, one to Germany and was called back, one to the police alone."""
    for country in ("nl", "de", "be"):
        item = reported(world, f"http://{country}.test/{country}")
        world.drain()
        assessed(world, item, says("A", severity=4))
        world.drain()
        if country == "de":
            assessed(world, item, says("N"))
            world.drain()
    return world


def shown(query: str = "") -> str:
    answer = signed_in(a_coordinator()).get(f"/register/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_what_went_abroad_is_registered_and_nothing_else(sent: World) -> None:
    page = shown()
    assert page.count('<tr role="row">') == 3  # with the heading
    assert "Netherlands" in page
    assert "be.test" not in page
    assert page.index("de.test") < page.index("nl.test")
    assert "called back" in page


def test_it_is_filtered_by_period_and_country(sent: World) -> None:
    day = brussels_day(sent.now)
    assert "de.test" not in shown("?country=NL")
    assert "nl.test" in shown(f"?since={day}&until={day}")
    assert "There is none" in shown(f"?since={day + timedelta(days=1)}")
    assert signed_in(a_coordinator()).get("/register/?since=soon").status_code == 404


def test_it_is_taken_out_for_a_reason_that_stays(sent: World) -> None:
    client = signed_in(a_coordinator())
    assert client.post("/register/export/", {"reason": ""}).status_code == 422
    answer = client.post("/register/export/", {"reason": "a yearly report", "country": "NL"})
    assert answer["Content-Type"].startswith("text/csv")
    head, line = answer.content.decode().splitlines()
    assert head.split(",")[:4] == ["day", "country", "partner", "severity"]
    assert line.split(",")[1] == "NL"
    [trace] = events("listed", house="authority")
    assert (trace["actor"], trace["body"]["what"], trace["body"]["count"]) == ("coordinator-1", "register", 1)


def test_only_its_readers_see_it(world: World) -> None:
    assert signed_in(a_police_officer()).get("/register/").status_code == 403
    assert signed_in(a_magistrate(office="federal-prosecutor")).get("/register/").status_code == 200
