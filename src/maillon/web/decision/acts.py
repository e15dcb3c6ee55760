"""What can be done with a request, by whom, in which state, and which service does it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from maillon.access.permissions import Permission as P
from maillon.access.permissions import may
from maillon.authority.decision import services
from maillon.authority.decision.queries import measures_of
from maillon.authority.decision.states import Order, Request
from maillon.kernel.errors import BadInput
from maillon.outbox.acting import Actor, acting
from maillon.outbox.sql import Row
from maillon.web.decision.filled import Filled

Do = Callable[[Row, Filled, Actor, datetime], object]
Text = str | Promise

UNDECIDED = frozenset({Request.REQUESTED, Request.APPROVED, Request.CONFIRMED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One act. `fields` are those of its form; `states` of the request and `orders` of its order allow it, where
    `where` (a column of the request) says so too.

    `review`: what was filled in is shown again, with what follows, before it is done. `tone` is the button's class,
    `chooses` what is asked where one of several is chosen.
    """

    name: str
    path: str
    permission: P
    title: Text
    button: Text
    done: Text
    words: Text
    states: frozenset[Request]
    do: Do
    orders: frozenset[Order] = frozenset()
    fields: tuple[str, ...] = ("words",)
    where: str = ""
    review: bool = True
    tone: str = ""
    chooses: Text = ""

    @property
    def give(self) -> str:
        """The name of the address that its form is sent to."""
        return f"{self.name}_give"

    def fits(self, row: Row) -> bool:
        """Whether the state of the request, and of its order, allow it."""
        if self.where and not row[self.where]:
            return False
        return row["state"] in self.states and (not self.orders or row["order_state"] in self.orders)


decides = partial(Act, permission=P.DECIDE)


CONFIRM = decides(
    name="confirm_approval", path="confirm",
    title=_("Confirm your approval by telephone"),
    button=_("Confirm it"),
    done=_("Confirmed. You can still put it in writing, or lift it."),
    words=_("Anything to add"),
    states=frozenset({Request.APPROVED}),
    fields=("words?",),
    review=False,
    do=lambda row, form, by, at: services.confirm_approval(
        order_id=row["order_id"], words=form.words, by=by, at=at
    ),
)  # fmt: skip
WRITE = decides(
    name="order_in_writing", path="order",
    title=_("Order in writing"),
    button=_("Order it"),
    done=_("Ordered. The document is below; should it be wrong, lift the order."),
    words=_("The order, in your words"),
    states=UNDECIDED,
    fields=("until", "words"),
    do=lambda row, form, by, at: services.order_in_writing(
        request_id=row["id"], words=form.words, until=moment(form), by=by, at=at
    ),
)  # fmt: skip
LEAVE = decides(
    name="leave_online", path="leave-online",
    title=_("Leave it online for the investigation"),
    button=_("Leave it online"),
    done=_("Left online. On the day of the review it is asked of you again; you can end it before."),
    words=_("Why, in your words"),
    states=UNDECIDED,
    fields=("until", "words"),
    tone="quiet",
    do=lambda row, form, by, at: services.leave_online(
        request_id=row["id"], until=moment(form), words=form.words, by=by, at=at
    ),
)  # fmt: skip
REFUSE = decides(
    name="refuse_request", path="refuse",
    title=_("Refuse"),
    button=_("Refuse it"),
    done=_("Refused. The police see your reason, and may ask again with other facts."),
    words=_("Why, in your words"),
    states=UNDECIDED,
    tone="quiet",
    do=lambda row, form, by, at: services.refuse(request_id=row["id"], words=form.words, by=by, at=at),
)  # fmt: skip
DISOWN = decides(
    name="disown_approval", path="disown",
    title=_("Say that you never gave this approval"),
    button=_("Disown it"),
    done=_("Disowned. The request waits for a decision again."),
    words=_("What happened, in your words"),
    states=frozenset({Request.APPROVED}),
    tone="grave",
    do=lambda row, form, by, at: services.disown_approval(order_id=row["order_id"], words=form.words, by=by, at=at),
)  # fmt: skip
EXTEND = decides(
    name="extend_order", path="extend",
    title=_("Extend the order"),
    button=_("Extend it"),
    done=_("Extended; whoever acts under the order is told."),
    words=_("Why, in your words"),
    states=frozenset({Request.CONFIRMED, Request.ORDERED}),
    orders=frozenset({Order.IN_FORCE}),
    fields=("until", "words"),
    tone="quiet",
    do=lambda row, form, by, at: services.extend_order(
        order_id=row["order_id"], until=moment(form), words=form.words, by=by, at=at
    ),
)  # fmt: skip
LIFT = decides(
    name="lift_order", path="lift",
    title=_("Lift the order"),
    button=_("Lift it"),
    done=_("Lifted; everybody who acted is told to undo it."),
    words=_("Why, in your words"),
    states=frozenset({Request.APPROVED, Request.CONFIRMED, Request.ORDERED}),
    orders=frozenset({Order.IN_FORCE}),
    tone="grave",
    do=lambda row, form, by, at: services.lift_order(order_id=row["order_id"], words=form.words, by=by, at=at),
)  # fmt: skip
EXTEND_HOLD = decides(
    name="extend_hold", path="later-review",
    title=_("Put the review off"),
    button=_("Put it off"),
    done=_("The review is put off; notices abroad wait until then."),
    words=_("Why, in your words"),
    states=frozenset({Request.LEFT_ONLINE}),
    fields=("until", "words"),
    tone="quiet",
    do=lambda row, form, by, at: services.extend_hold(
        hold_id=row["hold_id"], until=moment(form), words=form.words, by=by, at=at
    ),
)  # fmt: skip
END_HOLD = decides(
    name="end_hold", path="end-hold",
    title=_("Look at it again now"),
    button=_("End leaving it online"),
    done=_("It is left online no longer; the request waits for your decision."),
    words=_("Why, in your words"),
    states=frozenset({Request.LEFT_ONLINE}),
    do=lambda row, form, by, at: services.end_hold(hold_id=row["hold_id"], words=form.words, by=by, at=at),
)  # fmt: skip
STAND_BY = decides(
    name="stand_by", path="stand-by",
    title=_("Stand by what was decided"),
    button=_("It stands"),
    done=_("It stands; the call-back was seen."),
    words=_("Why, in your words"),
    states=frozenset({Request.ORDERED, Request.LEFT_ONLINE}),
    where="recalled_at",
    do=lambda row, form, by, at: services.answer_recall(request_id=row["id"], words=form.words, by=by, at=at),
)  # fmt: skip
NOTE = Act(
    name="note_approval", path="approval", permission=P.NOTE_APPROVAL,
    title=_("Note an approval by telephone"),
    button=_("Note it"),
    done=_("Noted. The magistrate finds it on top of their list, and must confirm it."),
    words=_("What the magistrate said, in their words"),
    states=frozenset({Request.REQUESTED}),
    fields=("chosen", "given", "until", "words"),
    chooses=_("Which magistrate"),
    do=lambda row, form, by, at: services.note_approval(
        request_id=row["id"], magistrate=form.chosen, words=form.words, given_at=moment(form, "given"),
        until=moment(form), by=by, at=at,
    ),
)  # fmt: skip
MEASURE = Act(
    name="record_measure", path="measure", permission=P.RECORD_MEASURE,
    title=_("Ask a provider to act under the order"),
    button=_("Ask this provider"),
    done=_("Asked; the provider is told, and answers within its term."),
    words="",
    states=frozenset({Request.APPROVED, Request.CONFIRMED, Request.ORDERED}),
    orders=frozenset({Order.PROVISIONAL, Order.IN_FORCE}),
    fields=("chosen",),
    chooses=_("Which provider"),
    do=lambda row, form, by, at: services.record_measure(
        order_id=row["order_id"], partner=form.chosen, by=by, at=at
    ),
)  # fmt: skip
ANSWER = Act(
    name="note_answer", path="answer", permission=P.RECORD_MEASURE,
    title=_("Note what a provider answered"),
    button=_("Note it"),
    done=_("Noted."),
    words=_("What the provider said, and who"),
    states=frozenset(Request),
    where="unanswered",
    fields=("chosen", "words"),
    chooses=_("Which answer"),
    tone="quiet",
    review=False,
    do=lambda row, form, by, at: _note_answer(row, form, by, at),
)  # fmt: skip
WITHDRAW = Act(
    name="withdraw_request", path="withdraw", permission=P.REQUEST_DECISION,
    title=_("Withdraw the request"),
    button=_("Withdraw it"),
    done=_("Withdrawn. You may ask again."),
    words=_("Why"),
    states=frozenset({Request.REQUESTED}),
    tone="grave",
    do=lambda row, form, by, at: services.withdraw_request(id=row["id"], reason=form.words, by=by, at=at),
)  # fmt: skip

