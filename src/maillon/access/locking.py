"""Locks: after too many wrong passwords or codes in a row nobody signs in with a password for a while.

Each account is counted by itself, so that a stranger who guesses at one keeps nobody else out. Passkeys cannot be
guessed and still open a locked account. What a locked account answers is what a wrong password is answered.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from maillon.access import events
from maillon.access.models import Login
from maillon.access.permissions import Permission, check
from maillon.access.reasons import reasoned
from maillon.access.roster import active_account
from maillon.kernel.clock import brussels_day
from maillon.kernel.errors import BadInput
from maillon.outbox.acting import HOUSES, Actor, acting, system_actor
from maillon.outbox.record import NewEvent, record, stamp
from maillon.outbox.sql import one, run
from maillon.rules.table import load


class Lock(NamedTuple):
    """After how many failures an account locks, and for how long; `rule` is the row that says so."""

    failures: int
    lasts: timedelta
    rule: str


def lock_rule(at: datetime) -> Lock:
    """The rule in force. Source: rules/tables/lock_after.toml"""
    row = load("lock_after").row(on=brussels_day(at))
    return Lock(row.fields["failures"], timedelta(minutes=row.fields["minutes"]), row.ref)


def is_locked(*, locked_at: datetime | None, at: datetime) -> bool:
    """Whether an account that was locked at `locked_at` still is."""
    return locked_at is not None and at < locked_at + lock_rule(at).lasts


def tried(*, login: Login, right: bool, at: datetime) -> bool:
    """Count one try with a password or a code; whether it opens: it was `right`, and the account is not locked.

    A right one does not clear the count (`signed_in` does): it may be the first of two steps. Tries at one account
    wait for one another here, so that many at once are no more than as many in turn.
    """
    if login.house not in HOUSES:
        return False
    with acting(system_actor(login.house, "clerk")):
        found = one("SELECT failures, locked_at FROM access_login WHERE id = %s FOR NO KEY UPDATE", [login.pk])
        if found is None or is_locked(locked_at=found["locked_at"], at=at):
            return False
        if not right:
            _fail(login, 0 if found["locked_at"] else found["failures"], at)
    return right


def signed_in(*, login: Login, at: datetime) -> None:
    """The person came in: what failed before counts no more. A lock that runs goes on."""
    since = at - lock_rule(at).lasts
    run(
        "UPDATE access_login SET failures = 0, locked_at = NULL "
        "WHERE id = %s AND (failures > 0 OR locked_at IS NOT NULL) AND (locked_at IS NULL OR locked_at <= %s)",
        [login.pk, since],
    )


def unlock(*, person: str, reason: str, by: Actor, at: datetime) -> None:
    """Let `person` try again before the lock ends by itself. Raises NotAllowed, NotFound, BadInput."""
    with acting(by):
        check(by, Permission.MANAGE_ACCOUNTS)
        why = reasoned(reason)
        if not is_locked(locked_at=active_account(name=person, at=at)["locked_at"], at=at):
            raise BadInput(f"The account {person} is not locked.")
        run(
            "UPDATE access_login SET failures = 0, locked_at = NULL WHERE house = %s AND person = %s",
            [by.house, person],
        )
        body = {"person": person, "reason": why}
        record([NewEvent(kind=events.ACCOUNT_UNLOCKED, item=None, body=body, happened_at=at)], by=by, at=at)


def _fail(login: Login, before: int, at: datetime) -> None:
    rule, failures = lock_rule(at), before + 1
    locked_at = at if failures >= rule.failures else None
    run("UPDATE access_login SET failures = %s, locked_at = %s WHERE id = %s", [failures, locked_at, login.pk])
    if locked_at:
        body = {"person": login.person, "failures": failures, "until": stamp(at + rule.lasts)}
        event = NewEvent(kind=events.ACCOUNT_LOCKED, item=None, body=body, happened_at=at, rule=rule.rule)
        record([event], by=system_actor(login.house, "clerk"), at=at)
