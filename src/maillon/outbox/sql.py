"""Plain SQL with named rows: the set-based statements that services and queries are written in."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection

Row = dict[str, Any]
Params = Mapping[str, Any] | Sequence[Any]


def rows(statement: str, params: Params = ()) -> list[Row]:
    """Run one statement in the current transaction; its result as a list of dictionaries."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params or None)
        if cursor.description is None:
            return []
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, found, strict=True)) for found in cursor.fetchall()]


def one(statement: str, params: Params = ()) -> Row | None:
    """The only row of the result, or None."""
    found = rows(statement, params)
    return found[0] if found else None


def run(statement: str, params: Params = ()) -> int:
    """Run one statement; how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params or None)
        return int(cursor.rowcount)