ACTS = (
    CONFIRM,
    WRITE,
    LEAVE,
    REFUSE,
    DISOWN,
    EXTEND,
    LIFT,
    STAND_BY,
    END_HOLD,
    EXTEND_HOLD,
    NOTE,
    MEASURE,
    ANSWER,
    WITHDRAW,
)
"""In the order in which a page offers them."""

BY_NAME: Mapping[str, Act] = {act.name: act for act in ACTS}


def moment(form: Filled, which: str = "until") -> datetime:
    """A moment that the form was checked for."""
    found = form.until if which == "until" else form.given
    assert found is not None
    return found


def _note_answer(row: Row, form: Filled, by: Actor, at: datetime) -> None:
    answer, _sep, named = form.chosen.partition(":")
    measure = as_id(named)
    with acting(by):
        asked = [one["id"] for one in measures_of(order_id=row["order_id"])] if row["order_id"] else []
    if answer in ("done", "refused") and measure in asked:
        services.note_answer(measure_id=measure, answer=answer, words=form.words, by=by, at=at)
    else:
        raise BadInput("Choose one of the answers.")


def as_id(text: str) -> UUID:
    """The id that a form names. Raises BadInput."""
    try:
        return UUID(text)
    except ValueError:
        raise BadInput("Choose one of those on the page.") from None


def open_to(row: Row, by: Actor) -> list[Act]:
    """What `by` can do with the request now: a magistrate decides for their own office alone."""
    return [act for act in ACTS if act.fits(row) and may(by, act.permission) and own(act, row, by)]


def own(act: Act, row: Row, by: Actor) -> bool:
    """Whether it is theirs: the request of their office; an approval by telephone of the magistrate who gave it."""
    if act in (CONFIRM, DISOWN) and row["magistrate"] != by.name:
        return False
    return act.permission != P.DECIDE or row["office"] == by.organisation
