"""What a report may hold, and when a repeated one opens an item again. Pure."""

from datetime import date, timedelta

from maillon.rules.table import load

CHANNELS = ("web", "phone", "letter", "mail", "partner")
ENTERED = ("phone", "letter", "mail")
"""The channels whose reports the hotline's staff take down."""

STATED = ("danger_now", "minor", "about_me")
"""What a reporter may state beside the location: somebody is in danger now; I am a minor; it is about me."""

LONGEST = {"text": 20_000, "remark": 10_000, "contact": 500, "message": 5_000, "reason": 500, "reference": 200}
"""The most characters of each field."""

MOST_MESSAGES = 100
"""How many messages one reporter may leave with one report."""

MOST_IN_BATCH = 1_000
"""How many reports a partner's program sends in one request."""

EFFECTS = ("new", "joined", "reopened", "repeated")


def reopens(*, state: str, settled_on: date | None, on: date) -> bool:
    """Whether a report received on `on` reopens an item in `state`, settled on `settled_on`.

    An illegal or offline item is reopened at once; one settled as not illegal after the table's interval
    (changed content and new facts come through other doors). Source: rules/tables/reopen_after.toml
    """
    if state == "open":
        return False
    if settled_on is None:
        return True
    amount = load("reopen_after").row(on=on, outcome=state).value
    days = int(amount["amount"]) if isinstance(amount, dict) else 0
    return on >= settled_on + timedelta(days=days)
