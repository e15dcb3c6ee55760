"""Links by which people set up their sign-in: once, within their time, for one person, kept as a hash."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection

from maillon.access.devices import lose_device
from maillon.access.invitations import BadInvitation, Link, invitation_key, invite, invite_again, invited, take_up
from maillon.access.leaving import leave
from maillon.access.models import Login
from maillon.access.queries import find_actor
from maillon.access.services import give_sign_in
from maillon.kernel.errors import BadInput, NotAllowed, NotFound
from maillon.outbox.acting import Actor
from maillon.outbox.sql import Row
from maillon.rules.table import load
from tests.factories.chain import events, read
from tests.factories.people import a_manager, a_person, an_analyst, an_operator, an_organisation
from tests.factories.world import NOW

KEY = invitation_key("a secret of this test")
PASSWORD = "a sentence of this test"
WEEK = timedelta(days=load("invitation_valid").row(on=NOW.date(), purpose="begin").number)


def a_link(name: str = "new-1", by: Actor | None = None, role: str = "analyst") -> Link:
    return invite(name=name, organisation="child-focus", roles=[role], key=KEY, by=by or a_manager(), at=NOW)


def open_links() -> list[Row]:
    return read("SELECT * FROM access_invitation WHERE used_at IS NULL AND expires_at > %s", [NOW])


def test_an_invited_person_has_an_account_and_a_password_of_their_own(houses: None) -> None:
    link = a_link()
    assert find_actor(house="hotline", name="new-1").roles == {"analyst"}
    assert not Login.objects.exists()
    who = invited(text=link.text, key=KEY, at=NOW)
    assert (who.house, who.person, who.purpose) == ("hotline", "new-1", "begin")
    login = take_up(text=link.text, password=PASSWORD, key=KEY, at=NOW)
    assert login.check_password(PASSWORD)
    assert (login.house, login.person, login.username) == ("hotline", "new-1", "new-1")
    (event,) = events("sign_in_set")
    assert (event["actor"], event["body"]["person"]) == ("new-1", "new-1")


COORDINATOR = ("coordinator-1", "police_coordinator", "federal-police", "authority")


@pytest.mark.parametrize(
    ("kind", "roles"),
    [
        ("local_prosecutor", ["magistrate"]),
        ("oversight", ["oversight"]),
        ("federal_police", ["operator"]),
        ("federal_police", ["police_coordinator", "operator"]),
    ],
)
def test_who_is_decided_on_or_overseen_makes_no_account_of_those_who_do(
    kind: str, roles: list[str], houses: None
) -> None:
    given: dict[str, Any] = {
        "name": "new-1", "organisation": an_organisation(kind, "authority"), "roles": roles, "key": KEY, "at": NOW,
    }  # fmt: skip
    with pytest.raises(NotAllowed, match="magistrates, of oversight and of operators"):
        invite(**given, by=a_person(*COORDINATOR))
    assert read("SELECT 1 FROM access_invitation", house="authority") == []
    assert invite(**given, by=an_operator("authority")).person == "new-1"


def test_nor_a_link_by_which_to_act_as_one_of_them(houses: None) -> None:
    coordinator, magistrate = a_person(*COORDINATOR), a_person("magistrate-1", "magistrate", house="authority")
    given: dict[str, Any] = {"person": magistrate.name, "key": KEY, "at": NOW}
    for make in (partial(invite_again, **given), partial(lose_device, **given, reason="a lost telephone")):
        give_sign_in(person=magistrate.name, password=PASSWORD, by=an_operator("authority"))
        with pytest.raises(NotAllowed, match="magistrates, of oversight and of operators"):
            make(by=coordinator)
        assert Login.objects.get(username=magistrate.name).check_password(PASSWORD)
    assert lose_device(**given, reason="a lost telephone", by=an_operator("authority")).person == magistrate.name


def test_what_is_kept_opens_nothing(houses: None) -> None:
    link = a_link()
    (row,) = open_links()
    assert link.text.encode() not in bytes(row["digest"])
    assert link.text not in str(events("account_invited"))
    for text in (bytes(row["digest"]).hex(), f"hotline.{bytes(row['digest']).hex()}", "", "nowhere.x", "\ud800"):
        with pytest.raises(BadInvitation):
            invited(text=text, key=KEY, at=NOW)
    with pytest.raises(BadInvitation):
        invited(text=link.text, key=invitation_key("another secret"), at=NOW)


def test_a_link_of_one_house_opens_nothing_in_another(houses: None) -> None:
    with pytest.raises(BadInvitation):
        invited(text=a_link().text.replace("hotline", "authority"), key=KEY, at=NOW)


def test_it_opens_until_its_last_moment_and_not_at_it(houses: None) -> None:
    link = a_link()
    assert link.until == NOW + WEEK
    invited(text=link.text, key=KEY, at=link.until - timedelta(microseconds=1))
    for ask in (invited, lambda **given: take_up(**given, password=PASSWORD)):
        with pytest.raises(BadInvitation):
            ask(text=link.text, key=KEY, at=link.until)


def test_it_opens_once_whoever_comes_at_the_same_time(houses: None) -> None:
    link = a_link()

    def come(number: int) -> bool:
        try:
            take_up(text=link.text, password=f"{PASSWORD} {number}", key=KEY, at=NOW)
        except BadInvitation:
            return False
        else:
            return True
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(come, range(6))) == 1
    assert Login.objects.count() == len(events("sign_in_set")) == 1


def test_a_new_link_takes_the_place_of_the_earlier_one(houses: None) -> None:
    first = a_link()
    second = invite_again(person="new-1", key=KEY, by=a_manager(), at=NOW)
    with pytest.raises(BadInvitation):
        take_up(text=first.text, password=PASSWORD, key=KEY, at=NOW)
    take_up(text=second.text, password=PASSWORD, key=KEY, at=NOW)
    with pytest.raises(BadInput, match="has a sign-in already"):
        invite_again(person="new-1", key=KEY, by=a_manager(), at=NOW)
    with pytest.raises(NotFound):
        invite_again(person="nobody", key=KEY, by=a_manager(), at=NOW)


def test_leaving_voids_it(houses: None) -> None:
    link = a_link()
    leave(person="new-1", reason="a mistake", by=a_manager(), at=NOW)
    with pytest.raises(BadInvitation):
        take_up(text=link.text, password=PASSWORD, key=KEY, at=NOW)


def test_only_who_manages_accounts_invites(houses: None) -> None:
    with pytest.raises(NotAllowed):
        a_link(by=an_analyst())
    a_link()
    with pytest.raises(NotAllowed):
        invite_again(person="new-1", key=KEY, by=an_analyst(), at=NOW)


def test_a_role_that_the_organisation_does_not_have_is_refused_and_nothing_made(houses: None) -> None:
    with pytest.raises(BadInput, match="police_assessor is no role of a hotline in hotline"):
        a_link(role="police_assessor")
    assert open_links() == []


def test_a_name_by_which_somebody_signs_in_elsewhere_is_refused(houses: None) -> None:
    give_sign_in(person="operator", password=PASSWORD, by=an_operator("authority"))
    Login.objects.update(username="New-1")
    with pytest.raises(BadInput, match="Somebody signs in as new-1 already"):
        a_link()
    assert read("SELECT 1 FROM access_person WHERE name = 'new-1'") == []
