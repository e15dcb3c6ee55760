"""To whom a settled item goes. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from maillon.directory.hotlines import hotline_for
from maillon.kernel.errors import MaillonError
from maillon.rules.table import Row, load

UNDETERMINED = "undetermined"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What routing rests on: the settlement, and the two keys of where the server stands and the provider is.

    `country` is a code, `undetermined`, or "" where the item was never located; `provider_country` a code or "".
    """

    outcome: str
    severity: int | None
    flags: frozenset[str]
    country: str
    provider_country: str
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """One who must get it: kind of partner, the country whose desk it is ("" for a Belgian one), and why."""

    kind: str
    country: str
    purpose: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Who must get the item. `undecided` where a person must first say where it is hosted."""

    recipients: tuple[Recipient, ...]
    undecided: bool
    rule: Row


def route(facts: Facts) -> Route:
    """Who must get an illegal item. Raises NoRule. Source: rules/tables/route.toml

    Imminent danger is at a Belgian place where the server stands in Belgium or a Belgian victim or suspect was stated.
    """
    server = _server(facts.country, facts.on)
    rule = load("route").row(
        on=facts.on, server=server, provider=_provider(facts.provider_country), danger=_danger(facts)
    )
    return Route(
        recipients=tuple(_recipients(rule.texts, facts.country)), undecided=server == "undetermined", rule=rule
    )


def _recipients(entries: Iterable[str], country: str) -> Iterable[Recipient]:
    for entry in entries:
        kind, _, purpose = entry.partition(":")
        if not purpose:
            raise MaillonError(f"The route {entry!r} names no purpose; mend rules/tables/route.toml.")
        yield Recipient(kind=kind, country=country if kind == "inhope_hotline" else "", purpose=purpose)


def _server(country: str, on: date) -> str:
    if country == "BE":
        return "belgium"
    if country in ("", UNDETERMINED):
        return "undetermined"
    return "inhope" if hotline_for(country, on) else "elsewhere"


def _provider(country: str) -> str:
    return {"": "unknown", "BE": "belgium"}.get(country, "abroad")


def _danger(facts: Facts) -> str:
    if "imminent_danger" not in facts.flags:
        return "none"
    belgian = facts.country == "BE" or facts.flags & {"belgian_victim", "belgian_suspect"}
    return "belgian_place" if belgian else "elsewhere"
