"""Keys: the same place on both keyboards, one meaning on one page, and every person's own to change or turn off."""

import re
from itertools import combinations

import pytest
from django.test import Client
from django.urls import reverse

from maillon.access.keys import set_keys
from maillon.kernel.errors import BadInput
from maillon.web.keys import ACTIONS, CHOICE, ENTER, choice, clash, effective
from tests.database import FOUNDED
from tests.factories.chain import events, read
from tests.factories.people import a_police_officer, an_analyst
from tests.web.browser import signed_in

MOVED = frozenset("aqzwm")
"""Letters that stand elsewhere on AZERTY than on QWERTY."""


def choose(browser: Client, **form: str) -> str:
    given = {action.name: action.key for action in ACTIONS} | {"on": "yes"} | form
    response = browser.post(reverse("choose_keys"), given, follow=True)
    return response.content.decode()


def keys_on(browser: Client, page: str = "queue") -> list[str]:
    return re.findall(r' data-(?:key|down|up|tick)="([^"]+)"', browser.get(reverse(page)).content.decode())


def test_usual_keys_stand_at_one_place_on_both_keyboards() -> None:
    for action in ACTIONS:
        assert action.key in CHOICE, action.name
        assert action.key not in MOVED, action.name


def test_usual_keys_have_one_meaning_on_a_page() -> None:
    assert clash({}) is None
    for one, other in combinations(ACTIONS, 2):
        if one.where == other.where:
            assert one.key != other.key


def test_a_key_of_everywhere_clashes_with_one_of_a_page_and_two_pages_do_not() -> None:
    assert clash({"undo": "j"}) is not None
    assert clash({"next": "x", "code_1": "x"}) is None
    assert clash({"down": "", "up": ""}) is None


def test_what_is_not_a_key_is_refused() -> None:
    with pytest.raises(BadInput, match="letter, a digit or Enter"):
        choice({"next": "Tab"}, on=True)


def test_only_what_differs_is_kept_and_off_means_none() -> None:
    usual = {action.name: action.key for action in ACTIONS}
    assert choice(usual, on=True) == {}
    assert choice({**usual, "next": "x"}, on=True) == {"next": "x"}
    assert effective({"next": "x"})["next"] == "x"
    assert effective(choice(usual, on=False)) == {}
    assert "next" not in effective({"next": ""})


def test_a_key_chosen_works_on_the_pages_of_that_person_alone(houses: None) -> None:
    mine, theirs = signed_in(an_analyst()), signed_in(an_analyst(2))
    assert "s" in keys_on(mine)
    assert "Kept." in choose(mine, next="X")
    assert "x" in keys_on(mine)
    assert "s" not in keys_on(mine)
    assert "s" in keys_on(theirs)
    (event,) = events("keys_chosen")
    assert event["body"] == {"person": "analyst-1", "keys": {"next": "x"}}


def test_two_actions_with_one_key_are_refused_with_both_names(houses: None) -> None:
    html = choose(signed_in(an_analyst()), code_1="k")
    assert "“First code” and “Second code” have the same key" in html
    assert html.count('aria-invalid="true"') == 2
    assert read("SELECT person FROM access_keys") == []


def test_what_cannot_be_a_key_is_refused_and_enter_is_written_out(houses: None) -> None:
    browser = signed_in(an_analyst())
    assert "cannot be a key" in choose(browser, next="F1")
    assert "Kept." in choose(browser, decide="Enter", next="")
    assert read("SELECT keys FROM access_keys") == [{"keys": {"next": ""}}]
    assert ENTER in effective({}).values()


def test_keys_can_be_turned_off_and_come_back(houses: None) -> None:
    browser = signed_in(an_analyst())
    browser.post(reverse("choose_keys"), {action.name: action.key for action in ACTIONS})
    html = browser.get(reverse("queue")).content.decode()
    assert keys_on(browser) == []
    assert "<kbd" not in html
    assert "Keys are off" in html
    assert "The usual keys are back." in choose(browser, usual="yes")
    assert "s" in keys_on(browser)


def test_every_house_has_the_page_of_keys(houses: None) -> None:
    assert signed_in(a_police_officer()).get(reverse("keys")).status_code == 200


def test_names_that_are_no_names_are_refused(houses: None) -> None:
    with pytest.raises(BadInput):
        set_keys(keys={"x" * 41: "j"}, by=an_analyst(), at=FOUNDED)
