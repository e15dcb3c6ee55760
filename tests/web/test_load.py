"""The load: what hurts first on top, why each is late, and what a manager changes by hand, with a reason."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.urls import reverse

from maillon.hotline.analysis.claiming import claim
from maillon.hotline.analysis.overriding import override_urgency
from maillon.outbox.acting import Actor
from tests.factories.chain import a_case, case_of, events, read, reported
from tests.factories.people import a_manager, a_person, a_senior, an_analyst
from tests.factories.world import World
from tests.web.browser import Page, signed_in


@pytest.fixture
def late(world: World) -> dict[str, UUID]:
    """Three late cases: one waiting, one that needs a second opinion, one in dispute made the most urgent."""
    found = {
        "waiting": reported(world, "http://nl.test/waiting"),
        "second_opinion": a_case(world, in_state="second_opinion", text="http://de.test/second"),
        "disputed": a_case(world, in_state="disputed", text="http://fr.test/disputed"),
    }
    world.drain()
    case = case_of(found["disputed"])["id"]
    override_urgency(case_id=case, urgency=1, reason="somebody is in danger", by=a_manager(), at=world.now)
    return found


def page(who: Actor | None = None) -> str:
    return signed_in(who or a_manager()).get(reverse("load")).content.decode()


def posted(name: str, item: UUID, who: Actor | None = None, **given: str) -> Any:
    return signed_in(who or a_manager()).post(reverse(name, args=[item]), given)


def test_what_hurts_first_stands_first(late: dict[str, UUID]) -> None:
    part = page().split('id="late-referrals"')[0]
    sites = re.findall(r'scope="row"[^>]*><a href="[^"]*">([^<]+)<', part)
    assert sites[0] == "fr.test"
    assert sorted(sites) == ["de.test", "fr.test", "nl.test"]


def test_it_says_why_each_is_late(late: dict[str, UUID]) -> None:
    html = page()
    for words in ("nobody has given an opinion yet", "no second person", "no senior analyst has decided"):
        assert words in html
    assert "Working assumption" in html  # the rule with its basis


def test_who_holds_a_case_is_named(late: dict[str, UUID]) -> None:
    now = datetime.now(UTC)  # noqa: TID251 - the page's own clock
    claim(case_id=case_of(late["waiting"])["id"], by=an_analyst(7), at=now)
    html = page()
    assert "somebody is at it" in html
    assert html.count("analyst-7") >= 2


def test_the_sums_are_those_of_the_rows(late: dict[str, UUID]) -> None:
    numbers = re.findall(r"<dd>(\d+)</dd>", page())
    (row,) = read("SELECT count(*) AS n FROM analysis_case WHERE state <> 'settled'")
    assert numbers[:2] == [str(row["n"]), "3"]


def test_without_a_case_nothing_is_late(houses: None) -> None:
    html = page()
    assert "No case is late" in html
    assert "No referral is late" in html


def test_a_director_sees_the_load_and_changes_nothing(late: dict[str, UUID]) -> None:
    director = a_person("director-1", "director")
    html = page(director)
    assert "fr.test" in html
    assert "/items/" not in html
    assert posted("override_urgency", late["waiting"], director, urgency="1", reason="x").status_code == 403


def test_an_analyst_does_not_see_it(houses: None) -> None:
    assert signed_in(an_analyst()).get(reverse("load")).status_code == 403
    assert signed_in(a_senior()).get(reverse("load")).status_code == 403


def test_a_manager_gives_another_term_with_a_reason(late: dict[str, UUID]) -> None:
    day = f"{datetime.now(UTC) + timedelta(days=2):%Y-%m-%d}"  # noqa: TID251 - the page's own clock
    response = posted("override_term", late["waiting"], day=day, time="16:00", reason="the translator is ill")
    assert response["Location"] == reverse("load")
    assert f"{case_of(late['waiting'])['due_at']:%Y-%m-%d}" == day
    event = events("case_overridden")[-1]
    assert (event["actor"], event["body"]["what"], event["body"]["reason"]) == (
        "manager-1",
        "term",
        "the translator is ill",
    )
    html = page()
    assert "the translator is ill" in html
    assert "no longer late" not in html
    assert "nobody has given an opinion yet" not in html


def test_a_manager_sets_the_urgency(late: dict[str, UUID]) -> None:
    posted("override_urgency", late["waiting"], urgency="2", reason="the press asks")
    assert case_of(late["waiting"])["urgency"] == 2
    assert "the press asks" in page()


def test_a_manager_takes_a_claim_back(late: dict[str, UUID]) -> None:
    now = datetime.now(UTC)  # noqa: TID251 - the page's own clock
    claim(case_id=case_of(late["waiting"])["id"], by=an_analyst(), at=now)
    shown = signed_in(a_manager()).get(reverse("override", args=[late["waiting"]])).content.decode()
    assert reverse("override_claim", args=[late["waiting"]]) in shown
    posted("override_claim", late["waiting"], reason="gone home")
    assert case_of(late["waiting"])["claimed_by"] == ""


def test_a_claim_that_nobody_has_cannot_be_taken_back(late: dict[str, UUID]) -> None:
    assert reverse("override_claim", args=[late["waiting"]]) not in (
        signed_in(a_manager()).get(reverse("override", args=[late["waiting"]])).content.decode()
    )
    assert posted("override_claim", late["waiting"], reason="gone home").status_code == 422


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("override_term", {"day": "2099-01-01", "time": "10:00", "reason": " "}),
        ("override_term", {"day": "2001-01-01", "time": "10:00", "reason": "x"}),
        ("override_term", {"day": "", "time": "", "reason": "x"}),
        ("override_urgency", {"urgency": "1", "reason": ""}),
        ("override_urgency", {"urgency": "1", "reason": "x" * 501}),
    ],
)
def test_what_cannot_be_done_changes_nothing_and_says_so(
    late: dict[str, UUID], name: str, given: dict[str, str]
) -> None:
    before = (case_of(late["waiting"]), events("case_overridden"))
    response = posted(name, late["waiting"], **given)
    assert response.status_code == 422
    marked = [g for _tag, g in Page(response.content.decode()).elements if g.get("aria-invalid") == "true"]
    assert [(field["name"], field["value"]) for field in marked] == [
        ("reason", given["reason"].strip() or given["reason"])
    ]
    assert (case_of(late["waiting"]), events("case_overridden")) == before


def test_a_settled_case_is_not_changed_by_hand(world: World) -> None:
    item = a_case(world, in_state="settled")
    assert signed_in(a_manager()).get(reverse("override", args=[item])).status_code == 404
    assert posted("override_urgency", item, urgency="1", reason="x").status_code == 404
