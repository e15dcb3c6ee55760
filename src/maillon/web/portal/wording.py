"""What a letter asks of a partner, in plain words: a title, and a sentence or two."""

from collections.abc import Mapping
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from maillon.outbox.sql import Row

Text = str | Promise


class Words(NamedTuple):
    """What is asked, and what it means; `act` is what the partner says when it takes note."""

    title: Text
    lead: Text
    act: Text = _("We have taken note")


UNKNOWN = Words(_("A message for you"), _("Please read it and take note."))
WORDS: Mapping[tuple[str, str], Words] = {
    ("referral", "action"): Words(
        _("Please deal with this address"),
        _("We looked at it and judged it illegal. As far as we know it is for you to act, by your own law and rules."),
    ),
    ("referral", "danger"): Words(
        _("Somebody may be in danger: please act now"),
        _("We looked at this address and judged it illegal. What we saw suggests that somebody is in danger now."),
    ),
    ("referral", "copy"): Words(
        _("For your information"),
        _("We looked at this address and judged it illegal. Somebody else was asked to act; you need not."),
    ),
    ("order", "removal"): Words(
        _("Please take this offline"),
        _("The public prosecutor ordered it. What is at exactly this address must go offline, and nothing else."),
    ),
    ("order", "blocking"): Words(
        _("Please block access to this"),
        _("The public prosecutor ordered it. Access to exactly this address must be blocked, and to nothing else."),
    ),
    ("callback", ""): Words(
        _("Please stop: this no longer holds"),
        _("What we told you earlier about this address no longer holds. Please undo what you did because of it."),
    ),
    ("order_ended", ""): Words(
        _("Please undo this: the order has ended"),
        _("From now on nothing may be offline or blocked because of this order."),
    ),
    ("answer", ""): Words(_("An answer to your question"), _("It stands with your question.")),
}
"""By kind of message, and what it is for."""

ENDED: Mapping[str, Text] = {
    "lifted": _("A magistrate lifted the order."),
    "lapsed": _("The order given by telephone was not confirmed in time."),
    "expired": _("The order's last day is over."),
    "disowned": _("The magistrate says that this approval was not given."),
    "withdrawn": _("What was asked of you was withdrawn."),
}
"""Why an order ended."""

FORM: Mapping[str, Text] = {"verbal": _("by telephone, noted in writing"), "written": _("in writing")}


def words_of(letter: Row) -> Words:
    """What `letter` asks."""
    body = letter["body"]
    use = {"referral": body.get("purpose", ""), "order": body.get("kind", "")}.get(letter["kind"], "")
    if use == "action" and letter["danger"]:
        use = "danger"
    return WORDS.get((letter["kind"], use), UNKNOWN)
