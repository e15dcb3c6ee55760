"""What will follow from an opinion before it is given: for every code of a scheme, whose word it takes and who gets it.

Read from the same tables, by the same functions, as when it happens. Pure.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import product
from typing import Any

from maillon.hotline.analysis.policy import Opinion, opinions_needed
from maillon.hotline.referral.policy import Facts, Recipient, route
from maillon.rules.schemes import SEVERITIES, Code, Outcome, Scheme
from maillon.rules.table import Row, load


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One who will get it, and the rule on within what time (`fields`: amount, unit)."""

    to: Recipient
    within: Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Follows:
    """What an opinion leads to: how many must say so, and who then gets it by which rule.

    `routed` is None where nobody gets it: it is not illegal, or its place is still being looked for. `undecided`: a
    person must first say where it is hosted.
    """

    opinions: Row
    routed: Row | None
    sent: tuple[Sent, ...] = ()
    undecided: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """The same follows from `code` at any of these severities (none: not stated), whether or not these flags are up.

    `danger`: imminent danger; `flagged`: a Belgian victim or suspect. Each holds False, True or both.
    """

    code: Code
    severities: tuple[int | None, ...]
    danger: tuple[bool, ...]
    flagged: tuple[bool, ...]
    follows: Follows


def foresee(*, scheme: Scheme, country: str, provider_country: str, on: date) -> list[Outlook]:
    """Every opinion that can be given on an item hosted there, by what follows; those that share it stand together.

    `country` is a code, `undetermined`, or "" while the item is not located. For each code, severity and flag exactly
    one `Outlook` holds. Raises NoRule.
    """
    return [outlook for code in scheme.codes.values() for outlook in _of(code, scheme, (country, provider_country), on)]


def _of(code: Code, scheme: Scheme, place: tuple[str, str], on: date) -> list[Outlook]:
    """The outlooks of one code: joined over severities first, then over flags, then over danger."""
    severities: tuple[int | None, ...] = tuple(SEVERITIES)
    if code.outcome is not Outcome.ILLEGAL:
        severities = (None, *severities)
    found = [
        Outlook(
            code=code,
            severities=(severity,),
            danger=(up[0],),
            flagged=(up[1],),
            follows=_follows(code, scheme, severity, up, place, on),
        )
        for up in product((False, True), (False, True))
        for severity in severities
    ]
    for axis in ("severities", "flagged", "danger"):
        found = _joined(found, axis)
    return found


def _joined(outlooks: Sequence[Outlook], axis: str) -> list[Outlook]:
    """Outlooks that differ on `axis` alone are one."""
    found: list[Outlook] = []
    for outlook in outlooks:
        same = next((n for n, o in enumerate(found) if _without(o, axis) == _without(outlook, axis)), None)
        if same is None:
            found.append(outlook)
        else:
            found[same] = replace(outlook, **{axis: getattr(found[same], axis) + getattr(outlook, axis)})
    return found


def _without(outlook: Outlook, axis: str) -> Outlook:
    nothing: dict[str, Any] = {axis: ()}
    return replace(outlook, **nothing)


def _follows(
    code: Code, scheme: Scheme, severity: int | None, up: tuple[bool, bool], place: tuple[str, str], on: date
) -> Follows:
    danger, flagged = up
    flags = frozenset(f for f, raised in (("imminent_danger", danger), ("belgian_victim", flagged)) if raised)
    opinion = Opinion(
        person="",
        scheme=scheme.name,
        version=scheme.version,
        code=code.code,
        outcome=str(code.outcome),
        severity=severity,
        flags=flags,
        on=on,
        body="hotline",
    )
    needed = opinions_needed(opinion)
    country, provider_country = place
    if code.outcome is not Outcome.ILLEGAL or not country:
        return Follows(opinions=needed, routed=None)
    facts = Facts(
        outcome=str(code.outcome),
        severity=severity,
        flags=flags,
        country=country,
        provider_country=provider_country,
        on=on,
    )
    found = route(facts)
    sent = tuple(Sent(to=to, within=_within(to, danger, on)) for to in found.recipients)
    return Follows(opinions=needed, routed=found.rule, sent=sent, undecided=found.undecided)


def _within(to: Recipient, danger: bool, on: date) -> Row:
    return load("send_within").row(on=on, partner_kind=to.kind, danger="yes" if danger else "no")
