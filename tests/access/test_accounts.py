"""Who may act: accounts of a house, their roles, training and keys, each change with its trace."""

from collections.abc import Callable
from datetime import date, timedelta

import pyrage
import pytest

from maillon.access.models import Login
from maillon.access.organisations import KINDS
from maillon.access.permissions import HOUSE_ROLES, ROLES, Permission, check, may
from maillon.access.queries import find_actor, organisation_kind, organisations, trained
from maillon.access.services import FOUNDING, add_person, found_house, give_sign_in, record_training, set_recipient
from maillon.kernel.errors import BadInput, NotAllowed, NotFound
from maillon.outbox.acting import Actor, acting, system_actor
from tests.factories.chain import events, read
from tests.factories.people import (
    a_manager,
    a_person,
    a_police_officer,
    a_senior,
    an_analyst,
    an_operator,
    an_organisation,
)
from tests.factories.world import NOW

HOUSES = tuple(FOUNDING)


def an_actor(role: str) -> Actor:
    return Actor("hotline", "somebody", "child-focus", frozenset({role}))


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("permission", Permission)
def test_a_role_may_what_the_matrix_says_and_a_refusal_names_who_may(role: str, permission: Permission) -> None:
    by = an_actor(role)
    assert may(by, permission) is (permission in ROLES[role])
    if may(by, permission):
        check(by, permission)
    else:
        with pytest.raises(NotAllowed, match=f"somebody may not {permission.value}; it takes the role"):
            check(by, permission)


def test_somebody_of_several_roles_may_what_any_of_them_may() -> None:
    both = Actor("hotline", "somebody", "child-focus", frozenset({"director", "analyst", "no role"}))
    assert {p for p in Permission if may(both, p)} == ROLES["director"] | ROLES["analyst"]


def test_nobody_analyses_and_manages_the_accounts_of_those_who_do() -> None:
    assert not [r for r, held in ROLES.items() if {Permission.ASSESS, Permission.MANAGE_ACCOUNTS} <= held]


@pytest.mark.parametrize("house", HOUSES)
def test_a_house_is_founded_with_its_organisations_and_an_operator_once(houses: None, house: str) -> None:
    found_house(house=house, at=NOW)
    with acting(system_actor(house, "reader")):
        assert [(o["id"], o["kind"]) for o in organisations()] == sorted((id, kind) for id, kind, _ in FOUNDING[house])
    assert find_actor(house=house, name="operator").roles == {"operator"}
    assert len(events("account_made", house)) == 1


@pytest.mark.parametrize("house", HOUSES)
def test_an_account_holds_only_roles_of_its_house(houses: None, house: str) -> None:
    for role in ROLES:
        if role in HOUSE_ROLES[house]:
            assert a_person(f"a-{role}", role, house=house).roles == {role}
        else:
            with pytest.raises(BadInput, match=f"{role} is no role of {house}"):
                added(f"a-{role}", FOUNDING[house][0][0], role, house)


@pytest.mark.parametrize("house", HOUSES)
@pytest.mark.parametrize("kind", KINDS)
def test_an_account_holds_only_roles_that_its_kind_of_organisation_has(houses: None, house: str, kind: str) -> None:
    organisation = an_organisation(kind, house)
    for role in HOUSE_ROLES[house]:
        if role in KINDS[kind].roles.get(house, ()):
            added(f"a-{role}", organisation, role, house)
        else:
            with pytest.raises(BadInput, match=f"{role} is no role of a {kind} in {house}"):
                added(f"a-{role}", organisation, role, house)


def test_an_organisation_of_no_known_kind_has_no_accounts(houses: None) -> None:
    with pytest.raises(BadInput, match="is no role of a partner in hotline; it has no accounts there"):
        added("a-1", an_organisation("partner", "hotline"), "analyst")


def added(name: str, organisation: str, role: str, house: str = "hotline") -> None:
    add_person(name=name, organisation=organisation, roles=[role], by=an_operator(house), at=NOW)


@pytest.mark.parametrize("name", ["", "a b", "x" * 65, "../etc", "a\nb", "operator"])
def test_a_name_that_cannot_be_or_is_taken_is_refused(houses: None, name: str) -> None:
    with pytest.raises(BadInput):
        add_person(name=name, organisation="child-focus", roles=["analyst"], by=an_operator(), at=NOW)


