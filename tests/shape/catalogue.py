"""What the database itself says of its tables."""

from dataclasses import dataclass
from functools import cache

from django.db import connections

from maillon.outbox.houseless import HOUSELESS

TABLES = """
SELECT c.relname, c.relrowsecurity, c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') ORDER BY c.relname
"""
UNIQUE = """
SELECT x.indrelid::regclass::text, i.relname,
  ARRAY(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = x.indrelid AND a.attnum = ANY(x.indkey))
FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
JOIN pg_namespace n ON n.oid = t.relnamespace WHERE n.nspname = 'public' AND (x.indisunique OR x.indisexclusion)
"""
FOREIGN = """
SELECT k.conrelid::regclass::text, k.conname, k.confrelid::regclass::text,
  ARRAY(SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY AS u(n, o)
    JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.n ORDER BY o),
  ARRAY(SELECT a.attname::text FROM unnest(k.confkey) WITH ORDINALITY AS u(n, o)
    JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.n ORDER BY o)
FROM pg_constraint k JOIN pg_namespace n ON n.oid = k.connamespace WHERE n.nspname = 'public' AND k.contype = 'f'
"""
POLICIES = (
    "SELECT tablename, cmd, qual, with_check FROM pg_policies WHERE schemaname = 'public' AND permissive = 'PERMISSIVE'"
)
RESTRICTIVE = "SELECT tablename, cmd FROM pg_policies WHERE schemaname = 'public' AND permissive = 'RESTRICTIVE'"
COLUMNS = """
SELECT column_name FROM information_schema.columns
WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER' ORDER BY ordinal_position
"""
CHECKS = """
SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'c' AND conname = %s
"""


@dataclass(frozen=True)
class Foreign:
    """A foreign key: `columns` of `table` hold `targets` of `target`."""

    table: str
    name: str
    target: str
    columns: tuple[str, ...]
    targets: tuple[str, ...]


def ask(statement: str, params: list[object] | None = None) -> list[tuple[object, ...]]:
    """The answer to one statement, as the owner."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(statement, params)
        return list(cursor.fetchall())


@cache
def tables() -> dict[str, bool]:
    """Every table, and whether row security is on."""
    return {str(name): bool(on) for name, on, _ in ask(TABLES)}


def house_tables() -> list[str]:
    """The tables that are not listed as having no house."""
    return [name for name in tables() if name not in HOUSELESS]


def unique_indexes() -> list[tuple[str, str, frozenset[str]]]:
    """(table, index, columns) of whatever is unique."""
    return [(str(t), str(i), frozenset(c)) for t, i, c in ask(UNIQUE)]  # type: ignore[call-overload]


def foreign_keys() -> list[Foreign]:
    return [Foreign(*row[:3], tuple(row[3]), tuple(row[4])) for row in ask(FOREIGN)]  # type: ignore[arg-type]


def written(table: str) -> str:
    """The columns that are written, not computed, as SQL."""
    return ", ".join(f'"{name}"' for (name,) in ask(COLUMNS, [table]))
