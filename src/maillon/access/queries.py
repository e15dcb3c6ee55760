"""Look up organisations and accounts."""

from datetime import date

from maillon.access.organisations import sees
from maillon.kernel.clock import Clock, SystemClock, brussels_day
from maillon.kernel.errors import NotFound
from maillon.outbox.acting import Actor, acting, system_actor
from maillon.outbox.sql import Row, one, rows

SYSTEM = SystemClock()


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


def clearances(*, on: date) -> list[Row]:
    """Every clearance held on the day `on` or later in the house acted in: person, label, valid_from, valid_until."""
    return rows(
        "SELECT person, label, valid_from, valid_until FROM access_clearance "
        "WHERE ended_at IS NULL AND valid_until > %s ORDER BY person, valid_from, label",
        [on],
    )


def training_of(*, person: str) -> list[Row]:
    """What `person` was trained for: course, valid_from, valid_until; the latest first."""
    return rows(
        "SELECT course, valid_from, valid_until FROM access_training WHERE person = %s "
        "ORDER BY valid_from DESC, course",
        [person],
    )


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


ACTOR = """
SELECT p.name, p.organisation, p.roles, o.kind, ARRAY(
  SELECT label FROM access_clearance c
  WHERE c.person = p.name AND c.ended_at IS NULL AND c.valid_from <= %(on)s AND c.valid_until > %(on)s
  UNION SELECT label FROM access_breakglass g
  WHERE g.person = p.name AND g.ended_at IS NULL AND g.began_at <= %(at)s AND g.ends_at > %(at)s
) AS clearances
FROM access_person p JOIN access_organisation o ON o.house = p.house AND o.id = p.organisation
WHERE p.name = %(name)s AND p.active
"""


def find_actor(*, house: str, name: str, clock: Clock = SYSTEM) -> Actor:
    """The person `name` as an actor in `house`, with the clearances held at the clock's moment. Raises NotFound.

    Those taken by breaking the glass are among them while it lasts.
    """
    at = clock.now()
    with acting(system_actor(house, "clerk")):
        found = one(ACTOR, {"name": name, "on": brussels_day(at), "at": at})
    if found is None:
        raise NotFound(
            f"There is no account {name} in {house}; make it with `maillon user add {name} --house {house}`."
        )
    roles, organisation = frozenset(found["roles"]), found["organisation"]
    return Actor(
        house,
        found["name"],
        organisation,
        roles,
        frozenset(found["clearances"]),
        sees(kind=found["kind"], organisation=organisation, roles=roles),
    )


def organisation_kind(*, id: str) -> str:
    """What the organisation is in the chain. Raises NotFound."""
    found = one("SELECT kind FROM access_organisation WHERE id = %s", [id])
    if found is None:
        raise NotFound(f"There is no organisation {id}.")
    return str(found["kind"])
