"""What the form of an act offers to choose from, and what it proposes."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from maillon.authority.decision.listing import measures_under
from maillon.authority.decision.policy import PROVIDERS
from maillon.authority.decision.procedures import procedure_in_force
from maillon.authority.decision.queries import magistrates, providers
from maillon.kernel.clock import BRUSSELS, brussels_day
from maillon.outbox.sql import Row
from maillon.rules.calendar import due
from maillon.rules.table import load
from maillon.rules.terms import term
from maillon.web.decision.acts import Act

SAID: Mapping[str, tuple[tuple[str, str | Promise], ...]] = {
    "asked": (("done", _("%(provider)s carried it out")), ("refused", _("%(provider)s does not do it"))),
    "ending": (("done", _("%(provider)s undid it")), ("refused", _("%(provider)s does not undo it"))),
}
"""What a provider may answer, by the state of its measure."""


class Choice(NamedTuple):
    """One thing to choose, by its id and its name."""

    id: str
    name: str


def of(act: Act, row: Row, at: datetime) -> list[Choice]:
    """The magistrates of the office; the providers that can be asked now (none without a procedure in force); what
    each of those that were asked may have answered."""
    if act.name == "note_approval":
        return [Choice(one["name"], one["name"]) for one in magistrates(office=row["office"])]
    if act.name == "record_measure":
        return _providers(row, at)
    return _answers(row) if act.name == "note_answer" else []


def _providers(row: Row, at: datetime) -> list[Choice]:
    if row["order_id"] is None or procedure_in_force(kind=row["kind"], on=brussels_day(at)) is None:
        return []
    asked = {one["partner"] for one in measures_under(request_id=row["id"]) if one["state"] in ("asked", "done")}
    return [Choice(one["id"], one["name"]) for one in providers(kind=PROVIDERS[row["kind"]]) if one["id"] not in asked]


def _answers(row: Row) -> list[Choice]:
    found = []
    for one in measures_under(request_id=row["id"]):
        said = SAID.get(one["state"])
        if said:
            name = one["provider"] or one["partner"]
            found += [Choice(f"{answer}:{one['id']}", text % {"provider": name}) for answer, text in said]
    return found


def proposed(act: Act, row: Row, at: datetime) -> Mapping[str, str]:
    """The longest end that the rules allow, as day and time; for a call, now."""
    end = latest(act, row, at)
    typed = _typed("until", end) if end else {}
    return {**typed, **(_typed("given", at) if "given" in act.fields else {})}


def latest(act: Act, row: Row, at: datetime) -> datetime | None:
    """The latest end that the rules allow from now on; None where the act has no end."""
    if "until" not in act.fields:
        return None
    if act.name in ("leave_online", "extend_hold"):
        return term("review_within", at).due
    spoken = act.name == "note_approval" or (act.name == "extend_order" and row["form"] == "verbal")
    form = "verbal" if spoken else "written"
    rule = load("order_lasts").row(on=brussels_day(at), form=form, kind=row["kind"])
    return due(at, rule.fields["amount"], rule.fields["unit"])


def _typed(name: str, at: datetime) -> dict[str, str]:
    wall = (at - timedelta(seconds=at.second, microseconds=at.microsecond)).astimezone(BRUSSELS)
    return {f"{name}_day": f"{wall:%Y-%m-%d}", f"{name}_time": f"{wall:%H:%M}"}
