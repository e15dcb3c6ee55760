"""Clearances are given and ended on a page, each for a reason; nobody gives one to themselves."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse

from tests.factories.chain import events, read
from tests.factories.people import a_manager, a_senior, an_analyst
from tests.web.browser import Page, signed_in

TODAY = datetime.now(UTC).date()  # noqa: TID251 - the page's own clock
GIVEN = {
    "person": "analyst-1",
    "label": "restricted",
    "start": TODAY.isoformat(),
    "until": (TODAY + timedelta(days=30)).isoformat(),
    "reason": "named for it",
}


def posted(name: str, **given: str) -> Any:
    return signed_in(a_manager()).post(reverse(name), given)


def held() -> list[tuple[str, str]]:
    found = read("SELECT person, label FROM access_clearance WHERE ended_at IS NULL")
    return [(row["person"], row["label"]) for row in found]


@pytest.fixture(autouse=True)
def analyst(houses: None) -> None:
    an_analyst()


def test_a_clearance_is_given_and_shown() -> None:
    assert posted("give_clearance", **GIVEN)["Location"] == reverse("clearances")
    assert held() == [("analyst-1", "restricted")]
    assert "analyst-1" in signed_in(a_manager()).get(reverse("clearances")).content.decode().split("</table>")[0]
    assert events("clearance_given")[-1]["body"]["reason"] == "named for it"


def test_it_is_ended_at_once() -> None:
    posted("give_clearance", **GIVEN)
    posted("end_clearance", held="analyst-1~restricted", reason="the case is over")
    assert held() == []
    assert "Nobody holds one" in signed_in(a_manager()).get(reverse("clearances")).content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"reason": " "},
        {"until": GIVEN["start"]},
        {"start": "soon"},
        {"label": "none"},
        {"person": "manager-1"},
        {"person": "x"},
    ],
    ids=str,
)
def test_what_cannot_be_given_is_refused_beside_what_was_typed(wrong: dict[str, str]) -> None:
    response = posted("give_clearance", **{**GIVEN, **wrong})
    assert (response.status_code, held()) == (422, [])
    assert [g["name"] for _t, g in Page(response.content.decode()).elements if g.get("aria-invalid") == "true"] == [
        "reason"
    ]


def test_one_that_nobody_holds_cannot_be_ended() -> None:
    assert posted("end_clearance", held="analyst-1~restricted", reason="x").status_code == 422


def test_who_gives_none_does_not_see_the_page() -> None:
    assert signed_in(a_senior()).get(reverse("clearances")).status_code == 403
    assert signed_in(an_analyst()).post(reverse("give_clearance"), GIVEN).status_code == 403
