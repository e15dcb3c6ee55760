"""`maillon orders`: what magistrates approved and ordered, and what providers are asked to do under it."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import click

from maillon.access.permissions import Permission
from maillon.access.queries import find_actor
from maillon.authority.decision.answering import ANSWERS
from maillon.authority.decision.queries import measures_of, orders
from maillon.authority.decision.services import note_answer, note_approval, record_measure
from maillon.authority.decision.states import IN_FORCE, Order
from maillon.authority.decision.taking import Which, take_document
from maillon.kernel.clock import BRUSSELS, SystemClock
from maillon.kernel.errors import BadInput
from maillon.ops.declaring import needs
from maillon.ops.options import as_json, as_user, on_database
from maillon.ops.showing import brussels, show_table
from maillon.outbox.acting import acting
from maillon.outbox.sql import Row

COLUMNS = ("id", "number", "state", "form", "kind", "office", "magistrate", "until", "confirm_by", "measures")


@click.group
def command() -> None:
    """Note approvals, record measures, list. What a magistrate decides, they decide signed in, on the pages."""


@command.command
@click.argument("request", type=click.UUID)
@click.option("--magistrate", required=True, help="The account of the magistrate who approved.")
@click.option("--words", required=True, metavar="TEXT", help="What they said, as they said it.")
@click.option("--given", required=True, metavar="MOMENT", help="When: ISO 8601, in Brussels unless it says otherwise.")
@click.option("--until", required=True, metavar="MOMENT", help="Until when, likewise.")
@as_user
@on_database
@needs(Permission.NOTE_APPROVAL, house="authority")
def approve(request: UUID, magistrate: str, words: str, given: str, until: str, user: str) -> None:
    """Note that a magistrate approved REQUEST by telephone; they confirm or disown it, or it lapses."""
    id = note_approval(
        request_id=request, magistrate=magistrate, words=words, given_at=_moment(given), until=_moment(until),
        by=find_actor(house="authority", name=user), at=SystemClock().now(),
    )  # fmt: skip
    click.echo(f"Order {id} is in force until {magistrate} confirms or disowns it, or it lapses.")


@command.command
@click.argument("order", type=click.UUID)
@click.argument("partner")
@as_user
@on_database
@needs(Permission.RECORD_MEASURE, house="authority")
def measure(order: UUID, partner: str, user: str) -> None:
    """Ask the provider PARTNER to carry ORDER out."""
    by = find_actor(house="authority", name=user)
    id = record_measure(order_id=order, partner=partner, by=by, at=SystemClock().now())
    click.echo(f"Measure {id}: {partner} is written to.")


@command.command
@click.argument("measure", type=click.UUID)
@click.argument("answer", type=click.Choice(ANSWERS))
@click.option("--words", required=True, metavar="TEXT", help="What the provider said, and who.")
@as_user
@on_database
@needs(Permission.RECORD_MEASURE, house="authority")
def answer(measure: UUID, answer: str, words: str, user: str) -> None:
    """Note what a provider told: it did what was asked last (to act, to undo), or it does not."""
    by = find_actor(house="authority", name=user)
    note_answer(measure_id=measure, answer=answer, words=words, by=by, at=SystemClock().now())
    click.echo(f"Noted for measure {measure}.")


@command.command
@click.argument("id", type=click.UUID)
@click.option("--which", type=click.Choice(["order", "lifting", "refusal"]), default="order", show_default=True)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The PDF to write.")
@as_user
@on_database
@needs(Permission.READ_DECISIONS, house="authority")
def document(id: UUID, which: str, output: Path, user: str) -> None:
    """Write the PDF of the order ID, of its lifting, or of the refusal of the request ID, readable by you alone."""
    by = find_actor(house="authority", name=user)
    taken = take_document(which=cast(Which, which), id=id, by=by, at=SystemClock().now())
    try:
        output.touch(mode=0o600)
        output.write_bytes(taken.content)
    except OSError as error:
        raise BadInput(f"{output} cannot be written: {error.strerror}.") from error
    click.echo(f"{output} holds it.")


@command.command(name="list")
@click.option("--state", "states", type=click.Choice([s.value for s in Order]), multiple=True, help="Only these.")
@click.option("--office", default="", help="Only those of this office.")
@click.option("--limit", default=100, show_default=True, type=click.IntRange(1, 10_000))
@as_json
@as_user
@on_database
@needs(Permission.READ_DECISIONS, house="authority")
def list_(states: tuple[str, ...], office: str, limit: int, as_json: bool, user: str) -> None:
    """List orders, the latest first: those in force, unless states are named."""
    with acting(find_actor(house="authority", name=user)):
        found = [_order(row) for row in orders(states=states or IN_FORCE, office=office, limit=limit)]
    click.echo(json.dumps(found, indent=2, ensure_ascii=False)) if as_json else show_table(found, COLUMNS)


def _order(row: Row) -> dict[str, Any]:
    plain = {key: row[key] for key in ("number", "state", "form", "kind", "office", "magistrate", "language", "words")}
    return {
        "id": str(row["id"]),
        "request": str(row["request_id"]),
        "item": str(row["item_id"]),
        **plain,
        "given": brussels(row["given_at"]),
        "until": brussels(row["until"]),
        "confirm_by": brussels(row["confirm_by"]) if row["state"] == Order.PROVISIONAL else None,
        "ended": brussels(row["ended_at"]),
        "why": row["ended_why"] or None,
        "measures": [f"{found['partner']}: {found['state']}" for found in measures_of(order_id=row["id"])],
    }


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadInput(f"{text!r} is no moment; write it as 2026-03-03T11:00.") from error
    return found if found.tzinfo else found.replace(tzinfo=BRUSSELS)
