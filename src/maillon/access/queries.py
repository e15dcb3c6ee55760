"""Look up organisations and accounts."""

from datetime import date

from maillon.kernel.errors import NotFound
from maillon.outbox.acting import Actor, acting, system_actor
from maillon.outbox.sql import Row, one, rows


def organisations() -> list[Row]:
    """The organisations of the house acted in: id, kind, name."""
    return rows("SELECT id, kind, name FROM access_organisation ORDER BY id")


def person_exists(*, name: str) -> bool:
    """Whether the house acted in has the account `name`."""
    return one("SELECT 1 FROM access_person WHERE name = %s", [name]) is not None


def person(*, name: str) -> Row | None:
    """The account `name` in the house acted in: name, organisation, kind, roles, active, recipient."""
    return one(
        "SELECT p.name, p.organisation, o.kind, p.roles, p.active, p.recipient FROM access_person p "
        "JOIN access_organisation o ON o.house = p.house AND o.id = p.organisation WHERE p.name = %s",
        [name],
    )


def people() -> list[Row]:
    """Every account of the house acted in."""
    return rows("SELECT name, organisation, roles, active, recipient FROM access_person ORDER BY name")


def trained(*, person: str, course: str, on: date) -> bool:
    """Whether `person` of the house acted in has a training record of `course` in force on the day `on`."""
    return (
        one(
            "SELECT 1 FROM access_training WHERE person = %s AND course = %s AND valid_from <= %s AND valid_until > %s "
            "LIMIT 1",
            [person, course, on, on],
        )
        is not None
    )


def find_actor(*, house: str, name: str) -> Actor:
    """The person `name` as an actor in `house`. Raises NotFound."""
    with acting(system_actor(house, "clerk")):
        found = person(name=name)
    if found is None or not found["active"]:
        raise NotFound(
            f"There is no account {name} in {house}; make it with `maillon user add {name} --house {house}`."
        )
    return Actor(house, found["name"], found["organisation"], frozenset(found["roles"]))


def organisation_kind(*, id: str) -> str:
    """What the organisation is in the chain. Raises NotFound."""
    found = one("SELECT kind FROM access_organisation WHERE id = %s", [id])
    if found is None:
        raise NotFound(f"There is no organisation {id}.")
    return str(found["kind"])
