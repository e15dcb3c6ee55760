"""Who acts, in which house: every transaction is opened here, as one named actor of one house."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.db import DatabaseError, connection, transaction

from maillon.kernel.errors import HouseChanged

HOUSES = ("hotline", "authority", "care")


@dataclass(frozen=True, slots=True)
class Actor:
    """A person or a named system actor, in one house. `roles` decide what it may do (`access.permissions`).

    `clearances` are the labels that it holds at the moment: rows that demand another are hidden from it. `sees` is `*`
    for the whole house, or the organisation whose rows alone are shown to it.
    """

    house: str
    name: str
    organisation: str
    roles: frozenset[str]
    clearances: frozenset[str] = frozenset()
    sees: str = "*"


EVERYTHING = frozenset({"*"})
"""The clearances of the program itself, which works on every row and shows none."""


def system_actor(house: str, name: str) -> Actor:
    """A named part of the program (dispatcher, clock, locator, sender) acting in `house`."""
    return Actor(house, name, "maillon", frozenset({"system"}), EVERYTHING)


_acting: ContextVar[Actor | None] = ContextVar("acting", default=None)


@contextmanager
def acting(by: Actor) -> Iterator[None]:
    """One transaction in the house of `by`; row security shows and accepts that house's rows only.

    Inside another `acting` of the same house it joins that transaction. Raises HouseChanged for another house.
    """
    held = _acting.get()
    if held is not None:
        if held.house != by.house:
            raise HouseChanged(f"This transaction belongs to {held.house}; commit it before acting in {by.house}.")
        with transaction.atomic(savepoint=False):
            yield
        return
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('maillon.house', %s, true), set_config('maillon.actor', %s, true), "
                "set_config('maillon.clearances', %s, true), set_config('maillon.roles', %s, true), "
                "set_config('maillon.organisation', %s, true), set_config('maillon.sees', %s, true)",
                [
                    by.house,
                    by.name,
                    ",".join(sorted(by.clearances)),
                    ",".join(sorted(by.roles)),
                    by.organisation,
                    by.sees,
                ],
            )
        token = _acting.set(by)
        try:
            yield
        finally:
            _acting.reset(token)


@contextmanager
def unhidden() -> Iterator[None]:
    """Inside `acting`: rows are found whatever clearance they demand.

    For services that must join what they are given to what is known, and that show nothing of what they find.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('maillon.clearances', true)")
        (before,) = cursor.fetchone()
        cursor.execute("SELECT set_config('maillon.clearances', '*', true)")
        try:
            yield
        except DatabaseError:  # the transaction is over, and with it what it sees
            raise
        except BaseException:
            cursor.execute("SELECT set_config('maillon.clearances', %s, true)", [before])
            raise
        cursor.execute("SELECT set_config('maillon.clearances', %s, true)", [before])
