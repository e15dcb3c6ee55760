"""Dated decision tables: rows in TOML, one answer per key and day, never a default.

A file `tables/<name>.toml` names its key columns (`keys`) and holds `[[rows]]`, each with one text per key
column ("*" stands for any), a `value`, `valid = [from, until)` (an empty text means no limit), a `basis`
("read": somebody read the source; "assumed": nobody did) and a `source`. Of the rows that cover key and day,
the one with the fewest "*" answers.
"""

import hashlib
import json
import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property, lru_cache
from itertools import combinations
from pathlib import Path
from typing import Any, cast

from maillon.kernel.errors import MaillonError, NoRule

TABLES = Path(__file__).parent / "tables"
ANY = "*"
BASES = ("read", "assumed")

Key = tuple[str, ...]
Value = int | str | bool | list[str] | dict[str, Any]


class BadTable(MaillonError):
    """A rule table is missing, malformed, or gives two answers to one question; its file must be mended."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One dated answer. `index` counts the file's rows from 1.

    `digest` is the SHA-256 of what the row says, as canonical JSON, in hexadecimal.
    """

    table: str
    index: int
    key: Key
    value: Value
    start: date
    until: date
    basis: str
    source: str
    digest: str

    @property
    def ref(self) -> str:
        """What a decision stores about the rule it rested on, such as `route/3@1f2e3d4c5b6a`."""
        return f"{self.table}/{self.index}@{self.digest[:12]}"

    @property
    def specificity(self) -> int:
        return sum(part != ANY for part in self.key)

    @property
    def number(self) -> int:
        """The value, where it is a whole number."""
        return cast(int, self._value_of(int))

    @property
    def text(self) -> str:
        """The value, where it is one text."""
        return cast(str, self._value_of(str))

    @property
    def texts(self) -> list[str]:
        """The value, where it is a list of texts."""
        return list(cast(list[str], self._value_of(list)))

    @property
    def fields(self) -> dict[str, Any]:
        """The value, where it is a record, such as `{"amount": 1, "unit": "working_days"}`."""
        return dict(cast(dict[str, Any], self._value_of(dict)))

    def covers(self, key: Key) -> bool:
        """Whether every column is equal or free here; `key` may itself be a pattern."""
        return all(mine in (ANY, theirs) for mine, theirs in zip(self.key, key, strict=True))

    def in_force(self, on: date) -> bool:
        return self.start <= on < self.until

    def _value_of(self, kind: type) -> Value:
        if type(self.value) is not kind:
            raise BadTable(f"Row {self.ref} holds {self.value!r}; its reader needs a value of type {kind.__name__}.")
        return self.value


@dataclass(frozen=True, kw_only=True, eq=False)
class Table:
    """A rule table: `row` is its only question."""

    name: str
    keys: tuple[str, ...]
    rows: tuple[Row, ...]

    def row(self, on: date, **key: str) -> Row:
        """The answer for this key on this day. Raises NoRule where no row covers it."""
        if key.keys() != self._columns:
            raise TypeError(f"{self.name} is asked by {list(self.keys)}, not by {sorted(key)}")
        wanted = tuple(key[column] for column in self.keys)
        found = _best(self, wanted, on)
        if not found:
            asked = ", ".join(f"{k}={key[k]}" for k in self.keys) or "an empty key"
            raise NoRule(
                f"Table {self.name} has no row for {asked} on {on.isoformat()};"
                " add one to its file or let a person decide."
            )
        return found[0]

    @cached_property
    def _columns(self) -> frozenset[str]:
        return frozenset(self.keys)

    def refuse_two_answers(self) -> None:
        """Raises BadTable where equally specific rows cover one key and day, and no finer row settles it."""
        for a, b in combinations(self.rows, 2):
            meet = _meet(a.key, b.key)
            start, until = max(a.start, b.start), min(a.until, b.until)
            if a.specificity != b.specificity or meet is None or start >= until:
                continue
            turns = {start} | {day for r in self.rows for day in (r.start, r.until) if start < day < until}
            for day in sorted(turns):
                if a in _best(self, meet, day):
                    raise BadTable(
                        f"Table {self.name} gives two answers for {meet} on {day.isoformat()},"
                        f" rows {a.index} and {b.index}; end one of them or add a more specific row."
                    )


@cache
def load(name: str) -> Table:
    """The table in `tables/<name>.toml`, read once. Raises BadTable where it cannot be relied on."""
    if name not in names():
        raise BadTable(f"There is no rule table {name!r}; there are {', '.join(names())}.")
    return parse(name, (TABLES / f"{name}.toml").read_text(encoding="utf-8"))


@cache
def names() -> tuple[str, ...]:
    """The names of all rule tables, in alphabetical order."""
    return tuple(sorted(path.stem for path in TABLES.glob("*.toml")))


def assumed() -> list[Row]:
    """Every row that rests on something nobody has read, over all tables."""
    return [row for name in names() for row in load(name).rows if row.basis == "assumed"]


def parse(name: str, text: str) -> Table:
    """The table that `text` (TOML) describes, checked. Raises BadTable."""
    try:
        raw = tomllib.loads(text)
        keys = tuple(raw["keys"])
        rows = tuple(_row(name, keys, index, row) for index, row in enumerate(raw["rows"], start=1))
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise BadTable(f"Table {name} cannot be read: {error!r}; mend its file.") from error
    table = Table(name=name, keys=keys, rows=rows)
    table.refuse_two_answers()
    return table


@lru_cache(maxsize=10_000)
def _best(table: Table, key: Key, on: date) -> tuple[Row, ...]:
    """The most specific rows that cover `key` (which may be a pattern) on that day; empty where none does."""
    covering = [r for r in table.rows if r.in_force(on) and r.covers(key)]
    most = max((r.specificity for r in covering), default=0)
    return tuple(r for r in covering if r.specificity == most)


def _row(table: str, keys: tuple[str, ...], index: int, raw: dict[str, Any]) -> Row:
    if raw.keys() != {*keys, "value", "valid", "basis", "source"}:
        raise BadTable(f"Row {index} of table {table} needs exactly {[*keys, 'value', 'valid', 'basis', 'source']}.")
    if raw["basis"] not in BASES or not raw["source"].strip():
        raise BadTable(f"Row {index} of table {table} needs a source, and a basis that is one of {BASES}.")
    if not all(isinstance(raw[column], str) for column in keys):
        raise BadTable(f"Row {index} of table {table} has a key that is no text; put it between quotes.")
    first, end = raw["valid"]
    start = date.fromisoformat(first) if first else date.min
    until = date.fromisoformat(end) if end else date.max
    if start >= until:
        raise BadTable(f"Row {index} of table {table} ends on {end}, before it begins; turn its days round.")
    canonical = json.dumps({"table": table, **raw}, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return Row(
        table=table,
        index=index,
        key=tuple(raw[column] for column in keys),
        value=raw["value"],
        start=start,
        until=until,
        basis=raw["basis"],
        source=raw["source"],
        digest=hashlib.sha256(canonical.encode()).hexdigest(),
    )


def _meet(a: Key, b: Key) -> Key | None:
    """The keys that both patterns cover, as a pattern; None where there are none."""
    both = list(zip(a, b, strict=True))
    if any(ANY not in pair and pair[0] != pair[1] for pair in both):
        return None
    return tuple(theirs if mine == ANY else mine for mine, theirs in both)
