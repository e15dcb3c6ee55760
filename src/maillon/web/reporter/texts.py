"""The sentences of the public pages that follow from what happened. Plain language: level B1, no word of the trade."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from maillon.web.reporter.form import EMPTY, TOO_LONG

Texts = Mapping[str, str | Promise]

PROBLEMS: Texts = {
    EMPTY: _("Write at least one address, or tell us in your own words what you saw."),
    TOO_LONG: _("This text is too long. Make it shorter, or send a second report."),
}

STATED: Texts = {
    "danger_now": _("A child is in danger right now"),
    "about_me": pgettext_lazy("reporter", "It is about me"),
    "minor": _("I am under 18"),
}

NOTICES: Texts = {
    "again": _("Nothing was stored yet. Please look at your report once more and press “Send”."),
    "failed": _("We could not store your report just now. Nothing is lost: wait a moment and press “Send” again."),
}

OUTCOMES: Texts = {
    "received": _("Your report has arrived. It waits for an analyst."),
    "being_looked_at": _("We are looking at your report."),
    "passed_on": _("We passed your report on to those who can act."),
    "decided": _("We passed your report on to those who can act. The public prosecutor has decided what happens next."),
    "no_action": _("We looked at your report. There is nothing more that we can do with it."),
    "no_longer_online": _("What you reported is no longer online."),
    "unclear": _("We do not know enough yet. Can you tell us more?"),
}

MESSAGES: Texts = {
    "written": _("Your message has arrived."),
    EMPTY: _("Write your message first."),
    TOO_LONG: _("Your message is too long. Make it shorter, or send it in two parts."),
    "receipt": _("Your message holds your receipt. Take it out: nobody at the hotline may know it."),
    "full": _("This conversation is full. Make a new report, or call us."),
}
REFUSED_MESSAGES = frozenset({EMPTY, TOO_LONG, "receipt", "full"})

FINDINGS: Texts = {
    "session": _("This part of the address may belong to your own visit."),
    "share": _("This part of the address may show who shared the link."),
    "account": _("This part of the address may belong to your own account."),
    "login": _("This may be a user name or a password."),
    "random": _(
        "Perhaps this code is yours alone, perhaps the page cannot be found without it. Tick it if it is yours."
    ),
    "name": _("This may be a name."),
    "email": _("This is an e-mail address."),
    "phone": _("This may be a telephone number."),
    "national_number": _("This may be a national register number."),
    "bank_account": _("This may be a bank account number."),
}
STAYS = frozenset({"random"})
"""Findings that stay in unless the reporter ticks them: often they are what tells this page from others."""


def finding(kind: str) -> str | Promise:
    """Why a part of the text may say who wrote it."""
    return FINDINGS.get(kind, _("This may show who you are."))
