"""People of every role, made by the house's own operator. A name that is known already is that person again."""

from datetime import date

from maillon.access.clearances import give_clearance
from maillon.access.organisations import KINDS
from maillon.access.queries import find_actor, organisations
from maillon.access.services import add_organisation, add_person, record_training
from maillon.kernel.errors import NotFound
from maillon.outbox.acting import Actor, acting
from tests.database import FOUNDED

TRAINED = (date(2017, 5, 13), date(2099, 1, 1))
"""When the training of the analysts of the tests is in force."""


def an_operator(house: str = "hotline") -> Actor:
    return find_actor(house=house, name="operator")


def an_organisation(kind: str, house: str) -> str:
    """The id of an organisation of this kind that the house knows, made where it knows none."""
    operator = an_operator(house)
    with acting(operator):
        known = [o["id"] for o in organisations() if o["kind"] == kind]
    if not known:
        known = [kind.replace("_", "-")]
        add_organisation(id=known[0], kind=kind, name=kind.replace("_", " "), by=operator, at=FOUNDED)
    return str(known[0])


def a_person(name: str, role: str, organisation: str = "", house: str = "hotline", *, trained: bool = False) -> Actor:
    """Somebody of this role; where no `organisation` is named, of the first kind whose people may have it."""
    try:
        return find_actor(house=house, name=name)
    except NotFound:
        operator = an_operator(house)
        if not organisation:
            kinds = (kind for kind, found in KINDS.items() if role in found.roles.get(house, ()))
            organisation = an_organisation(next(kinds), house)
        add_person(name=name, organisation=organisation, roles=[role], by=operator, at=FOUNDED)
        if trained:
            start, until = TRAINED
            record_training(
                person=name, course="first-analysis", valid_from=start, valid_until=until, by=operator, at=FOUNDED
            )
        return find_actor(house=house, name=name)


def cleared(who: Actor, *labels: str) -> Actor:
    """The same person, holding clearances from the founding of the tests' houses on."""
    start, until = FOUNDED.date(), TRAINED[1]
    for label in set(labels) - who.clearances:
        give_clearance(
            person=who.name, label=label, valid_from=start, valid_until=until, reason="for a test",
            by=an_operator(who.house), at=FOUNDED,
        )  # fmt: skip
    return find_actor(house=who.house, name=who.name)


def an_analyst(number: int = 1, *, trained: bool = True) -> Actor:
    return a_person(f"analyst-{number}", "analyst", trained=trained)


def a_senior(number: int = 1, *, trained: bool = True) -> Actor:
    return a_person(f"senior-{number}", "senior_analyst", trained=trained)


def a_manager() -> Actor:
    return a_person("manager-1", "manager")


def a_police_assessor(number: int = 1) -> Actor:
    """Somebody of the police with an account in the hotline's house, for former records."""
    return a_person(f"assessor-{number}", "police_assessor", "federal-police")


def a_police_officer(number: int = 1) -> Actor:
    return a_person(f"officer-{number}", "police_officer", "federal-police", "authority")
