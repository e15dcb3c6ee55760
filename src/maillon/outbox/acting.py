"""Who acts, in which house: every transaction is opened here, as one named actor of one house."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.db import connection, transaction

from maillon.kernel.errors import HouseChanged

HOUSES = ("hotline", "authority", "care")


@dataclass(frozen=True, slots=True)
class Actor:
    """A person or a named system actor, in one house. `roles` decide what it may do (`access.permissions`)."""

    house: str
    name: str
    organisation: str
    roles: frozenset[str]


def system_actor(house: str, name: str) -> Actor:
    """A named part of the program (dispatcher, clock, locator, sender) acting in `house`."""
    return Actor(house, name, "maillon", frozenset({"system"}))


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
                "SELECT set_config('maillon.house', %s, true), set_config('maillon.actor', %s, true)",
                [by.house, by.name],
            )
        token = _acting.set(by)
        try:
            yield
        finally:
            _acting.reset(token)
