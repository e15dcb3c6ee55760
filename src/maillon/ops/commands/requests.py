"""`maillon requests`: what the police ask of the public prosecutor."""

import json
from typing import Any
from uuid import UUID

import click

from maillon.access.permissions import Permission
from maillon.access.queries import find_actor
from maillon.authority.decision.policy import LANGUAGES, PROVIDERS
from maillon.authority.decision.queries import requests
from maillon.authority.decision.services import request_decision, withdraw_request
from maillon.authority.decision.states import OPEN, Request
from maillon.kernel.clock import SystemClock
from maillon.ops.declaring import needs
from maillon.ops.options import as_json, as_user, on_database
from maillon.ops.showing import brussels, show_table
from maillon.outbox.acting import acting
from maillon.outbox.sql import Row

COLUMNS = ("id", "state", "kind", "office", "urgent", "severity", "due", "review", "recalled", "item")


@click.group
def command() -> None:
    """Ask, ask no longer, and list. What a magistrate decides, they decide signed in, on the pages."""


@command.command
@click.argument("item", type=click.UUID)
@click.option("--kind", type=click.Choice(sorted(PROVIDERS)), required=True, help="What is asked for.")
@click.option("--office", required=True, help="The office of the public prosecutor.")
@click.option("--language", type=click.Choice(LANGUAGES), required=True, help="The language of the decision.")
@click.option("--reasons", required=True, metavar="TEXT", help="Why it is asked.")
@click.option("--urgent", is_flag=True, help="It cannot wait for office hours.")
@as_user
@on_database
@needs(Permission.REQUEST_DECISION, house="authority")
def ask(item: UUID, kind: str, office: str, language: str, reasons: str, urgent: bool, user: str) -> None:
    """Ask an office for one kind of measure on ITEM."""
    id = request_decision(
        item_id=item, kind=kind, office=office, language=language, reasons=reasons, urgent=urgent,
        by=find_actor(house="authority", name=user), at=SystemClock().now(),
    )  # fmt: skip
    click.echo(f"Request {id} lies before {office}.")


@command.command
@click.argument("request", type=click.UUID)
@click.option("--reason", required=True, metavar="TEXT", help="Why it is asked no longer.")
@as_user
@on_database
@needs(Permission.REQUEST_DECISION, house="authority")
def withdraw(request: UUID, reason: str, user: str) -> None:
    """Ask REQUEST no longer, while no magistrate has said anything."""
    by = find_actor(house="authority", name=user)
    withdraw_request(id=request, reason=reason, by=by, at=SystemClock().now())
    click.echo(f"Request {request} is withdrawn.")


@command.command(name="list")
@click.option("--state", "states", type=click.Choice([s.value for s in Request]), multiple=True, help="Only these.")
@click.option("--office", default="", help="Only those before this office.")
@click.option("--after", type=click.UUID, help="Those that follow this request.")
@click.option("--limit", default=100, show_default=True, type=click.IntRange(1, 10_000))
@as_json
@as_user
@on_database
@needs(Permission.READ_DECISIONS, house="authority")
def list_(states: tuple[str, ...], office: str, after: UUID | None, limit: int, as_json: bool, user: str) -> None:
    """List requests, urgent and earliest due first: those that wait for a magistrate, unless states are named."""
    with acting(find_actor(house="authority", name=user)):
        wanted = requests(states=states or OPEN, office=office, after=after, limit=limit)
    found = [_request(row) for row in wanted]
    click.echo(json.dumps(found, indent=2)) if as_json else show_table(found, COLUMNS)


def _request(row: Row) -> dict[str, Any]:
    return {
        "id": str(row["id"]),
        "item": str(row["item_id"]),
        "state": row["state"],
        "kind": row["kind"],
        "office": row["office"],
        "language": row["language"],
        "urgent": row["urgent"],
        "severity": row["severity"],
        "legal_basis": row["legal_basis"],
        "requested_by": row["requested_by"],
        "requested": brussels(row["requested_at"]),
        "due": brussels(row["due_at"]),
        "review": brussels(row["review_at"]),
        "recalled": brussels(row["recalled_at"]),
        "decided_by": row["decided_by"] or None,
    }