def test_an_organisation_is_known_by_its_name_or_by_its_kind(houses: None) -> None:
    for name, organisation in (("a-1", "federal-police"), ("a-2", "federal_police")):
        add_person(name=name, organisation=organisation, roles=["police_assessor"], by=an_operator(), at=NOW)
        actor = find_actor(house="hotline", name=name)
        with acting(actor):
            assert organisation_kind(id=actor.organisation) == "federal_police"
    with pytest.raises(BadInput, match="'elsewhere' is no organisation of this house; choose from"):
        add_person(name="a-3", organisation="elsewhere", roles=["analyst"], by=an_operator(), at=NOW)


@pytest.mark.parametrize("someone", [an_analyst, a_senior, a_police_officer])
def test_only_who_manages_accounts_makes_them(houses: None, someone: Callable[[], Actor]) -> None:
    with pytest.raises(NotAllowed):
        add_person(name="x", organisation="child-focus", roles=["analyst"], by=someone(), at=NOW)


def test_an_account_is_of_one_house_and_unknown_to_the_others(houses: None) -> None:
    an_analyst()
    for house in ("authority", "care"):
        with pytest.raises(NotFound, match=f"There is no account analyst-1 in {house}"):
            find_actor(house=house, name="analyst-1")


def test_a_training_is_recorded_once_with_its_days(houses: None) -> None:
    an_analyst(trained=False)
    training = {"person": "analyst-1", "course": "first analysis", "by": a_manager(), "at": NOW}
    for _ in range(2):
        record_training(**training, valid_from=date(2026, 1, 1), valid_until=date(2027, 1, 1))  # type: ignore[arg-type]
    assert len(read("SELECT 1 FROM access_training")) == len(events("training_recorded")) == 1
    with pytest.raises(BadInput, match="must end after it begins"):
        record_training(**training, valid_from=date(2026, 1, 1), valid_until=date(2026, 1, 1))  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        record_training(**{**training, "person": "nobody"}, valid_from=date(2026, 1, 1), valid_until=date(2027, 1, 1))  # type: ignore[arg-type]


def test_a_key_is_an_age_key_and_its_change_is_on_record(houses: None) -> None:
    an_analyst()
    key = str(pyrage.x25519.Identity.generate().to_public())
    set_recipient(person="analyst-1", recipient=key, by=an_operator(), at=NOW)
    assert read("SELECT recipient FROM access_person WHERE name = 'analyst-1'") == [{"recipient": key}]
    assert [row["body"]["recipient"] for row in events("key_set")] == [key]
    with pytest.raises(BadInput, match="is no age public key"):
        set_recipient(person="analyst-1", recipient="age1nonsense", by=an_operator(), at=NOW)
    with pytest.raises(NotFound):
        set_recipient(person="nobody", recipient=key, by=an_operator(), at=NOW)


def test_a_sign_in_points_to_one_person_of_one_house(houses: None) -> None:
    an_analyst()
    give_sign_in(person="analyst-1", password="a long enough sentence", by=an_operator())
    login = Login.objects.get()
    assert (login.house, login.person) == ("hotline", "analyst-1")
    assert login.check_password("a long enough sentence")
    give_sign_in(person="operator", password="one", by=an_operator())
    with pytest.raises(BadInput, match="Somebody in hotline signs in as operator already"):
        give_sign_in(person="operator", password="two", by=an_operator("authority"))
    assert Login.objects.get(username="operator").check_password("one")


def test_a_training_is_in_force_from_its_first_day_until_the_day_before_its_end(houses: None) -> None:
    an_analyst(trained=False)
    first, end = date(2026, 1, 1), date(2027, 1, 1)
    record_training(person="analyst-1", course="first-analysis", valid_from=first, valid_until=end,
                    by=a_manager(), at=NOW)  # fmt: skip
    day = timedelta(days=1)
    with acting(system_actor("hotline", "reader")):
        found = [
            trained(person="analyst-1", course="first-analysis", on=on) for on in (first - day, first, end - day, end)
        ]
        assert found == [False, True, True, False]
        assert not trained(person="analyst-1", course="another", on=first)
        assert not trained(person="senior-1", course="first-analysis", on=first)
