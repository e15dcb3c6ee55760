"""The load: what waits, on whom, what is late and why, what is stuck, what was changed by hand."""

from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from maillon.access.permissions import Permission, may
from maillon.hotline.analysis import load
from maillon.hotline.analysis.filters import URGENCIES
from maillon.hotline.analysis.overriding import overrides
from maillon.hotline.referral.listing import referrals_by_term
from maillon.hotline.referral.overview import UNSETTLED
from maillon.outbox.sql import Row
from maillon.partners.stuck import stuck_deliveries, stuck_messages
from maillon.rules.terms import escalation
from maillon.web.guard import SignedRequest
from maillon.web.moments import moment

SHOWN, MOST_SHOWN = 20, 40
"""Late cases and late referrals, and how many of the cases where more are asked for; how many there are is said."""

WHY: dict[str, str | Promise] = {
    "claimed": _("somebody is at it"),
    "waiting": _("nobody has given an opinion yet"),
    "second_opinion": _("no second person has given an opinion yet"),
    "disputed": _("opinions disagree, and no senior analyst has decided"),
    "undecided": _("nobody has said yet where it is hosted"),
    "drafted": _("it is still in its grace"),
    "queued": _("the partner has not taken it yet"),
    "sent": _("the partner has not acknowledged it"),
    "refused": _("the partner refused it, and nobody has said what becomes of it"),
}
"""Why something is late: a case's `why`, a referral's state."""


def show(request: SignedRequest) -> HttpResponse:
    """All of it, the worst first."""
    at, shown = request.at, MOST_SHOWN if "more" in request.GET else SHOWN
    cases, referrals = late_cases(at), late_referrals(at)
    return render(
        request,
        "web/load.html",
        {
            **_table(load.load(at=at)),
            "people": load.people(at=at),
            "today": load.decisions_today(at=at),
            "late": cases[:shown],
            "late_rules": rules_of(cases[:shown]),
            "referral_rules": rules_of(referrals[:SHOWN]),
            "late_count": len(cases),
            "more_cases": shown < MOST_SHOWN and len(cases) > shown,
            "hidden": load.late_hidden(at=at),
            "referrals": referrals[:SHOWN],
            "more_referrals": len(referrals) > SHOWN,
            "deliveries": stuck_deliveries(),
            "messages_stuck": stuck_messages(),
            "overrides": [changed(row) for row in overrides(limit=20)],
            "may_override": may(request.actor, Permission.OVERRIDE),
            "may_list": may(request.actor, Permission.LIST_ITEMS),
        },
    )


def late_cases(at: datetime) -> list[Row]:
    """Late cases, what hurts first on top: the most urgent, of those the longest past its term."""
    found = load.late_cases(at=at, limit=load.MOST)
    found.sort(key=lambda row: (row["urgency"], row["due_at"], row["case"]))
    return [{**row, "words": WHY[row["why"]], "told": told("case", row)} for row in found]


def late_referrals(at: datetime) -> list[Row]:
    """Referrals past their term, the longest past first."""
    found = referrals_by_term(until=at, limit=SHOWN + 1)
    return [{**row, "words": WHY[row["state"]], "told": told("referral", row)} for row in found]


def rules_of(found: list[Row]) -> list[str]:
    """The rules that set the terms of these rows, each once: their sources stand under the list."""
    return sorted({row["due_rule"] for row in found if "/" in row["due_rule"]})


def told(subject: str, row: Row) -> str:
    """The role that was told last that this is late; "" where nobody was."""
    if not row["steps"]:
        return ""
    step = escalation(subject, row["steps"], row["due_at"], danger="imminent_danger" in row.get("flags", ()))
    return step.to if step else ""


def changed(row: Row) -> Row:
    """An override with what it was and became as people read them; moments as moments."""
    if row["what"] != "term":
        return {**row, "shown_before": row["before"] or "–", "shown_after": row["after"] or "–"}
    language = (get_language() or "fr")[:2]
    before, after = (
        moment(datetime.fromisoformat(at), language) if at else "–" for at in (row["before"], row["after"])
    )
    return {**row, "shown_before": before, "shown_after": after}


def _table(found: list[Row]) -> dict[str, object]:
    """Cases by urgency and state, and their sums."""
    by_key = {(row["urgency"], row["state"]): row for row in found}
    lines = [
        {
            "urgency": urgency,
            "cells": [by_key.get((urgency, str(state)), {"cases": 0, "late": 0}) for state in UNSETTLED],
            "oldest": min((row["oldest"] for row in found if row["urgency"] == urgency), default=None),
        }
        for urgency in URGENCIES
    ]
    sums = {name: sum(row[name] for row in found) for name in ("cases", "late", "claimed")}
    return {"lines": lines, "sums": sums, "states": [str(state) for state in UNSETTLED]}
