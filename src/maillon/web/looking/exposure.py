"""How much one looked, for oneself; and how much each person did, for the welfare officer alone."""

from datetime import date, timedelta

from django.http import Http404, HttpResponse
from django.shortcuts import render

from maillon.kernel.clock import brussels_day
from maillon.looking import queries
from maillon.looking.policy import limits
from maillon.web.guard import SignedRequest
from maillon.web.looking.measures import Spent, days, people

WEEK = timedelta(days=7)


def mine(request: SignedRequest) -> HttpResponse:
    """Today, and the week that today ends."""
    today = brussels_day(request.at)
    first = today - WEEK + timedelta(days=1)
    found = queries.exposure(person=request.actor.name, first=first, last=today, at=request.at)
    rules, state = limits(today), queries.state_of(by=request.actor, at=request.at)
    context = {
        "days": [day for day in reversed(days(found, first, today)) if day.whole.views or day.day == today],
        "today": Spent(state.today),
        "since_break": Spent(state.since_break),
        "limits": rules,
        "most": Spent(int(rules.day.total_seconds())),
        "break_after": Spent(int(rules.break_after.total_seconds())),
    }
    return render(request, "web/looking/exposure.html", context)


def everybody(request: SignedRequest) -> HttpResponse:
    """Each person's days of one week, by name; `week` is a day of it."""
    today = brussels_day(request.at)
    monday = _monday(request.GET.get("week", ""), today)
    sunday = monday + WEEK - timedelta(days=1)
    found = queries.exposures(first=monday, last=sunday, by=request.actor, at=request.at)
    context = {
        "people": list(people(found, monday, sunday)),
        "leaves": queries.leaves(first=monday, last=sunday),
        "monday": monday,
        "sunday": sunday,
        "before": monday - WEEK,
        "after": monday + WEEK if monday + WEEK <= today else None,
    }
    return render(request, "web/looking/exposures.html", context)


def _monday(text: str, today: date) -> date:
    try:
        day = date.fromisoformat(text) if text else today
        return day - timedelta(days=day.weekday())
    except (ValueError, OverflowError):
        raise Http404 from None
