"""Leaving ends everything at once; a lost device takes away what one signs in with; some may do neither."""

from datetime import date
from uuid import UUID

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from maillon.access.devices import lose_device
from maillon.access.invitations import invitation_key, take_up
from maillon.access.leaving import leave
from maillon.access.models import Login
from maillon.access.queries import find_actor
from maillon.access.services import give_sign_in
from maillon.hotline.analysis.claiming import claim
from maillon.kernel.errors import BadInput, NotAllowed, NotFound
from maillon.outbox.acting import Actor
from tests.factories.chain import case_of, events, read, reported
from tests.factories.people import a_manager, a_person, an_analyst, an_operator, cleared
from tests.factories.world import NOW, World
from tests.web.browser import signed_in

KEY = invitation_key("a secret of this test")
PASSWORD = "a sentence of this test"
OTHER = "another sentence of this test"


def ended(person: str = "analyst-1", by: Actor | None = None) -> None:
    leave(person=person, reason="left the house", by=by or a_manager(), at=NOW)


def claimed(item: UUID) -> str:
    return str(case_of(item)["claimed_by"])


def test_an_open_session_ends_at_once(houses: None) -> None:
    browser = signed_in(an_analyst())
    assert browser.get(reverse("overview")).status_code == 200
    ended()
    assert browser.get(reverse("overview"))["Location"].startswith(reverse("account_login"))


def test_nothing_that_one_signed_in_with_opens_afterwards(houses: None) -> None:
    signed_in(an_analyst())
    give_sign_in(person="analyst-1", password=PASSWORD, by=an_operator())
    ended()
    assert not Authenticator.objects.exists()
    assert not Login.objects.filter(is_active=True).exists()
    answer = Client().post(reverse("account_login"), {"login": "analyst-1", "password": PASSWORD})
    assert answer.status_code == 200
    with pytest.raises(NotFound):
        find_actor(house="hotline", name="analyst-1")


def test_what_one_had_taken_on_is_anybodys_again(world: World) -> None:
    item = reported(world)
    other = reported(world, "http://be.test/b")
    world.drain()
    claim(case_id=case_of(item)["id"], by=an_analyst(), at=NOW)
    claim(case_id=case_of(other)["id"], by=an_analyst(2), at=NOW)
    ended()
    world.hand_over()
    assert (claimed(item), claimed(other)) == ("", "analyst-2")
    assert [row["item"] for row in events("case_given_back")] == [item]


def test_clearances_that_run_end_and_those_that_ran_out_stay_as_they_were(houses: None) -> None:
    cleared(an_analyst(), "sealed", "restricted")
    read("UPDATE access_clearance SET valid_until = %s WHERE label = 'restricted' RETURNING 1", [date(2020, 1, 1)])
    ended()
    assert [row["body"]["label"] for row in events("clearance_ended")] == ["sealed"]
    found = read("SELECT label, ended_at FROM access_clearance ORDER BY label")
    assert [(row["label"], row["ended_at"]) for row in found] == [("restricted", None), ("sealed", NOW)]


def test_the_account_stays_on_record_with_the_reason(houses: None) -> None:
    an_analyst()
    ended()
    assert read("SELECT active, left_at FROM access_person WHERE name = 'analyst-1'") == [
        {"active": False, "left_at": NOW}
    ]
    (event,) = events("account_left")
    assert (event["actor"], event["body"]) == ("manager-1", {"person": "analyst-1", "reason": "left the house"})
    with pytest.raises(BadInput, match="analyst-1 has left"):
        ended()


def test_nobody_ends_their_own_account_nor_the_last_who_manages_them(houses: None) -> None:
    manager = a_manager()
    with pytest.raises(NotAllowed, match="their own account"):
        ended("manager-1")
    with pytest.raises(NotAllowed, match="the last manager"):
        ended("manager-1", an_operator())
    with pytest.raises(NotAllowed, match="the last operator"):
        ended("operator", manager)
    a_person("manager-2", "manager")
    ended("manager-1", an_operator())
    assert find_actor(house="hotline", name="manager-2").roles == {"manager"}


@pytest.mark.parametrize("wrong", ["", "  ", "x" * 501])
def test_it_takes_a_reason_and_the_permission(houses: None, wrong: str) -> None:
    an_analyst()
    with pytest.raises(BadInput, match="Give a reason"):
        leave(person="analyst-1", reason=wrong, by=a_manager(), at=NOW)
    with pytest.raises(NotAllowed):
        leave(person="analyst-1", reason="left", by=an_analyst(2), at=NOW)
    with pytest.raises(NotFound):
        leave(person="nobody", reason="left", by=a_manager(), at=NOW)


def lost(by: Actor | None = None) -> str:
    return lose_device(person="analyst-1", reason="a lost telephone", key=KEY, by=by or a_manager(), at=NOW).text


def test_a_lost_device_ends_sessions_and_neither_password_nor_device_opens(houses: None) -> None:
    browser = signed_in(an_analyst())
    give_sign_in(person="analyst-1", password=PASSWORD, by=an_operator())
    lost()
    assert browser.get(reverse("overview"))["Location"].startswith(reverse("account_login"))
    assert Client().post(reverse("account_login"), {"login": "analyst-1", "password": PASSWORD}).status_code == 200
    assert not Authenticator.objects.exists()
    assert events("devices_removed")[0]["body"] == {
        "person": "analyst-1", "reason": "a lost telephone", "removed": 1,
    }  # fmt: skip


def test_the_new_link_begins_anew(houses: None) -> None:
    an_analyst()
    give_sign_in(person="analyst-1", password=PASSWORD, by=an_operator())
    login = take_up(text=lost(), password=OTHER, key=KEY, at=NOW)
    assert login.check_password(OTHER)
    assert Login.objects.count() == 1
    assert events("sign_in_set")[0]["body"]["purpose"] == "device"


def test_another_who_manages_accounts_does_it(houses: None) -> None:
    an_analyst()
    with pytest.raises(NotAllowed):
        lost(an_analyst())
    with pytest.raises(BadInput, match="has no sign-in"):
        lost()
    with pytest.raises(NotAllowed, match="Nobody removes their own devices"):
        lose_device(person="manager-1", reason="lost", key=KEY, by=a_manager(), at=NOW)
