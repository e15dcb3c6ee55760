"""Look up procedures, requests, orders, holds and measures. Row security shows each only what is theirs."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from maillon.access.permissions import Permission, may
from maillon.authority.decision.finding import running_hold
from maillon.authority.decision.policy import OFFICES
from maillon.authority.decision.procedures import procedure_in_force, procedures
from maillon.authority.decision.states import OPEN
from maillon.outbox.acting import Actor, acting
from maillon.outbox.sql import Row, one, rows

__all__ = [
    "Needs",
    "decision_needs",
    "hold",
    "holds_of",
    "magistrates",
    "measure",
    "measures_of",
    "office",
    "offices",
    "order",
    "orders",
    "orders_of",
    "procedure_in_force",
    "procedures",
    "provider",
    "providers",
    "request",
    "requests",
    "requests_of",
    "running_hold",
]

REQUEST = (
    "SELECT r.*, i.url, i.canonical FROM decision_request r JOIN items_item i ON (i.house, i.id) = (r.house, r.item_id)"
)

PLACE = "NOT r.urgent, coalesce(r.due_at, r.review_at, 'infinity'), r.id"

REQUESTS = f"""
{REQUEST}
WHERE (%(states)s::text[] IS NULL OR r.state = ANY(%(states)s)) AND (%(office)s = '' OR r.office = %(office)s)
  AND (%(after)s::uuid IS NULL OR ({PLACE}) > (SELECT {PLACE} FROM decision_request r WHERE r.id = %(after)s))
ORDER BY {PLACE} LIMIT %(limit)s
"""


def request(*, id: UUID) -> Row | None:
    """The request with this id, with its item's `url` and `canonical`; None where it is not to be seen."""
    return one(f"{REQUEST} WHERE r.id = %s", [id])


def requests(
    *, states: Sequence[str] | None = None, office: str = "", after: UUID | None = None, limit: int = 100
) -> list[Row]:
    """The requests in these states (None: all) before an office ("": any), urgent and earliest due first.

    `after` is the last one of the page before.
    """
    params = {"states": list(states) if states is not None else None, "office": office, "after": after, "limit": limit}
    return rows(REQUESTS, params)


def requests_of(*, item_id: UUID) -> list[Row]:
    """Every request about the item, the latest first."""
    return rows(f"{REQUEST} WHERE r.item_id = %s ORDER BY r.requested_at DESC, r.id DESC", [item_id])


COLUMNS = """
o.house, o.id, o.request_id, o.item_id, o.kind, o.form, o.state, o.number, o.office, o.magistrate, o.language, o.words,
o.legal_basis, o.given_at, o.until, o.confirm_by, o.confirm_rule, o.confirmed_at, o.recorded_by, o.recorded_at,
o.ended_at, o.ended_by, o.ended_why, o.document IS NOT NULL AS written, o.ended_document IS NOT NULL AS ended_written
"""
"""All but the documents themselves."""


def order(*, id: UUID) -> Row | None:
    """The order with this id, `written` and `ended_written` telling of its documents; None where it is not seen."""
    return one(f"SELECT {COLUMNS} FROM decision_order o WHERE o.id = %s", [id])


def orders(*, states: Sequence[str] | None = None, office: str = "", limit: int = 100) -> list[Row]:
    """The orders in these states (None: all), given by an office ("": any), the latest first."""
    return rows(
        f"SELECT {COLUMNS} FROM decision_order o WHERE (%(states)s::text[] IS NULL OR o.state = ANY(%(states)s)) "
        "AND (%(office)s = '' OR o.office = %(office)s) ORDER BY o.given_at DESC, o.id DESC LIMIT %(limit)s",
        {"states": list(states) if states is not None else None, "office": office, "limit": limit},
    )


def orders_of(*, item_id: UUID) -> list[Row]:
    """Every order about the item, the latest first."""
    return rows(
        f"SELECT {COLUMNS} FROM decision_order o WHERE o.item_id = %s ORDER BY o.recorded_at DESC, o.id DESC",
        [item_id],
    )


def hold(*, id: UUID) -> Row | None:
    """The hold with this id; None where it is not to be seen."""
    return one("SELECT * FROM decision_hold WHERE id = %s", [id])


