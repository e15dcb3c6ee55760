"""The keys of the pages: which there are, and choosing others."""

from itertools import groupby

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from maillon.access.keys import keys_of, set_keys
from maillon.web.guard import SignedRequest
from maillon.web.keys import ACTIONS, ALL, CHOICE, ENTER, WHERE, choice, clash
from maillon.web.templatetags.keys import shown


def show(request: SignedRequest) -> HttpResponse:
    """Every action with its key, as a form."""
    chosen = keys_of(person=request.actor.name)
    return page(request, {a.name: chosen.get(a.name, a.key) for a in ACTIONS}, on=chosen.get(ALL) != "off")


def choose(request: SignedRequest) -> HttpResponse:
    """Keep what was chosen; where two actions of one page have the same key, say so and keep nothing."""
    if "usual" in request.POST:
        set_keys(keys={}, by=request.actor, at=request.at)
        messages.success(request, _("The usual keys are back."))
        return redirect("keys")
    given = {a.name: read(request.POST.get(a.name, a.key)) for a in ACTIONS}
    on = "on" in request.POST
    if unknown := next((a for a in ACTIONS if given[a.name] not in ("", *CHOICE)), None):
        said = _("“%(key)s” cannot be a key: write a letter, a digit or “%(enter)s”.")
        error = said % {"key": given[unknown.name], "enter": shown(ENTER)}
        return page(request, given, on=on, error=error, wrong=(unknown,))
    if two := clash(given):
        said = _("“%(one)s” and “%(other)s” have the same key: give one of them another.")
        return page(request, given, on=on, error=said % {"one": two[0].text, "other": two[1].text}, wrong=two)
    set_keys(keys=choice(given, on=on), by=request.actor, at=request.at)
    messages.success(request, _("Kept."))
    return redirect("keys")


def page(
    request: HttpRequest, keys: dict[str, str], *, on: bool, error: str = "", wrong: tuple[object, ...] = ()
) -> HttpResponse:
    """The form, filled with `keys` by action."""
    groups = [
        (WHERE[where], [(action, shown(keys[action.name]), action in wrong) for action in actions])
        for where, actions in groupby(ACTIONS, key=lambda action: action.where)
    ]
    context = {"groups": groups, "on": on, "error": error}
    return render(request, "web/keys.html", context, status=422 if error else 200)


def read(text: str) -> str:
    """A key as somebody wrote it."""
    key = text.strip().lower()
    return ENTER if key == shown(ENTER).lower() else key
