"""Who acts, in which house: every transaction is opened here, as one named actor of one house."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from psycopg.pq import TransactionStatus

from maillon.kernel.errors import HouseChanged

HOUSES = ("hotline", "authority", "care")
INERROR = TransactionStatus.INERROR


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


def settings_of(by: Actor) -> dict[str, str]:
    """What row security reads of whoever acts: the transaction's settings, by name."""
    return {
        "maillon.house": by.house,
        "maillon.actor": by.name,
        "maillon.clearances": ",".join(sorted(by.clearances)),
        "maillon.roles": ",".join(sorted(by.roles)),
        "maillon.organisation": by.organisation,
        "maillon.sees": by.sees,
    }


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
            _set(cursor, settings_of(by))
        token = _acting.set(by)
        try:
            yield
        finally:
            _acting.reset(token)


@contextmanager
def as_program() -> Iterator[None]:
    """Inside `acting`: rows are found and written as the program itself does, whatever role or clearance that takes.

    For services that join what they are given to what is known, or that keep what follows from what their caller was
    allowed. They check their caller first, show nothing else of what they find, and are named one by one in
    `tests/access/test_program.py`. The house, and who records its events, stay the actor's.
    """
    with _given({"maillon.roles": "system", "maillon.sees": "*", "maillon.clearances": "*"}):
        yield


@contextmanager
def _given(settings: Mapping[str, str]) -> Iterator[None]:
    """These settings for a block of the transaction, and then again what they were."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(["current_setting(%s, true)"] * len(settings)), list(settings))
        before = dict(zip(settings, cursor.fetchone(), strict=True))
        _set(cursor, settings)
        try:
            yield
        except BaseException:
            if connection.connection.info.transaction_status != INERROR:  # else it is over, and what it sees with it
                _set(cursor, before)
            raise
        _set(cursor, before)


def _set(cursor: CursorWrapper, settings: Mapping[str, str | None]) -> None:
    given = [word for name, value in settings.items() for word in (name, value or "")]
    cursor.execute("SELECT " + ", ".join(["set_config(%s, %s, true)"] * len(settings)), given)
