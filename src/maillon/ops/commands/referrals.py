"""`maillon referrals`: what goes to whom, due when."""

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from maillon.access.permissions import Permission, check
from maillon.access.queries import find_actor
from maillon.hotline.referral.queries import referrals
from maillon.kernel.clock import SystemClock
from maillon.ops.declaring import needs
from maillon.ops.options import as_json, as_user, in_house, listing, on_database
from maillon.ops.showing import brussels, put_out
from maillon.outbox.acting import acting
from maillon.outbox.sql import Row

COLUMNS = ("id", "state", "partner", "purpose", "channel", "country", "severity", "due", "late", "reports")


@click.command
@as_json
@listing
@as_user
@in_house
@on_database
@needs(Permission.LIST_REFERRALS)
def command(as_json: bool, reason: str, output: Path | None, user: str, house: str) -> None:
    """List the referrals and call-backs: to whom, through which channel, due when, in which state."""
    clock = SystemClock()
    by = find_actor(house=house, name=user)
    with acting(by):
        check(by, Permission.LIST_REFERRALS)
        found = [_referral(row, clock.now()) for row in referrals()]
    put_out(found, COLUMNS, what="referrals", as_json=as_json, reason=reason, output=output, by=by, clock=clock)


def _referral(row: Row, now: datetime) -> dict[str, Any]:
    return {
        "id": str(row["id"]),
        "item": str(row["item"]),
        "reports": row["reports"] or [],
        "country": row["country"] or "undetermined",
        "provider_country": row["provider_country"] or None,
        "partner": row["partner"],
        "purpose": row["purpose"],
        "recalls": str(row["recalls"]) if row["recalls"] else None,
        "channel": row["channel"] or None,
        "severity": row["severity"],
        "flags": row["flags"],
        "due": brussels(row["due_at"]),
        "late": row["steps"] > 0 or (row["due_at"] is not None and row["due_at"] < now),
        "state": row["state"],
        "reason": row["reason"],
        "rule": row["rule"],
        "due_rule": row["due_rule"] or None,
    }
