"""The second wall: whatever a house owns, another can neither see nor touch, whatever statement is written."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import DatabaseError, IntegrityError, connection, connections, transaction
from django.db.utils import ProgrammingError

from maillon.access.drawing import differing
from maillon.access.permissions import HOUSE_ROLES, PROGRAM_ROLES, ROLES, Permission
from maillon.access.walls import WALLS
from maillon.kernel.errors import HouseChanged
from maillon.outbox.acting import acting, system_actor
from maillon.outbox.houseless import HOUSELESS
from maillon.settings import HOUSES
from tests.factories.everywhere import furnish
from tests.factories.world import World
from tests.shape.catalogue import (
    POLICIES,
    RESTRICTIVE,
    ask,
    foreign_keys,
    house_tables,
    tables,
    unique_indexes,
    written,
)

OURS = "(house = ( SELECT maillon_house() AS maillon_house))"
OURS_AND_CLEARED = (
    f"({OURS} AND ((demands = '{{}}'::text[]) OR (demands <@ ( SELECT maillon_cleared() AS maillon_cleared)) OR "
    "( SELECT (maillon_cleared() = ARRAY['*'::text]))))"
)
HIDDEN = {"items_item", "intake_report"}
"""The tables whose rows say of what they are, and hide from who does not hold the clearances they demand."""


@contextmanager
def inside(house: str) -> Iterator[None]:
    with acting(system_actor(house, "intruder")):
        yield


def execute(statement: str, *params: object) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, params or None)
        return int(cursor.rowcount)


def execute_as_owner(statement: str) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(statement)


def fetch(statement: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


@pytest.fixture
def furnished(world: World) -> None:
    """Rows in every table."""
    furnish(world)
    assert [table for table in house_tables() if not ask(f"SELECT 1 FROM {table} LIMIT 1")] == []


def test_a_table_has_a_house_or_is_listed_as_having_none(houses: None) -> None:
    assert set(HOUSELESS) <= set(tables())
    with_house = {t for (t,) in ask("SELECT table_name FROM information_schema.columns WHERE column_name = 'house'")}
    assert set(house_tables()) <= with_house


def test_every_table_of_a_house_is_closed_by_the_same_policy(houses: None) -> None:
    closed = {(str(t), str(cmd), str(using), str(check)) for t, cmd, using, check in ask(POLICIES)}
    assert closed == {(t, "ALL", OURS_AND_CLEARED if t in HIDDEN else OURS, OURS) for t in house_tables()}
    assert all(tables()[table] for table in house_tables())


def test_every_table_of_a_house_has_its_walls_and_they_are_those_of_the_code(houses: None) -> None:
    assert set(house_tables()) == set(WALLS)
    assert list(differing("owner")) == list(differing("default")) == []
    drawn = {(str(t), str(cmd)) for t, cmd in ask(RESTRICTIVE)}
    assert drawn == {(t, cmd) for t in house_tables() for cmd in ("SELECT", "INSERT", "UPDATE", "DELETE")}


def test_the_house_is_in_every_primary_key_and_in_all_that_is_unique(houses: None) -> None:
    for table, index, columns in unique_indexes():
        assert table in HOUSELESS or "house" in columns, index
    primary = {t for t, index, _ in unique_indexes() if index.endswith("_pkey")}
    assert primary == set(tables())


def test_every_foreign_key_of_a_house_starts_with_the_house(houses: None) -> None:
    found = foreign_keys()
    for key in found:
        if key.table in HOUSELESS:
            assert key.target in HOUSELESS, key.name
        else:
            assert (key.columns[0], key.targets[0]) == ("house", "house"), key.name
    assert {key.table for key in found} >= {"items_item", "referral_referral", "partners_message", "inbox_arrival"}


def test_the_program_owns_nothing_and_bypasses_nothing(houses: None) -> None:
    assert fetch("SELECT rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = current_user") == [
        (False, False, False)
    ]
    assert fetch("SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole") == [(0,)]


def test_without_a_house_no_table_answers(furnished: None) -> None:
    for table in house_tables():
        for statement in (f"SELECT 1 FROM {table}", f"SELECT count(*) FROM {table} WHERE house = 'hotline'"):
            with pytest.raises(DatabaseError, match="no house is set"):
                execute(statement)
        for statement in (f"UPDATE {table} SET house = house", f"DELETE FROM {table}"):
            with pytest.raises(DatabaseError, match=r"no house is set|permission denied"):
                execute(statement)


@pytest.mark.parametrize("house", HOUSES)
def test_no_statement_shows_or_touches_a_row_of_another_house(furnished: None, house: str) -> None:
    for table in house_tables():
        theirs = f"SELECT to_json(t)::text FROM {table} t WHERE house <> '{house}' ORDER BY 1"
        before = ask(theirs)
        with inside(house):
            assert fetch(f"SELECT count(*) FROM {table} WHERE house <> '{house}'") == [(0,)]
        for statement in (
            f"UPDATE {table} SET house = '{house}' WHERE house <> '{house}'",
            f"UPDATE {table} SET house = house WHERE house <> '{house}'",
            f"DELETE FROM {table} WHERE house <> '{house}'",
        ):
            with inside(house):
                assert touched(statement) == 0, statement
        assert ask(theirs) == before


def touched(statement: str) -> int:
    """How many rows a statement changed; none where the role may not write so at all."""
    try:
        with transaction.atomic():
            return execute(statement)
    except ProgrammingError:  # permission denied
        return 0


def test_no_row_can_be_written_into_another_house(furnished: None) -> None:
    for table in house_tables():
        row, house = ask(f"SELECT to_json(t)::text, house FROM {table} t LIMIT 1")[0]
        names = written(table)
        statement = f"INSERT INTO {table} ({names}) SELECT {names} FROM json_populate_record(NULL::{table}, %s)"
        for other in set(HOUSES) - {house}:
            with pytest.raises(DatabaseError, match="row-level security"), inside(other):
                execute(statement, row)


def test_a_row_cannot_be_given_away(furnished: None) -> None:
    for table in house_tables():
        [(house,)] = ask(f"SELECT house FROM {table} LIMIT 1")
        refused = r"row-level security|permission denied|no order of the public prosecutor"  # its trigger comes first
        with pytest.raises(DatabaseError, match=refused), inside(str(house)):
            execute(f"UPDATE {table} SET house = 'care'")


def test_a_foreign_key_refuses_a_row_of_another_house(furnished: None) -> None:
    """Foreign-key checks bypass row security, as the owner's own rights do here: only the key itself refuses."""
    for key in foreign_keys():
        if key.table in HOUSELESS or not ask(f"SELECT 1 FROM {key.table} WHERE {key.columns[1]} IS NOT NULL LIMIT 1"):
            continue
        names = written(key.table)
        moved = ", ".join(f"moved.{name}" for name in names.split(", "))
        statement = (
            f"INSERT INTO {key.table} ({names}) SELECT {moved} FROM {key.table} t, "
            f'json_populate_record(t, \'{{"house": "care"}}\') AS moved '
            f"WHERE t.{key.columns[1]} IS NOT NULL ON CONFLICT DO NOTHING"
        )
        with pytest.raises(IntegrityError, match="violates foreign key constraint"):
            execute_as_owner(statement)


@pytest.mark.parametrize("statement", ["UPDATE outbox_event SET kind = 'other'", "DELETE FROM outbox_event",
                                       "TRUNCATE outbox_event", "UPDATE outbox_eventbody SET body = ''"])  # fmt: skip
def test_the_program_cannot_change_what_was_recorded(furnished: None, statement: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), inside("hotline"):
        execute(statement)


def test_a_transaction_belongs_to_one_house(houses: None) -> None:
    with pytest.raises(HouseChanged), inside("hotline"), inside("care"):
        pass


def test_the_house_ends_with_its_transaction(houses: None) -> None:
    with inside("hotline"):
        assert fetch("SELECT count(*) > 0 FROM access_person") == [(True,)]
    with pytest.raises(DatabaseError, match="no house is set"):
        execute("SELECT count(*) FROM access_person")


def test_every_permission_is_somebodys_and_every_role_belongs_to_a_house() -> None:
    assert set().union(*ROLES.values()) == set(Permission)
    held = {role for roles in HOUSE_ROLES.values() for role in roles}
    assert held | set(PROGRAM_ROLES) == set(ROLES)
    assert held.isdisjoint(PROGRAM_ROLES)
    assert set(HOUSE_ROLES) == set(HOUSES)
