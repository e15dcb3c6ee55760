"""Plain SQL with named rows: the set-based statements that services and queries are written in."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from django.db import connection

JSONB = 3802  # PostgreSQL's type number; Django leaves such columns as text
Row = dict[str, Any]
Params = Mapping[str, Any] | Sequence[Any]


def as_json(records: Sequence[Any]) -> str:
    """Many rows as one parameter, for `json_to_recordset(%(…)s::json) AS g(column type, …)`.

    psycopg writes an array parameter element by element in Python; one JSON text costs a tenth of that.
    UUIDs and moments are written as text; bytes are given as hexadecimal text and decoded in the statement.
    """
    return orjson.dumps(records).decode()


def rows(statement: str, params: Params = ()) -> list[Row]:
    """Run one statement in the current transaction; its result as a list of dictionaries."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params or None)
        columns = cursor.description
        if columns is None:
            return []
        names = [column[0] for column in columns]
        documents = [column[0] for column in columns if column[1] == JSONB]
        read = [dict(zip(names, found, strict=True)) for found in cursor.fetchall()]
    for row in read:
        for name in documents:
            row[name] = orjson.loads(row[name]) if row[name] is not None else None
    return read


def one(statement: str, params: Params = ()) -> Row | None:
    """The only row of the result, or None."""
    found = rows(statement, params)
    return found[0] if found else None


def run(statement: str, params: Params = ()) -> int:
    """Run one statement; how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params or None)
        return int(cursor.rowcount)
