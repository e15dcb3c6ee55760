"""The hotlines of the INHOPE network: dated, sourced rows in `data/hotlines.toml`, a rule table in form."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from maillon.kernel.errors import NoRule
from maillon.rules.table import Row, Table, parse

DATA = Path(__file__).parent / "data"
OWN_COUNTRY = "BE"


@dataclass(frozen=True, kw_only=True)
class Hotline:
    """A country's hotlines. `verified_at` is None where nobody checked; `ref` is what a decision stores."""

    country: str
    names: tuple[str, ...]
    verified_at: date | None
    basis: str
    source: str
    ref: str


@cache
def table() -> Table:
    """All rows, Belgium's included; `maillon doctor` reads the assumed ones here."""
    return parse("hotlines", (DATA / "hotlines.toml").read_text(encoding="utf-8"))


def hotline_for(country: str, on: date) -> Hotline | None:
    """The hotline abroad that takes reports hosted in `country` on that day; None where the network has none.

    None for Belgium too: its hotline is the sender and never a destination.
    """
    if country == OWN_COUNTRY:
        return None
    try:
        return _hotline(table().row(on, country=country))
    except NoRule:
        return None


def own_hotline(on: date) -> Hotline:
    """Belgium's hotline. Raises NoRule before its first day."""
    return _hotline(table().row(on, country=OWN_COUNTRY))


def _hotline(row: Row) -> Hotline:
    value = row.fields
    return Hotline(
        country=row.key[0],
        names=tuple(value["names"]),
        verified_at=date.fromisoformat(value["verified_at"]) if value["verified_at"] else None,
        basis=row.basis,
        source=row.source,
        ref=row.ref,
    )
