"""The page of the people of a house: inviting, a lost device, a lock, leaving; links shown once."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from maillon.access.locking import lock_rule, tried
from maillon.access.models import Login
from maillon.kernel.clock import SystemClock
from maillon.outbox.acting import Actor
from tests.factories.chain import events, read
from tests.factories.people import a_manager, a_person, a_police_officer, an_analyst, an_organisation
from tests.web.authenticators import PASSWORD, a_login, an_app, is_in
from tests.web.browser import Page, signed_in

INVITED = {"name": "new-1", "organisation": "child-focus", "role": ["analyst", "director"]}


def posted(act: str, /, *args: str, by: Actor | None = None, **given: Any) -> Any:
    return signed_in(by or a_manager()).post(reverse(act, args=args), given)


def shown(name: str = "", by: Actor | None = None) -> str:
    """The page of one person, or of all."""
    address = reverse("account", args=[name]) if name else reverse("accounts")
    return str(signed_in(by or a_manager()).get(address).content.decode())


def the_link(answer: Any) -> str:
    """The path of the link that this answer shows."""
    (found,) = re.findall(r">http://[^/]+(/sign-in/invitation/[^<]+)<", answer.content.decode())
    return str(found)


def test_an_invitation_is_shown_once_and_opens_the_way_to_the_second_step(houses: None) -> None:
    link = the_link(posted("invite", **INVITED))
    assert link.split("/")[3] not in shown() + shown("new-1")
    browser = Client()
    browser.cookies["django_language"] = "en"
    assert "new-1" in browser.get(link).content.decode()
    assert browser.post(link, {"new_password1": "short", "new_password2": "short"}).status_code == 422
    assert browser.post(link, {"new_password1": PASSWORD, "new_password2": "x"}).status_code == 422
    answer = browser.post(link, {"new_password1": PASSWORD, "new_password2": PASSWORD})
    assert answer["Location"] == reverse("mfa_index")
    assert browser.get(reverse("mfa_activate_totp")).status_code == 200
    assert not is_in(browser)
    assert Client().get(link).status_code == 404
    assert Client().post(link, {"new_password1": PASSWORD, "new_password2": PASSWORD}).status_code == 404
    assert read("SELECT roles FROM access_person WHERE name = 'new-1'") == [{"roles": ["analyst", "director"]}]


def test_a_coordinator_is_offered_no_account_of_who_decides_or_oversees(houses: None) -> None:
    coordinator = a_person("coordinator-1", "police_coordinator", "federal-police", "authority")
    office, browser = an_organisation("local_prosecutor", "authority"), signed_in(coordinator)
    an_organisation("oversight", "authority")
    html = browser.get(reverse("accounts"), {"organisation": office}).content.decode()
    assert 'value="prosecutor_clerk"' in html
    assert 'value="magistrate"' not in html
    assert 'value="oversight"' not in html
    refused = browser.post(reverse("invite"), {"name": "new-1", "organisation": office, "role": ["magistrate"]})
    assert refused.status_code == 422
    assert read("SELECT 1 FROM access_person WHERE name = 'new-1'", house="authority") == []


def test_looking_at_a_link_uses_nothing_up(houses: None) -> None:
    link = the_link(posted("invite", **INVITED))
    for _time in range(3):
        assert Client().get(link).status_code == 200
        assert Client().head(link).status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [{"name": "a b"}, {"name": "manager-1"}, {"role": []}, {"role": ["police_assessor"]}, {"organisation": "x"}],
)
def test_what_cannot_be_is_said_and_what_was_typed_stays(houses: None, wrong: dict[str, Any]) -> None:
    answer = posted("invite", **{**INVITED, **wrong})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert f'value="{wrong.get("name", "new-1")}"' in answer.content.decode()
    assert read("SELECT 1 FROM access_person WHERE name = 'new-1'") == []


def test_the_form_offers_the_roles_of_the_organisation_chosen(houses: None) -> None:
    police = an_organisation("federal_police", "hotline")
    html = signed_in(a_manager()).get(reverse("accounts"), {"organisation": police}).content.decode()
    offered = [e["value"] for tag, e in Page(html).elements if tag == "input" and e.get("name") == "role"]
    assert offered == ["police_assessor"]
    assert "analyst" in [e["value"] for _t, e in Page(shown()).elements if e.get("name") == "role"]


def test_the_list_says_how_each_signs_in(houses: None) -> None:
    a_login(an_analyst(1))
    an_app(a_login(an_analyst(2)))
    posted("invite", **INVITED)
    an_analyst(3)
    html = shown()
    states = {"analyst-1": "without a second step", "analyst-2": "set up", "analyst-3": "no sign-in"}
    for name, state in {**states, "new-1": "invited"}.items():
        row = html.partition(f">{name}</a>")[2].partition("</tr>")[0]
        assert state in row, name


def test_a_lost_device_is_taken_away_and_the_new_link_is_shown_once(houses: None) -> None:
    login = a_login(an_analyst())
    an_app(login)
    assert posted("lose_device", "analyst-1", reason=" ").status_code == 422
    link = the_link(posted("lose_device", "analyst-1", reason="a lost telephone"))
    login.refresh_from_db()
    assert not login.has_usable_password()
    assert Client().get(link).status_code == 200
    second = the_link(posted("invite_again", "analyst-1"))
    assert (Client().get(link).status_code, Client().get(second).status_code) == (404, 200)
    assert read("SELECT DISTINCT purpose FROM access_invitation") == [{"purpose": "device"}]


def test_a_locked_account_is_shown_and_unlocked(houses: None) -> None:
    login, now = a_login(an_analyst()), SystemClock().now()
    for _time in range(lock_rule(now).failures):
        tried(login=login, right=False, at=now)
    assert "Locked until" in shown("analyst-1")
    answer = posted("unlock", "analyst-1", reason="asked by telephone")
    assert answer["Location"] == reverse("account", args=["analyst-1"])
    assert "Locked until" not in shown("analyst-1")
    assert posted("unlock", "analyst-1", reason="again").status_code == 422
    Login.objects.update(locked_at=now - timedelta(days=1))
    assert "Locked until" not in shown("analyst-1")


def test_an_account_is_ended(houses: None) -> None:
    browser = signed_in(an_analyst())
    assert posted("leave", "analyst-1", reason="").status_code == 422
    assert posted("leave", "analyst-1", reason="left the house").status_code == 302
    assert not is_in(browser)
    assert 'name="reason"' not in shown("analyst-1")
    assert events("account_left")[0]["body"]["reason"] == "left the house"


def test_ones_own_account_is_changed_by_others(houses: None) -> None:
    assert 'name="reason"' not in shown("manager-1")
    for name in ("leave", "lose_device"):
        assert posted(name, "manager-1", reason="mine").status_code == 422


@pytest.mark.parametrize("name", ["analyst-1", "nobody", "officer-1"])
def test_an_account_of_another_house_cannot_be_told_from_none(houses: None, name: str) -> None:
    a_police_officer()
    expected = 200 if name == "analyst-1" else 404
    an_analyst()
    assert signed_in(a_manager()).get(reverse("account", args=[name])).status_code == expected
    if expected == 404:
        for act in ("leave", "lose_device", "unlock", "invite_again"):
            assert posted(act, name, reason="none").status_code == 404


def test_who_does_not_manage_accounts_sees_and_does_nothing(houses: None) -> None:
    analyst = an_analyst()
    assert signed_in(analyst).get(reverse("accounts")).status_code == 403
    for act in ("leave", "lose_device", "unlock", "invite_again"):
        assert posted(act, "analyst-1", by=analyst, reason="x").status_code == 403
    assert posted("invite", by=analyst, **INVITED).status_code == 403


def test_the_authority_manages_its_own(houses: None) -> None:
    coordinator = a_person("coordinator-1", "police_coordinator", house="authority")
    given = {"name": "new-1", "organisation": "federal-police", "role": ["police_officer"]}
    the_link(posted("invite", by=coordinator, **given))
    assert "new-1" in shown(by=coordinator)
    assert "new-1" not in shown()
