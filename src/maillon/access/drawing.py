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

FUNCTIONS = {
    "maillon_holds": (
        "(roles text[]) RETURNS boolean",
        "SELECT string_to_array(current_setting('maillon.roles', true), ',') && roles",
    ),
    "maillon_whole": ("() RETURNS boolean", "SELECT current_setting('maillon.sees', true) = '*'"),
    "maillon_sees": ("() RETURNS text", "SELECT nullif(current_setting('maillon.sees', true), '')"),
    "maillon_actor": ("() RETURNS text", "SELECT nullif(current_setting('maillon.actor', true), '')"),
    "maillon_organisation": ("() RETURNS text", "SELECT nullif(current_setting('maillon.organisation', true), '')"),
}
"""What a policy asks of whoever acts, as `outbox.acting` set it; nothing is set, nothing is seen."""

VERBS = {"SELECT": "read", "INSERT": "add", "UPDATE": "change", "DELETE": "remove"}
"""The end of a policy's name, by what it guards."""

HOUSED = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND c.relrowsecurity
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
    """When a row of `table` is seen, as SQL. Each `(SELECT …)` is evaluated once for a statement."""
    held = f"maillon_holds({array(holders(wall.read))})"
    if Everybody() in wall.given:
        found = [f"(SELECT {held})"]
    else:
        found = [f"(SELECT {held} AND maillon_whole())"]
        if wall.given:
            theirs = " OR ".join(matches(table, given) for given in wall.given)
            found.append(f"((SELECT {held} AND NOT maillon_whole()) AND ({theirs}))")
    return " OR ".join([*found, *(mine(table, match) for match in wall.mine)])


def written(table: str, wall: Wall) -> str:
    """When a row of `table` may be written, as SQL."""
    return f"(SELECT maillon_holds({array(holders(wall.write))})) AND ({seen(table, wall)})"


def added(table: str, wall: Wall) -> str:
    """When a row may be added to `table`, as SQL."""
    if wall.add:
        return f"(SELECT maillon_holds({array(holders(wall.write | wall.add))}))"
    return written(table, wall)


def matches(table: str, given: Given | Mine) -> str:
    """When a row is given to the organisation that whoever acts sees for, as SQL."""
    match given:
        case Named(column):
            return f'"{column}" = (SELECT maillon_sees())'
        case Listed(column):
            return f'(SELECT maillon_sees()) = ANY("{column}")'
        case Through(column, other, key):
            # Not `EXISTS`, for which the planner may choose to read all of the other table.
            theirs = f'o.house = "{table}".house AND o."{key}" = "{table}"."{column}"'
            return f'(SELECT true FROM "{other}" o WHERE {theirs} LIMIT 1)'
        case _:
            raise TypeError(given)


def mine(table: str, match: Mine) -> str:
    """When a row is that of whoever acts, as SQL."""
    if isinstance(match, Person):
        return f'"{match.column}" = (SELECT maillon_actor())'
    if isinstance(match, Named):
        return f'"{match.column}" = (SELECT maillon_organisation())'
    return matches(table, match)


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
        for name, (signature, body) in FUNCTIONS.items():
            cursor.execute(
                f"CREATE OR REPLACE FUNCTION {name}{signature} LANGUAGE sql STABLE PARALLEL SAFE AS $${body}$$"
            )
        cursor.execute(HOUSED)
        tables = {name for (name,) in cursor.fetchall()}
        if bare := sorted(tables - WALLS.keys()):
            raise TableWithoutWall(f"These tables have no wall: {', '.join(bare)}; name them in access/walls.py.")
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
        cursor.execute(HOUSED)
        tables = {name for (name,) in cursor.fetchall()}
    for name, (table, _, _) in drawn.items():
        if name not in wanted:
            yield name, table
    for name, (table, source) in wanted.items():
        if table not in tables:
            continue
        _, comment, digest = drawn.get(name, (table, None, ""))
        if comment != mark(source, digest):
            yield name, table


def mark(source: str, digest: str) -> str:
    """What a policy carries as its comment: digests of its source, and of what the database made of it."""
    return f"{hashlib.sha256(source.encode()).hexdigest()[:32]} {digest}"