def holds_of(*, item_id: UUID) -> list[Row]:
    """Every hold on the item, the latest first."""
    return rows("SELECT * FROM decision_hold WHERE item_id = %s ORDER BY given_at DESC, id DESC", [item_id])


MEASURE = """
SELECT m.*, p.name AS partner_name, c.name AS procedure_name FROM decision_measure m
JOIN access_organisation p ON (p.house, p.id) = (m.house, m.partner)
JOIN decision_procedure c ON (c.house, c.id) = (m.house, m.procedure_id)
"""


def measures_of(*, order_id: UUID) -> list[Row]:
    """What was asked of whom under the order, oldest first, with `partner_name` and `procedure_name`."""
    return rows(f"{MEASURE} WHERE m.order_id = %s ORDER BY m.recorded_at, m.id", [order_id])


def measure(*, id: UUID) -> Row | None:
    """The measure with this id, likewise; None where it is not to be seen."""
    return one(f"{MEASURE} WHERE m.id = %s", [id])


def offices() -> list[Row]:
    """The offices of the public prosecutor that the house knows: id, kind, name, language."""
    return _organisations(OFFICES)


def office(*, id: str) -> Row | None:
    """The office with this id, or None."""
    return next((row for row in offices() if row["id"] == id), None)


def providers(*, kind: str) -> list[Row]:
    """The organisations of one kind of provider: id, kind, name, language."""
    return _organisations([kind])


def provider(*, id: str, kind: str) -> Row | None:
    """The provider with this id, or None where it is none of this kind."""
    return next((row for row in providers(kind=kind) if row["id"] == id), None)


def _organisations(kinds: Sequence[str]) -> list[Row]:
    return rows(
        "SELECT id, kind, name, language FROM access_organisation WHERE kind = ANY(%s) ORDER BY id", [list(kinds)]
    )


def magistrates(*, office: str) -> list[Row]:
    """The magistrates of an office who have an account: name, organisation."""
    return rows(
        "SELECT name, organisation FROM access_person WHERE active AND organisation = %s AND 'magistrate' = ANY(roles) "
        "ORDER BY name",
        [office],
    )


class Needs(NamedTuple):
    """How many decisions wait for whoever asks, or are late."""

    to_confirm: int
    to_decide: int
    recalled: int
    late_requests: int
    late_measures: int
    refused_measures: int


REQUESTS_WAITING = """
SELECT count(*) FILTER (WHERE r.state = ANY(%(open)s)) AS to_decide,
  count(*) FILTER (WHERE r.recalled_at IS NOT NULL) AS recalled,
  count(*) FILTER (WHERE r.due_at < %(at)s) AS late
FROM decision_request r
WHERE (r.state = ANY(%(open)s) OR r.due_at IS NOT NULL) AND (%(office)s = '' OR r.office = %(office)s)
"""

MEASURES_WAITING = """
SELECT count(*) FILTER (WHERE m.due_at < %(at)s) AS late, count(*) FILTER (WHERE m.state = 'refused') AS refused
FROM decision_measure m JOIN decision_order o ON (o.house, o.id) = (m.house, m.order_id)
WHERE (m.due_at IS NOT NULL OR m.state = 'refused' AND o.state IN ('provisional', 'in_force'))
  AND (%(office)s = '' OR o.office = %(office)s)
"""


def decision_needs(*, by: Actor, at: datetime) -> Needs:
    """What waits for `by`: a magistrate's own approvals to confirm and office's requests, or those of all offices."""
    decides = may(by, Permission.DECIDE)
    params = {
        "office": by.organisation if decides else "",
        "at": at,
        "open": [state for state in OPEN if state != "left_online"],
        "name": by.name if decides else "",
    }
    with acting(by):
        mine = one(
            "SELECT count(*) AS n FROM decision_order WHERE state = 'provisional' "
            "AND (%(name)s = '' OR magistrate = %(name)s)",
            params,
        )
        asked, done = one(REQUESTS_WAITING, params), one(MEASURES_WAITING, params)
    assert mine is not None
    assert asked is not None
    assert done is not None
    return Needs(mine["n"], asked["to_decide"], asked["recalled"], asked["late"], done["late"], done["refused"])
