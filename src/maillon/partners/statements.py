"""Figures of a year that one house states to another, which shows them beside its own."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from maillon.access.permissions import Permission, check
from maillon.kernel.clock import Clock, brussels_day
from maillon.kernel.errors import BadInput
from maillon.outbox.acting import Actor, acting
from maillon.outbox.record import NewEvent, record, stamp
from maillon.outbox.registry import Handed
from maillon.outbox.sql import Row, as_json, rows, run
from maillon.partners import events
from maillon.partners.channels import Channel
from maillon.partners.envelope import check_body
from maillon.partners.known import partner_of
from maillon.partners.services import channel_of, queue_message

TOLD = {"authority": "hotline"}
"""House → the kind of partner that its figures are stated to."""

TAKE = """
INSERT INTO partners_statement AS s (house, partner, year, figures, message_id, stated_at)
VALUES (%(house)s, %(partner)s, %(year)s, %(figures)s::jsonb, %(message)s, %(stated)s)
ON CONFLICT (house, partner, year) DO UPDATE SET figures = excluded.figures, message_id = excluded.message_id,
  stated_at = excluded.stated_at
WHERE s.stated_at < excluded.stated_at
"""


def state_figures(*, year: int, figures: Mapping[str, int], by: Actor, at: datetime) -> UUID:
    """State the figures of `year`, as counted just now, to whom they are owed; the event's uid.

    A later statement of the same year replaces this one. Raises NotAllowed, BadInput.
    """
    with acting(by):
        check(by, Permission.SEND_FIGURES)
        if by.house not in TOLD:
            raise BadInput(f"{by.house} states its figures to nobody.")
        body: dict[str, Any] = {"year": year, "figures": dict(figures), "stated_at": stamp(at)}
        check_body("figures", 1, body)
        event = NewEvent(kind=events.FIGURES_STATED, item=None, body=body, happened_at=at)
        uid = record([event], by=by, at=at)[0]
        _keep(by.house, by.house, uid, body)
        return uid


def send_statement(*, handed: Handed, by: Actor, clock: Clock, channels: Mapping[str, Channel]) -> None:
    """Put figures that were stated on their way."""
    at = clock.now()
    with acting(by):
        check(by, Permission.RUN_WORK)
        on = brussels_day(at)
        to = partner_of(kind=TOLD[by.house], country="", on=on, house=by.house)
        channel, _rule = channel_of(to=to, on=on, channels=channels)
        queue_message(
            to=to.id, channel=channel, item_id=None, kind="figures", version=1, about=handed.uid, body=handed.body,
            cause=handed.uid, by=by, at=at,
        )  # fmt: skip


def take_statement(*, handed: Handed, by: Actor, clock: Clock) -> None:
    """Another house states its figures: they replace what it stated of that year before. Safe to repeat."""
    if handed.body["kind"] != "figures":
        return
    at, said = clock.now(), handed.body["body"]
    with acting(by):
        check(by, Permission.RUN_WORK)
        sender = handed.body["sender"]
        if not _keep(by.house, sender, UUID(handed.body["message"]), said):
            return
        body = {"sender": sender, "year": said["year"], "stated_at": said["stated_at"]}
        event = NewEvent(kind=events.FIGURES_TAKEN, item=None, body=body, happened_at=at, cause=handed.uid)
        record([event], by=by, at=at)


def statements(*, year: int) -> list[Row]:
    """What was last stated of `year`, by others and by the house acted in itself (`partner` is its name then).

    Rows: partner, figures (name to number), stated_at.
    """
    return rows("SELECT partner, figures, stated_at FROM partners_statement WHERE year = %s ORDER BY partner", [year])


def _keep(house: str, partner: str, message: UUID, said: Mapping[str, Any]) -> bool:
    """Keep a statement, unless a later one of that year is kept."""
    row = {"year": said["year"], "figures": as_json(said["figures"]), "message": message, "stated": said["stated_at"]}
    return bool(run(TAKE, {"house": house, "partner": partner, **row}))
