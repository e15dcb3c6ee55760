"""People of every role, made by the house's own operator. A name that is known already is that person again."""

from maillon.access.queries import find_actor
from maillon.access.services import add_person
from maillon.kernel.errors import NotFound
from maillon.outbox.acting import Actor
from tests.database import FOUNDED


def an_operator(house: str = "hotline") -> Actor:
    return find_actor(house=house, name="operator")


def a_person(name: str, role: str, organisation: str = "child-focus", house: str = "hotline") -> Actor:
    try:
        return find_actor(house=house, name=name)
    except NotFound:
        operator = an_operator(house)
        add_person(name=name, organisation=organisation, roles=[role], by=operator, at=FOUNDED)
        return find_actor(house=house, name=name)


def an_analyst(number: int = 1) -> Actor:
    return a_person(f"analyst-{number}", "analyst")


def a_senior(number: int = 1) -> Actor:
    return a_person(f"senior-{number}", "senior_analyst")


def a_manager() -> Actor:
    return a_person("manager-1", "manager")


def a_police_assessor(number: int = 1) -> Actor:
    """Somebody of the police with an account in the hotline's house, for former records."""
    return a_person(f"assessor-{number}", "police_assessor", "federal-police")


def a_police_officer(number: int = 1) -> Actor:
    return a_person(f"officer-{number}", "police_officer", "federal-police", "authority")
