"""The second wall gives each role the rows that the matrix gives it, whatever statement is written: every role and
scope, every table, every verb, whoever the rows are given to, against a reading of the walls in plain Python."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, connections, transaction

from maillon.access.drawing import differing, draw
from maillon.access.organisations import KINDS, sees
from maillon.access.permissions import HOUSE_ROLES, PROGRAM_ROLES, ROLES, Permission
from maillon.access.walls import WALLS, Everybody, Given, Listed, Mine, Named, Person, Through, Wall
from maillon.items.services import share_item
from maillon.outbox.acting import HOUSES, Actor, acting, as_program, system_actor
from maillon.outbox.houseless import HOUSELESS
from tests.factories.everywhere import furnish
from tests.factories.people import an_operator
from tests.factories.world import World
from tests.shape.catalogue import ask, house_tables, written

Rows = dict[str, list[dict[str, Any]]]
OURS, THEIRS, KINDRED = "ours", "theirs", "kindred"
"""The organisation of whoever acts, another of another kind, another of the same kind."""

ME, OTHER = "me", "somebody-else"


def actors() -> Iterator[Actor]:
    """Every role in every house and organisation that it may have, and those without an account, of `ours`."""
    for house, roles in HOUSE_ROLES.items():
        for role in roles:
            scopes = {
                sees(kind=kind, organisation=OURS, roles=frozenset({role}))
                for kind, found in KINDS.items()
                if role in found.roles.get(house, ())
            }
            for scope in sorted(scopes):
                yield Actor(house, ME, OURS, frozenset({role}), sees=scope)
    yield from (Actor("hotline", ME, OURS, frozenset({role}), sees=OURS) for role in PROGRAM_ROLES if role != "system")
    for house in HOUSES:
        yield system_actor(house, "clock")
        yield Actor(house, ME, OURS, frozenset())


@dataclass(frozen=True)
class Reading:
    """What `by` sees and may write of `rows`, as the words of the walls say it."""

    by: Actor
    rows: Rows
    known: dict[tuple[str, str, object], bool] = field(default_factory=dict)

    def holds(self, permissions: frozenset[Permission]) -> bool:
        return "system" in self.by.roles or any(ROLES[role] & permissions for role in self.by.roles)

    def shows(self, table: str, row: dict[str, Any]) -> bool:
        wall = WALLS[table]
        if row["house"] != self.by.house:
            return False
        if self.holds(wall.read) and (self.by.sees == "*" or any(self.given(match, row) for match in wall.given)):
            return True
        return any(self.mine(match, row) for match in wall.mine)

    def given(self, match: Given, row: dict[str, Any]) -> bool:
        match match:
            case Everybody():
                return True
            case Named(column):
                return bool(row[column] == self.by.sees)
            case Listed(column):
                return self.by.sees in row[column]
            case Through():
                return self.through(match, row)

    def mine(self, match: Mine, row: dict[str, Any]) -> bool:
        match match:
            case Person(column):
                return bool(row[column] == self.by.name)
            case Named(column):
                return bool(row[column] == self.by.organisation)
            case Through():
                return self.through(match, row)

    def through(self, match: Through, row: dict[str, Any]) -> bool:
        asked = match.table, match.key, row[match.column]
        if asked not in self.known:
            others = (other for other in self.rows[match.table] if other[match.key] == row[match.column])
            self.known[asked] = any(self.shows(match.table, other) for other in others)
        return self.known[asked]

    def keeps(self, table: str, row: dict[str, Any]) -> bool:
        return self.holds(WALLS[table].write) and self.shows(table, row)

    def takes(self, table: str, row: dict[str, Any]) -> bool:
        wall = WALLS[table]
        return self.holds(wall.write | wall.add) if wall.add else self.keeps(table, row)


def attempt(statement: str, *params: object) -> int | str:
    """How many rows a statement touched, or that it was refused; nothing of it stays."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, params or None)
            touched = cursor.rowcount
            transaction.set_rollback(True)
            return touched
    except DatabaseError as error:
        return "refused" if "row-level security" in str(error) else "passed the wall"


