"""When a repeated report opens an item again. Pure."""

from datetime import date, timedelta

from maillon.rules.table import load

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
