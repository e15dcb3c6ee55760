"""What follows from an act, who is told, and how a mistake is put right: shown before it is done."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from maillon.authority.decision.policy import answer_by, confirm_by
from maillon.authority.decision.states import Order
from maillon.outbox.sql import Row
from maillon.web.decision.filled import Filled
from maillon.web.labels import label, partner
from maillon.web.moments import moment


class Following(NamedTuple):
    """What follows, a sentence each; the names of who is told; how a mistake is put right; the rules it rests on."""

    lines: list[str]
    told: list[str]
    mending: str
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Situation:
    """A request with its order, the measures that run under it, the sender of its item, and what was filled in."""

    row: Row
    measures: list[Row]
    origin: str
    form: Filled
    at: datetime

    def when(self, at: datetime | None) -> dict[str, str]:
        """A moment for a sentence; where it was not given yet, words in its place."""
        language = (get_language() or "fr")[:2]
        return {"until": moment(at, language) if at else _("the moment that you give")}

    def name(self, id: str) -> str:
        return str(partner(id, (get_language() or "fr")[:2]).text)

    @property
    def provisional(self) -> bool:
        return bool(self.row["order_state"] == Order.PROVISIONAL)

    @property
    def in_force(self) -> bool:
        return self.row["order_state"] in (Order.PROVISIONAL, Order.IN_FORCE)

    @property
    def hotline(self) -> list[str]:
        """Whoever sent the item."""
        return [str(label("organisation", self.origin).text)] if self.origin else []

    @property
    def police(self) -> list[str]:
        return [_("the police who asked (%(person)s)") % {"person": self.row["requested_by"]}]

    @property
    def providers(self) -> list[str]:
        return [one["provider"] or self.name(one["partner"]) for one in self.measures]

    def undone(self) -> list[str]:
        """What ending the order means for those who act under it."""
        return [_("Each provider that acts under it is asked to undo what it did.")] if self.measures else []


def following(name: str, situation: Situation) -> Following:
    """All of it for the act of this name."""
    return BY_ACT[name](situation)


def _confirm(s: Situation) -> Following:
    return Following(
        [_("Your order by telephone stays in force until %(until)s.") % s.when(s.row["until"])],
        s.police,
        _("You can still put it in writing with another end, or lift it."),
    )


def _write(s: Situation) -> Following:
    lines = [
        _("The order is in force at once, until %(until)s.") % s.when(s.form.until),
        _("It gets its number, and a document in the language of the request."),
    ]
    if s.in_force:
        lines.append(_("It takes the place of the one by telephone; what providers do under that goes on under this."))
    return Following(lines, [*s.hotline, *s.police, *s.providers], _("You can lift or extend the order at any moment."))


def _leave(s: Situation) -> Following:
    lines = [
        _("Nobody is asked to take the item offline or to block it."),
        _("Notices abroad wait too, until %(until)s.") % s.when(s.form.until),
        _("On that day the request waits for your decision again."),
    ]
    return Following(
        [*lines, *_ending(s)],
        [*s.hotline, *s.police, *_if_ending(s)],
        _("You can end it before the day of the review."),
    )


def _refuse(s: Situation) -> Following:
    lines = [_("The request ends without an order. Your reason is kept in a document.")]
    return Following(
        [*lines, *_ending(s)],
        [*s.hotline, *s.police, *_if_ending(s)],
        _("A refusal stands; the police may ask again with other facts."),
    )


def _ending(s: Situation) -> list[str]:
    return [_("The order by telephone ends now."), *s.undone()] if s.in_force else []


def _if_ending(s: Situation) -> list[str]:
    return s.providers if s.in_force else []


def _disown(s: Situation) -> Following:
    lines = [
        _("The order by telephone ends now; on record it stays that the police noted it, and that you disown it."),
        *s.undone(),
        _("The request waits for a decision again."),
    ]
    return Following(lines, [*s.hotline, *s.police, *s.providers], _("You can still order in writing afterwards."))


def _extend(s: Situation) -> Following:
    lines = [
        _("The order is in force until %(until)s.") % s.when(s.form.until),
        _("Until now it was until %(until)s.") % s.when(s.row["until"]),
    ]
    return Following(lines, [*s.hotline, *s.police, *s.providers], _("You can extend it again, or lift it."))


def _lift(s: Situation) -> Following:
    lines = [_("The order ends now, and so does the request."), *s.undone()]
    return Following(
        lines, [*s.hotline, *s.police, *s.providers], _("A lifted order stays lifted; the police may ask again.")
    )


def _extend_hold(s: Situation) -> Following:
    lines = [
        _("Notices abroad wait until %(until)s; on that day the request waits for your decision again.")
        % s.when(s.form.until)
    ]
    return Following(lines, [*s.hotline, *s.police], _("You can end it before the day of the review."))


def _end_hold(s: Situation) -> Following:
    lines = [_("Notices abroad wait no longer."), _("The request waits for your decision again, from now on.")]
    return Following(lines, [*s.hotline, *s.police], _("You can leave it online once more."))


def _stand_by(s: Situation) -> Following:
    return Following([_("What was decided stands, although the hotline called its referral back.")], s.police, "")


def _note(s: Situation) -> Following:
    lines = [_("The order is in force at once, by telephone, until %(until)s.") % s.when(s.form.until)]
    rules: tuple[str, ...] = ()
    if s.form.given and s.form.until:
        by, rule = confirm_by(s.form.given, s.form.until, urgent=s.row["urgent"])
        lines.append(_("It lapses by itself unless the magistrate confirms it before %(until)s.") % s.when(by))
        rules = (rule,)
    magistrate = s.form.chosen or _("the magistrate you choose")
    return Following(
        lines, [magistrate, *s.hotline], _("The magistrate can disown it; you cannot take it back."), rules
    )


def _measure(s: Situation) -> Following:
    late = answer_by(s.at, "carry_out", danger=bool(s.row["urgent"]))
    lines = [
        _("The provider gets the order, and is to act at once."),
        _("It answers before %(until)s; after that it counts as late.") % s.when(late.due),
    ]
    chosen = s.name(s.form.chosen) if s.form.chosen else _("the provider you choose")
    return Following(lines, [chosen], _("Only the end of the order undoes it: ask the magistrate."), (late.rule,))


def _answer(s: Situation) -> Following:
    lines = [
        _("The provider's term ends."),
        _("Where it refuses to act, the measure ends; where it refuses to undo, it stays due."),
    ]
    return Following(lines, s.hotline, _("What the provider writes itself goes on record in the same way."))


def _withdraw(s: Situation) -> Following:
    return Following(
        [_("The request ends; no magistrate sees it among those to decide.")], s.hotline, _("You may ask again.")
    )


BY_ACT: Mapping[str, Callable[[Situation], Following]] = {
    "confirm_approval": _confirm,
    "order_in_writing": _write,
    "leave_online": _leave,
    "refuse_request": _refuse,
    "disown_approval": _disown,
    "extend_order": _extend,
    "lift_order": _lift,
    "end_hold": _end_hold,
    "extend_hold": _extend_hold,
    "stand_by": _stand_by,
    "note_approval": _note,
    "record_measure": _measure,
    "note_answer": _answer,
    "withdraw_request": _withdraw,
}
