"""Taking down a letter that arrived at the authority."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from maillon.authority.inbox.policy import FLAGS, LONGEST
from maillon.authority.inbox.queries import arrival
from maillon.authority.inbox.services import enter_letter
from maillon.items.addresses import find
from maillon.kernel.clock import BRUSSELS
from maillon.web.guard import SignedRequest
from maillon.web.moments import read_wall
from maillon.web.refusals import Refusal
from maillon.web.trying import refused

SEVERITIES = ("1", "2", "3", "4", "5")

PROBLEMS: dict[str, str | Promise] = {
    "sender": _("Say who wrote the letter, or that nobody signed it."),
    "received": _("Give a day and a time, as on the clock of Brussels."),
    "later": _("This moment has not come yet; give the one at which the letter came."),
    "text": _("Write down what the letter says."),
}


def form(request: SignedRequest) -> HttpResponse:
    """An empty form; the letter came just now."""
    now = request.at.astimezone(BRUSSELS)
    return _form(request, {"day": f"{now:%Y-%m-%d}", "time": f"{now:%H:%M}"})


def enter(request: SignedRequest) -> HttpResponse:
    """Take it down; then to its matter. The form again where something is wrong: nothing that was typed is lost."""
    typed = read(request.POST)
    received = read_wall(typed["day"], typed["time"])
    wrong = {field for field in ("sender", "text") if not typed[field]}
    problems = {field: Refusal(PROBLEMS[field]) for field in wrong}
    if received is None or received > request.at:
        problems["received"] = Refusal(PROBLEMS["later" if received else "received"])
    if problems or received is None:
        return _form(request, typed, problems)
    ids = []
    why = refused(
        lambda: ids.extend(
            enter_letter(
                sender_name=typed["sender"], received_at=received, text=typed["text"],
                severity=int(typed["severity"]) if typed["severity"] else None, flags=typed["flags"],
                remark=typed["remark"], by=request.actor, at=request.at,
            )
        )
    )  # fmt: skip
    if why:
        return _form(request, typed, {"text": why})
    return _entered(request, typed["text"], [row for id in ids if (row := arrival(id=id))])


def read(post: QueryDict) -> dict[str, Any]:
    """The form that was sent; a word that is none of the choices counts as none."""
    severity = post.get("severity", "")
    texts = {field: post.get(field, "").strip() for field in ("sender", "text", "remark", "day", "time")}
    return {
        **texts,
        "severity": severity if severity in SEVERITIES else "",
        "flags": [flag for flag in FLAGS if flag in post.getlist("flag")],
    }


def _entered(request: SignedRequest, text: str, entered: list[dict[str, Any]]) -> HttpResponse:
    if not find(text).locations:
        messages.warning(request, _("Taken down. No address was recognised in it: give it one if you find it."))
    else:
        messages.success(request, _("Taken down; it waits like anything that arrived."))
    matters = {row["matter_id"] for row in entered}
    return redirect("matter", id=matters.pop()) if len(matters) == 1 else redirect("matters")


def _form(request: SignedRequest, typed: dict[str, Any], problems: dict[str, Refusal] | None = None) -> HttpResponse:
    context = {
        "typed": typed,
        "problems": problems or {},
        "severities": SEVERITIES,
        "flags": FLAGS,
        "longest": LONGEST,
    }
    return render(request, "web/letter.html", context, status=422 if problems else 200)
