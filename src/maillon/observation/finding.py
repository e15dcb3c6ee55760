"""Where items are, found out for a whole batch: names resolved, addresses looked at, the country concluded.

Network work alone: no database. What was known before the work began comes in with each lookup.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from maillon.items.addresses import address_of
from maillon.observation.conclude import UNDETERMINED, Answer, Conclusion, Reason, Seen, Target, along, conclude, stale
from maillon.outbox.sql import Row
from maillon.rules.table import load

MOST_HOPS = 20
"""Hosts of a redirect chain that are located; a fetch follows fewer redirects."""

Resolve = Callable[[Sequence[str]], Mapping[str, Answer]]
Look = Callable[[str], Seen]


@dataclass(frozen=True, slots=True)
class Step:
    """One host of a redirect chain, as the latest capture passed it: the address it connected to, who referred."""

    host: str
    referrer: str
    connected: str


@dataclass(frozen=True, slots=True)
class Known:
    """What was known of an item when its lookup was claimed: the origin told, behind which networks; the way led.

    `origin` is "" where none stands; `front` are the numbers of the networks that stood before it when it was first
    looked up, None where that has not happened yet. `capture` is where `way` comes from.
    """

    origin: str = ""
    front: frozenset[int] | None = None
    capture: UUID | None = None
    way: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Hop:
    """One host of the way that was located."""

    step: Step
    conclusion: Conclusion
    seen: tuple[Seen, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What one claimed lookup came to. `silent`: the resolver did not answer. `front`, what stands at the item's name;
    `origin`, what stands behind it where an origin told still holds; `hops`, the way from there.
    """

    lookup: Row
    known: Known
    conclusion: Conclusion
    silent: bool
    answer: Answer | None
    front: tuple[Seen, ...]
    origin: Seen | None = None
    hops: tuple[Hop, ...] = ()

    @property
    def hosting(self) -> tuple[Seen, ...]:
        """Where the content lies as far as known: the origin, else what stands at the name; then along the way."""
        return ((self.origin,) if self.origin else self.front) + tuple(seen for hop in self.hops for seen in hop.seen)


def way_of(hops: Sequence[Mapping[str, Any]]) -> tuple[Step, ...]:
    """The hosts that a capture passed, in order, each once in a row; () where it was led nowhere else."""
    steps: list[Step] = []
    for hop in hops:
        step = Step(host_of(hop.get("url") or ""), host_of(hop.get("referrer") or ""), hop.get("address") or "")
        if step.host and (not steps or steps[-1].host != step.host):
            steps.append(step)
    return tuple(steps[:MOST_HOPS]) if len(steps) > 1 else ()


def host_of(url: str) -> str:
    """The host of an address that was fetched, as a site's name; "" where there is none."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return f"[{host}]" if ":" in host else host.rstrip(".")


def find_out(claimed: Sequence[Row], known: Mapping[UUID, Known], resolve: Resolve, look: Look) -> list[Found]:
    """The conclusion for each claimed lookup; every name is asked once. `known` by item."""
    names = {name for row in claimed for name in _names(row, known.get(row["item_id"], Known()))}
    answers = resolve(sorted(names)) if names else {}
    return [_find(row, known.get(row["item_id"], Known()), answers, look) for row in claimed]


def _names(lookup: Row, known: Known) -> Iterator[str]:
    """The names that DNS is asked: never an onion's, never an address."""
    if lookup["kind"] == "url":
        hosts = [lookup["site"], *(step.host for step in known.way)]
        yield from (host for host in hosts if address_of(host) is None and not _is_onion(host))


def _is_onion(host: str) -> bool:
    return host.rstrip(".").lower().endswith(".onion")


def _find(lookup: Row, known: Known, answers: Mapping[str, Answer], look: Look) -> Found:
    if lookup["kind"] != "url":
        concluded = conclude(Target(lookup["kind"], lookup["site"]), None, [])
        return Found(lookup, known, concluded, False, None, ())
    answer = _answer(lookup["site"], answers)
    front = tuple(look(ip) for ip in answer.addresses) if answer else ()
    concluded = conclude(Target("url", lookup["site"]), answer, front)
    if concluded.reason is Reason.no_answer:
        return Found(lookup, known, concluded, True, answer, front)
    stands = known.origin and answer and answer.status == "ok" and known.front in (None, numbers(front))
    origin = look(known.origin) if stands else None
    if origin:
        concluded = conclude(Target("url", lookup["site"]), Answer("ok", (origin.ip,)), [origin])
    hops = tuple(_hop(step, lookup["site"], concluded, front, answers, look) for step in known.way)
    if hops:
        concluded = along([concluded, *(hop.conclusion for hop in hops)])
    return Found(lookup, known, concluded, False, answer, front, origin, hops)


def numbers(front: Sequence[Seen]) -> frozenset[int]:
    """The networks that stand at a name, by number: what an origin told stands behind."""
    return frozenset(seen.asn for seen in front if seen.asn)


def _hop(
    step: Step, site: str, at_site: Conclusion, front: tuple[Seen, ...], answers: Mapping[str, Answer], look: Look
) -> Hop:
    """Where one host of the way stands: all that its name answers now, and the address that was connected to."""
    if step.host == site:
        return Hop(step, at_site, front)
    if _is_onion(step.host):
        return Hop(step, Conclusion(UNDETERMINED, Reason.onion), ())
    answer = _answer(step.host, answers)
    now = answer.addresses if answer and answer.status == "ok" else ()
    both = tuple(dict.fromkeys([*now, *([step.connected] if step.connected else [])]))
    if not both:
        return Hop(step, conclude(Target("url", step.host), answer, ()), ())
    seen = tuple(look(ip) for ip in both)
    return Hop(step, conclude(Target("url", step.host), Answer("ok", both), seen), seen)


def _answer(host: str, answers: Mapping[str, Answer]) -> Answer | None:
    literal = address_of(host)
    return Answer("ok", (literal,)) if literal else answers.get(host)


def confidence(seen: Sequence[Seen], on: date) -> str:
    """`low` where a source spoke from data older than the rule allows on that day, else "".

    Source: rules/tables/location_age.toml
    """
    return "low" if any(stale(one, on, oldest(on)) for one in seen) else ""


def oldest(on: date) -> int:
    """Days after which what a source says counts as old. Source: rules/tables/location_age.toml"""
    return load("location_age").row(on=on).number


def as_row(seen: Seen, on: date, role: str) -> dict[str, Any]:
    """What the sources said of one address, to be kept; `stale` names those that spoke from old data.

    `role` is `name` (it answers for the name), `origin` (it stands behind that) or `hop`.
    """
    row = asdict(seen)
    row["data_dates"] = {name: day.isoformat() for name, day in seen.data_dates.items()}
    return {**row, "stale": list(stale(seen, on, oldest(on))), "role": role}


def hop_as_row(hop: Hop, on: date) -> dict[str, Any]:
    """One hop, to be kept: its host and who referred to it, where it stands and why that is said."""
    return {
        "host": hop.step.host,
        "referrer": hop.step.referrer,
        "connected": hop.step.connected,
        "country": hop.conclusion.country,
        "reason": str(hop.conclusion.reason),
        "confidence": confidence(hop.seen, on),
        "seen": [as_row(seen, on, "hop") for seen in hop.seen],
    }