def verdicts(by: Actor, rows: Rows, granted: Mapping[str, set[str]]) -> Iterator[tuple[str, ...]]:
    """Where the database answers `by` otherwise than the walls say: (role, scope, table, verb, got, expected)."""
    reading = Reading(by, rows)
    with acting(by):
        for table in WALLS:
            here = [row for row in rows[table] if row["house"] == by.house]
            visible = [row for row in here if reading.shows(table, row)]
            kept = [row for row in visible if reading.keeps(table, row)]
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT to_jsonb(t)::text FROM {table} t")
                found = sorted(key(json.loads(text)) for (text,) in cursor.fetchall())
            answers: list[tuple[str, object, object]] = [("SELECT", found, sorted(map(key, visible)))]
            if "UPDATE" in granted[table]:
                changed = len(visible) if kept == visible else "refused"
                answers.append(("UPDATE", attempt(f"UPDATE {table} SET house = house"), changed))
            if "DELETE" in granted[table]:
                gone = attempt(f"DELETE FROM {table}")
                if kept and gone == "passed the wall":  # a row that others refer to stays, whoever deletes it
                    gone = len(kept)
                answers.append(("DELETE", gone, len(kept)))
            for row in here[:1]:
                names = names_of(table)
                added = f"INSERT INTO {table} ({names}) SELECT {names} FROM json_populate_record(NULL::{table}, %s)"
                expected = "passed the wall" if reading.takes(table, row) else "refused"
                answers.append(("INSERT", attempt(added, json.dumps(row)), expected))
            for verb, got, wanted in answers:
                if got != wanted:
                    yield "+".join(by.roles), by.sees, table, verb, str(got), str(wanted)


@cache
def names_of(table: str) -> str:
    return written(table)


def key(row: dict[str, Any]) -> str:
    return json.dumps(row, sort_keys=True)


def everything() -> Rows:
    return {
        table: [json.loads(str(text)) for (text,) in ask(f"SELECT to_jsonb(t)::text FROM {table} t")] for table in WALLS
    }


def grants() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {table: set() for table in WALLS}
    for table, verb in ask(
        "SELECT table_name, privilege_type FROM information_schema.role_table_grants WHERE grantee = 'maillon'"
    ):
        found.get(str(table), set()).add(str(verb))
    return found


def owners(organisation: str, person: str) -> Callable[[Wall], list[str]]:
    """What gives each row of a table to `organisation` and makes it `person`'s, as assignments."""

    def assignments(wall: Wall) -> list[str]:
        said = {}
        for match in (*wall.given, *wall.mine):
            match match:
                case Named(column) if column != "id":
                    said[column] = f"'{organisation}'"
                case Listed(column):
                    said[column] = f"ARRAY['{organisation}']"
                case Person(column) if column != "name":
                    said[column] = f"'{person}'"
                case _:
                    pass
        return [f"{column} = {value}" for column, value in said.items()]

    return assignments


def give_all(organisation: str, person: str) -> None:
    """The owner gives every row to `organisation` and `person`; of two that then are the same, the first."""
    assignments = owners(organisation, person)
    with connections["owner"].cursor() as cursor:
        for table, wall in WALLS.items():
            if not (said := assignments(wall)):
                continue
            cursor.execute(f"SELECT ctid::text FROM {table} WHERE house IN ('hotline', 'authority')")
            for (place,) in cursor.fetchall():
                with suppress(IntegrityError):
                    cursor.execute(f"UPDATE {table} SET {', '.join(said)} WHERE ctid = '{place}'")


def people() -> None:
    """The organisations and persons that rows are given to, in every house."""
    with connections["owner"].cursor() as cursor:
        for house in HOUSES:
            for id, kind in ((OURS, "local_police"), (KINDRED, "local_police"), (THEIRS, "hosting_provider")):
                cursor.execute(
                    "INSERT INTO access_organisation (house, id, kind, name) VALUES (%s, %s, %s, %s)",
                    [house, id, kind, id],
                )
                cursor.execute(
                    "INSERT INTO partners_partner (house, id, kind, name, country, desk_house, recipient, last_number) "
                    "VALUES (%s, %s, %s, %s, '', '', '', 0)", [house, id, kind, id],
                )  # fmt: skip
            for name in (ME, OTHER):
                cursor.execute(
                    "INSERT INTO access_person (house, name, organisation, roles, active, recipient, made_at) "
                    "VALUES (%s, %s, %s, '{}', true, '', now())", [house, name, OURS],
                )  # fmt: skip
        cursor.execute("UPDATE items_item SET demands = '{}'")
        cursor.execute("UPDATE intake_report SET demands = '{}'")


