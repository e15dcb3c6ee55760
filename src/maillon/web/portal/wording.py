"""What a letter asks of a partner, in plain words: a title, and a sentence or two."""

from collections.abc import Mapping
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from maillon.outbox.sql import Row

Text = str | Promise


class Words(NamedTuple):
    """What is asked, and what it means. `act` is what the partner says in answer, `hint` when, `said` afterwards."""

    title: Text
    lead: Text
    act: Text = _("We have taken note")
    hint: Text = _("The sender learns that you have read it and deal with it.")
    said: Text = _("You took note.")


READ = _("The sender learns that you have read it.")
ONCE_DONE = _("Press this once it is done, not before: the sender relies on it.")
SAID_DONE = _("You said that it is done.")


UNKNOWN = Words(_("A message for you"), _("Please read it and take note."), hint=READ)
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
        hint=READ,
    ),
    ("order", "removal"): Words(
        _("Please take this offline"),
        _("The public prosecutor ordered it. What is at exactly this address must go offline, and nothing else."),
        _("Done: it is offline"),
        ONCE_DONE,
        SAID_DONE,
    ),
    ("order", "blocking"): Words(
        _("Please block access to this"),
        _("The public prosecutor ordered it. Access to exactly this address must be blocked, and to nothing else."),
        _("Done: access is blocked"),
        ONCE_DONE,
        SAID_DONE,
    ),
    ("callback", ""): Words(
        _("Please stop: this no longer holds"),
        _("What we told you earlier about this address no longer holds. Please undo what you did because of it."),
        hint=READ,
    ),
    ("order_ended", ""): Words(
        _("Please undo this: the order has ended"),
        _("From now on nothing may be offline or blocked because of this order."),
        _("Done: it is undone"),
        ONCE_DONE,
        SAID_DONE,
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
