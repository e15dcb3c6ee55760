"""Write the walls into the database, as restrictive row security beside the policy of the house.

Each table has a policy for what is read, added, changed and removed. Where they differ from what the code says, the
owner draws them anew after every migration. Each carries, as its comment, a digest of its source and of what
PostgreSQL made of it, so that a change by hand is found too. Whoever reads a row may lock it; changing what one may
not write is an error, and no silence.
"""

import hashlib
from collections.abc import Iterator, Mapping

from django.db import connections, transaction

from maillon.access.walls import WALLS, Everybody, Given, Listed, Mine, Named, Person, Through, Wall, holders
from maillon.kernel.errors import MaillonError

ROLES = "string_to_array(CASE WHEN maillon_house() <> '' THEN current_setting('maillon.roles', true) END, ',')"
SEES = "current_setting('maillon.sees', true)"
ACTOR = "current_setting('maillon.actor', true)"
ORGANISATION = "current_setting('maillon.organisation', true)"
"""What `outbox.acting` set of whoever acts; nothing is set, nothing is seen.

No functions of our own, and one sub-select a table, which is evaluated once for a statement: each costs its planning.
"""

VERBS = {"SELECT": "read", "INSERT": "add", "UPDATE": "change", "DELETE": "remove"}
"""The end of a policy's name, by what it guards."""

TABLES = """
SELECT c.relname, c.relrowsecurity FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p')
"""

DRAWN = """
SELECT p.polname, obj_description(p.oid, 'pg_policy'), c.relname,
  md5(concat_ws('|', p.polcmd, p.polpermissive, p.polroles::text, pg_get_expr(p.polqual, p.polrelid),
    pg_get_expr(p.polwithcheck, p.polrelid)))
FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND NOT p.polpermissive
"""


class TableWithoutWall(MaillonError):
    """A table of a house is named in no wall: its rows would be every role's."""


def seen(table: str, wall: Wall) -> str:
    """When a row of `table` is seen, as SQL."""
    held = f"{ROLES} && {array(holders(wall.read))}"
    whole = held if Everybody() in wall.given else f"{held} AND {SEES} = '*'"
    found = [f"(SELECT {whole})"]
    if theirs := [matches(table, given) for given in wall.given if given != Everybody()]:
        found.append(f"({held} AND ({' OR '.join(theirs)}))")
    return " OR ".join([*found, *(mine(table, match) for match in wall.mine)])


def written(table: str, wall: Wall) -> str:
    """When a row of `table` may be written, as SQL."""
    return f"(SELECT {ROLES} && {array(holders(wall.write))}) AND ({seen(table, wall)})"


def added(table: str, wall: Wall) -> str:
    """When a row may be added to `table`, as SQL."""
    return f"(SELECT {ROLES} && {array(holders(wall.write | wall.add))})" if wall.add else written(table, wall)


def matches(table: str, given: Given | Mine) -> str:
    """When a row is given to the organisation that whoever acts sees for, as SQL. None is called `*`."""
    match given:
        case Named(column):
            return f'"{column}" = {SEES}'
        case Listed(column):
            return f'{SEES} = ANY("{column}")'
        case Through(column, other, key):
            # Not `EXISTS`, for which the planner may choose to read all of the other table.
            theirs = f'o.house = "{table}".house AND o."{key}" = "{table}"."{column}"'
            return f'(SELECT true FROM "{other}" o WHERE {theirs} LIMIT 1)'
        case _:
            raise TypeError(given)


def mine(table: str, match: Mine) -> str:
    """When a row is that of whoever acts, as SQL."""
    if isinstance(match, Person):
        return f'"{match.column}" = {ACTOR}'
    return f'"{match.column}" = {ORGANISATION}' if isinstance(match, Named) else matches(table, match)


def array(words: tuple[str, ...]) -> str:
    return f"'{{{','.join(words)}}}'"


def policies(walls: Mapping[str, Wall] = WALLS) -> dict[str, tuple[str, str]]:
    """By name of a policy: its table, and what follows `CREATE POLICY name ON table`."""
    found = {}
    for table, wall in walls.items():
        may_read, may_write = seen(table, wall), written(table, wall)
        for verb, rows in (
            ("SELECT", f"USING ({may_read})"),
            ("INSERT", f"WITH CHECK ({added(table, wall)})"),
            ("UPDATE", f"USING ({may_read}) WITH CHECK ({may_write})"),
            ("DELETE", f"USING ({may_write})"),
        ):
            found[f"{table}_{VERBS[verb]}"] = table, f"AS RESTRICTIVE FOR {verb} {rows}"
    return found


def draw(using: str) -> int:
    """Bring the walls of this database to what the code says, in one transaction; how many policies were drawn.

    Tables that are not there yet are left out. Raises TableWithoutWall.
    """
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute(TABLES)
        closed = dict(cursor.fetchall())
        if bare := sorted(name for name, on in closed.items() if on and name not in WALLS):
            raise TableWithoutWall(f"These tables have no wall: {', '.join(bare)}; name them in access/walls.py.")
        tables = closed.keys() & WALLS.keys()
        for table in (table for table in tables if not closed[table]):
            cursor.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
        wrong = list(differing(using))
        wanted = policies()
        for name, table in wrong:
            cursor.execute(f'DROP POLICY IF EXISTS "{name}" ON "{table}"')
            if name in wanted and table in tables:
                cursor.execute(f'CREATE POLICY "{name}" ON "{table}" {wanted[name][1]}')
        made = [name for name, table in wrong if name in wanted and table in tables]
        if made:
            cursor.execute(DRAWN)
            for name, _, table, digest in cursor.fetchall():
                if name in made:
                    cursor.execute(f'COMMENT ON POLICY "{name}" ON "{table}" IS \'{mark(wanted[name][1], digest)}\'')
    return len(made)


def differing(using: str) -> Iterator[tuple[str, str]]:
    """(policy, table) of what is missing in this database, is another than the code says, or was added by hand."""
    wanted = policies()
    with connections[using].cursor() as cursor:
        cursor.execute(DRAWN)
        drawn = {name: (table, comment, digest) for name, comment, table, digest in cursor.fetchall()}
        cursor.execute(TABLES)
        closed = dict(cursor.fetchall())
    for name, (table, _, _) in drawn.items():
        if name not in wanted:
            yield name, table
    for name, (table, source) in wanted.items():
        _, comment, digest = drawn.get(name, (table, None, ""))
        if table in closed and (comment != mark(source, digest) or not closed[table]):
            yield name, table


def mark(source: str, digest: str) -> str:
    """What a policy carries as its comment: digests of its source, and of what the database made of it."""
    return f"{hashlib.sha256(source.encode()).hexdigest()[:32]} {digest}"