def test_every_role_reads_and_writes_by_sql_what_its_permissions_open_and_nothing_else(world: World) -> None:
    furnish(world)
    people()
    granted, wrong, everyone = grants(), [], list(actors())
    assert {role for by in everyone for role in by.roles} == set(ROLES)
    for organisation, person in ((OURS, ME), (KINDRED, OTHER), (THEIRS, OTHER)):
        give_all(organisation, person)
        rows = everything()
        assert all(rows.values())
        for by in everyone:
            wrong += [(organisation, by.house, *found) for found in verdicts(by, rows, granted)]
    assert wrong == []
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER POLICY items_item_read ON items_item USING (true)")
    reporter = next(by for by in everyone if by.roles == {"reporter"})
    assert [found[2:4] for found in verdicts(reporter, rows, granted)] == [("items_item", "SELECT")]
    draw("owner")


def test_who_sees_only_what_is_theirs_sees_some_of_it_and_others_none(world: World) -> None:
    """The test above would pass where nobody sees anything; this one names what some must see."""
    furnish(world)
    people()
    officer = Actor("authority", ME, OURS, frozenset({"local_police_officer"}), sees=OURS)
    for organisation, seen in ((OURS, True), (KINDRED, False)):
        give_all(organisation, OTHER)
        with acting(officer), connection.cursor() as cursor:
            for table in (
                "inbox_matter",
                "inbox_arrival",
                "items_item",
                "items_site",
                "decision_request",
                "decision_measure",
            ):
                cursor.execute(f"SELECT count(*) > 0 FROM {table}")
                assert cursor.fetchone() == (seen,), (table, organisation)


def test_whoever_has_no_role_sees_nothing(world: World) -> None:
    furnish(world)
    with acting(Actor("hotline", "", "", frozenset(), sees="")), connection.cursor() as cursor:
        for table in WALLS:
            cursor.execute(f"SELECT count(*) FROM {table}")
            assert cursor.fetchone() == (0,), table


def test_a_row_can_be_locked_by_whoever_reads_it_and_changed_by_no_reader(world: World) -> None:
    furnish(world)
    director = Actor("hotline", "d", "child-focus", frozenset({"director"}))
    with acting(director):
        assert attempt("SELECT 1 FROM items_item FOR NO KEY UPDATE") == attempt("SELECT 1 FROM items_item") > 0
        assert attempt("UPDATE items_item SET country = 'BE', located_at = now()") == "refused"


def test_an_item_is_shared_with_an_organisation_and_its_site_with_it(world: World) -> None:
    furnish(world)
    people()
    officer = Actor("authority", ME, OURS, frozenset({"local_police_officer"}), sees=OURS)
    [(item,)] = ask("SELECT id FROM items_item WHERE house = 'authority'")
    for expected in (0, 1, 1):
        with acting(officer), connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM items_item JOIN items_site s ON s.id = site_id")
            assert cursor.fetchone() == (expected,)
            share_item(item_id=item, organisation=OURS)  # type: ignore[arg-type]
    assert ask("SELECT shared_with FROM items_item WHERE house = 'authority'") == [(["brussels-prosecutor", OURS],)]
    with acting(officer):
        share_item(item_id=uuid4(), organisation=OURS)


def test_what_acts_as_the_program_does_so_for_its_block_alone_however_it_ends(houses: None) -> None:
    nobody = Actor("hotline", "x", "y", frozenset(), sees="y")

    def seen() -> int:
        return len(everybody())

    def everybody() -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM access_person")
            return list(cursor.fetchall())

    with acting(nobody):
        assert seen() == 0
        with as_program():
            assert seen() == 1
        assert seen() == 0
        with pytest.raises(KeyError), as_program():
            raise KeyError
        assert seen() == 0
        with pytest.raises(DatabaseError), as_program(), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT 1/0")
        assert seen() == 0


def test_a_wall_changed_by_hand_is_found_and_drawn_anew(houses: None) -> None:
    assert draw("owner") == 0
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER POLICY items_item_read ON items_item USING (true)")
        cursor.execute("DROP POLICY items_site_add ON items_site")
        cursor.execute("CREATE POLICY stray ON items_site AS RESTRICTIVE USING (true)")
        cursor.execute("ALTER TABLE items_demand DISABLE ROW LEVEL SECURITY")
    wrong = {name for name, _ in differing("default")}
    assert wrong == {
        "items_item_read",
        "items_site_add",
        "stray",
        *(f"items_demand_{v}" for v in ("read", "add", "change", "remove")),
    }
    draw("owner")
    assert list(differing("default")) == []


def test_every_table_of_a_house_has_a_wall(houses: None) -> None:
    assert set(house_tables()) == set(WALLS)
    assert not set(WALLS) & set(HOUSELESS)
    assert an_operator().sees == "*"
