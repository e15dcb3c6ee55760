"""Which provision, which terms, which provider. Pure. Sources: the rule tables named in each function."""

from datetime import datetime
from typing import Literal, NamedTuple

from maillon.kernel.clock import BRUSSELS, brussels_day
from maillon.kernel.errors import BadInput
from maillon.rules.calendar import due
from maillon.rules.table import Row, load
from maillon.rules.terms import Term, escalated_at, term

Language = Literal["fr", "nl"]
LANGUAGES: tuple[Language, ...] = ("fr", "nl")
PROVIDERS = {"removal": "hosting_provider", "blocking": "access_provider"}
"""By kind of measure: the kind of organisation that can carry it out."""

OFFICES = ("federal_prosecutor", "local_prosecutor")
"""The kinds of organisation whose magistrates decide."""


class Late(NamedTuple):
    """When something is due, when it is first escalated should it be late, and the rule that says so."""

    due: datetime
    escalate: datetime | None
    rule: str


def provision(purpose: str, at: datetime) -> Row:
    """The provision in force on the Brussels day of `at`. Source: rules/tables/legal_basis.toml"""
    return load("legal_basis").row(on=brussels_day(at), purpose=purpose)


def provision_of(ref: str) -> Row | None:
    """The provision that a request or an order refers to; None where the table's row was changed since."""
    return next((row for row in load("legal_basis").rows if row.ref == ref), None)


def decide_by(at: datetime, *, urgent: bool) -> Late:
    """When a magistrate must have decided. Source: rules/tables/decide_on_request_within.toml"""
    return _late("request", term("decide_on_request_within", at, urgent=_yes(urgent)), danger=urgent)


def answer_by(at: datetime, what: Literal["carry_out", "undo"], *, danger: bool) -> Late:
    """When a provider must have answered. Source: rules/tables/measure_within.toml"""
    return _late("measure", term("measure_within", at, what=what, danger=_yes(danger)), danger=danger)


def _late(subject: str, found: Term, *, danger: bool) -> Late:
    return Late(found.due, escalated_at(subject, found.due, danger=danger), found.rule.ref)


def _yes(told: bool) -> str:
    return "yes" if told else "no"


def confirm_by(given_at: datetime, until: datetime, *, urgent: bool) -> tuple[datetime, str]:
    """When an approval by telephone lapses unless it is confirmed, and the rule: never after its own end.

    Source: rules/tables/confirm_within.toml
    """
    found = term("confirm_within", given_at, urgent=_yes(urgent))
    return min(found.due, until), found.rule.ref


def check_noted(given_at: datetime, at: datetime) -> None:
    """Raise BadInput unless an approval given then may be noted now. Source: rules/tables/approval_noted_within.toml"""
    if given_at > at:
        raise BadInput("An approval cannot be noted before it is given; correct the moment.")
    if (latest := term("approval_noted_within", given_at).due) < at:
        raise BadInput(
            f"An approval given then could be noted until {_day(latest)}; ask the magistrate for a written order."
        )


def check_end(form: Literal["verbal", "written"], kind: str, given_at: datetime, until: datetime, at: datetime) -> None:
    """Raise BadInput unless an order given then may last until then. Source: rules/tables/order_lasts.toml"""
    rule = load("order_lasts").row(on=brussels_day(given_at), form=form, kind=kind)
    _check_between(at, until, due(given_at, rule.fields["amount"], rule.fields["unit"]), "An order given so")


def check_review(at: datetime, until: datetime) -> None:
    """Raise BadInput unless an item may be left online until then. Source: rules/tables/review_within.toml"""
    _check_between(at, until, term("review_within", at).due, "An item left online")


def _check_between(at: datetime, until: datetime, latest: datetime, what: str) -> None:
    if until <= at:
        raise BadInput("The end must lie ahead; give a later moment.")
    if until > latest:
        raise BadInput(f"{what} lasts until {_day(latest)} at most; give an earlier end.")


def check_words(words: str, what: str) -> str:
    """The words without space around them. Raises BadInput where there are none."""
    if not words.strip():
        raise BadInput(f"{what} needs words; write them down.")
    return words.strip()


def _day(at: datetime) -> str:
    return at.astimezone(BRUSSELS).strftime("%Y-%m-%d %H:%M")
