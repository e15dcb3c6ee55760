"""Referrals: what goes to whom, and how long there is."""

from dataclasses import replace

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from maillon.access.permissions import Permission, may
from maillon.hotline.analysis.blind import unseen_cases
from maillon.hotline.referral.listing import FIRST, LAST, newest_referrals, referrals_by_term
from maillon.hotline.referral.states import NEVER, RUNNING, Referral
from maillon.web import paging
from maillon.web.guard import SignedRequest

CHOICES: dict[str, str | Promise] = {
    "running": _("running"),
    "late": _("past their term"),
    "undecided": _("country to be decided"),
    "refused": _("refused"),
    "all": pgettext_lazy("referral", "all"),
}
IN_STATE = ("undecided", "refused")


def listing(request: SignedRequest) -> HttpResponse:
    """Referrals that wait for something, nearest term first; or all of them, newest first.

    Those that rest on an opinion in doubt are left out for whoever may still give the next one.
    """
    show, start = request.GET.get("show", "running"), request.GET.get("from", "")
    if show not in CHOICES:
        raise Http404
    page = _newest(start) if show == "all" else _by_term(request, show, start)
    unseen = unseen_cases(item_ids=[row["item_id"] for row in page.rows], by=request.actor)
    page = replace(page, rows=[row for row in page.rows if row["case_id"] not in unseen])
    decides = may(request.actor, Permission.DECIDE_REFUSED)
    context = {"page": page, "show": show, "choices": CHOICES.items(), "decides_refused": decides}
    return render(request, "web/referrals.html", context)


def _newest(start: str) -> paging.Shown:
    found = newest_referrals(before=paging.read_id(start, LAST), limit=paging.SIZE + 1)
    return paging.shown(found, lambda row: str(row["id"]))


def _by_term(request: SignedRequest, show: str, start: str) -> paging.Shown:
    found = referrals_by_term(
        states=[Referral(show)] if show in IN_STATE else RUNNING,
        until=request.at if show == "late" else None,
        after=paging.read_moment(start, FIRST),
        limit=paging.SIZE + 1,
    )
    return paging.shown(found, lambda row: paging.moment_cursor(row["due_at"] or NEVER, row["id"]))
