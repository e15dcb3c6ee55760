"""Make organisations and accounts, record training, set keys."""

import re
from collections.abc import Sequence
from datetime import date, datetime

import pyrage
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from maillon.access import events
from maillon.access.models import Login
from maillon.access.organisations import KINDS
from maillon.access.permissions import HOUSE_ROLES, Permission, check, check_manages
from maillon.access.queries import organisation_kind, organisations, person_exists
from maillon.kernel.errors import BadInput, NotFound
from maillon.languages import LANGUAGES
from maillon.outbox.acting import Actor, acting
from maillon.outbox.record import NewEvent, record
from maillon.outbox.sql import run

FOUNDING = {
    "hotline": (("child-focus", "hotline", "Child Focus"), ("federal-police", "federal_police", "Federal Police")),
    "authority": (
        ("federal-police", "federal_police", "Federal Police"),
        ("local-police", "local_police", "Local police desk"),
    ),
    "care": (("care-desk", "care_centre", "Care centre desk"),),
}
"""Organisations that each house knows from its installation on: (id, kind, name)."""

WORD = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


def found_house(*, house: str, at: datetime) -> None:
    """Make the organisations and the operator of a new house. Safe to repeat."""
    by = Actor(house, "operator", FOUNDING[house][0][0], frozenset({"operator"}))
    with acting(by):
        for id, kind, name in FOUNDING[house]:
            run(
                "INSERT INTO access_organisation (house, id, kind, name) VALUES (%s, %s, %s, %s) "
                "ON CONFLICT (house, id) DO NOTHING",
                [house, id, kind, name],
            )
        if not person_exists(name=by.name):
            _make_person(by.name, by.organisation, ("operator",), "", by, at)


def add_organisation(
    *, id: str, kind: str, name: str, mail: str = "", language: str = "fr", by: Actor, at: datetime
) -> None:
    """Let the house of `by` know the organisation `id`, which is a `kind` in the chain.

    `mail` is where it is told, in `language`, that something waits in its portal. Raises NotAllowed, BadInput.
    """
    with acting(by):
        check(by, Permission.MANAGE_ACCOUNTS)
        if not WORD.fullmatch(id) or not WORD.fullmatch(kind):
            raise BadInput("An organisation's id and kind are words of a-z, 0-9, '-' and '_', at most 64 characters.")
        if not name.strip():
            raise BadInput("An organisation needs a name.")
        where = _mail(mail, language)
        if not run(
            "INSERT INTO access_organisation (house, id, kind, name, mail, language) VALUES (%s, %s, %s, %s, %s, %s) "
            "ON CONFLICT DO NOTHING",
            [by.house, id, kind, name.strip(), where, language],
        ):
            raise BadInput(f"The organisation {id} exists already in {by.house}; choose another id.")
        body = {"organisation": id, "kind": kind, "name": name.strip(), "mail": where, "language": language}
        record([NewEvent(kind=events.ORGANISATION_MADE, item=None, body=body, happened_at=at)], by=by, at=at)


def set_mail(*, id: str, mail: str, language: str, by: Actor, at: datetime) -> None:
    """From now on the organisation `id` is told at `mail` ("" for nowhere), in `language`, that something waits.

    Raises NotAllowed, NotFound, BadInput.
    """
    with acting(by):
        check(by, Permission.MANAGE_ACCOUNTS)
        where = _mail(mail, language)
        if not run("UPDATE access_organisation SET mail = %s, language = %s WHERE id = %s", [where, language, id]):
            raise NotFound(f"There is no organisation {id} in {by.house}; `maillon organisation list` shows them.")
        body = {"organisation": id, "mail": where, "language": language}
        record([NewEvent(kind=events.MAIL_SET, item=None, body=body, happened_at=at)], by=by, at=at)


def _mail(mail: str, language: str) -> str:
    if language not in [one.code for one in LANGUAGES]:
        raise BadInput(f"{language!r} is no language of Maillon; choose from {', '.join(o.code for o in LANGUAGES)}.")
    where = mail.strip()
    try:
        if where:
            validate_email(where)
    except ValidationError:
        raise BadInput(f"{where!r} is no mail address; give one such as desk@partner.example.") from None
    return where


def add_person(
    *, name: str, organisation: str, roles: Sequence[str], recipient: str = "", by: Actor, at: datetime
) -> None:
    """Make the account `name` in the house of `by`. `organisation` is its id, or its kind where only one has it.

    `recipient` is an age public key (`age1…`) or empty. Raises NotAllowed, and BadInput also for a role that people of
    such an organisation do not have in this house.
    """
    with acting(by):
        check_manages(by, roles)
        if not name or len(name) > 64 or not name.replace("-", "").replace("_", "").replace(".", "").isalnum():
            raise BadInput(f"{name!r} cannot be an account's name: use letters, digits, '-', '_' and '.', at most 64.")
        known = HOUSE_ROLES[by.house]
        wrong = [role for role in roles if role not in known]
        if wrong or not roles:
            raise BadInput(f"{', '.join(wrong) or 'no role'} is no role of {by.house}; choose from {', '.join(known)}.")
        if person_exists(name=name):
            raise BadInput(f"The account {name} exists already in {by.house}; choose another name.")
        belongs = _organisation(organisation)
        _refuse_foreign_roles(belongs, roles, by)
        _make_person(name, belongs, roles, checked_recipient(recipient), by, at)


def give_sign_in(*, person: str, password: str, by: Actor) -> None:
    """Let `person` of the house of `by` sign in on the pages, under their account's name.

    Raises NotAllowed, NotFound, BadInput where another house's account has the name.
    """
    with acting(by):
        check(by, Permission.MANAGE_ACCOUNTS)
        if not person_exists(name=person):
            raise NotFound(f"There is no account {person} in {by.house}; make it with `maillon user add`.")
        login, made = Login.objects.get_or_create(username=person, defaults={"house": by.house, "person": person})
        if not made and login.house != by.house:
            raise BadInput(f"Somebody in {login.house} signs in as {person} already; choose another name.")
        login.set_password(password)
        login.save(update_fields=["password"])


def record_training(*, person: str, course: str, valid_from: date, valid_until: date, by: Actor, at: datetime) -> None:
    """Record that `person` had `course`, in force in [valid_from, valid_until). Safe to repeat."""
    with acting(by):
        check(by, Permission.MANAGE_ACCOUNTS)
        if not person_exists(name=person):
            raise NotFound(f"There is no account {person} in {by.house}; make it with `maillon user add`.")
        if valid_until <= valid_from:
            raise BadInput(f"The training must end after it begins; {valid_until} is not after {valid_from}.")
        added = run(
            "INSERT INTO access_training (house, person, course, valid_from, valid_until, recorded_at) "
            "VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
            [by.house, person, course, valid_from, valid_until, at],
        )
        if added:
            body = {
                "person": person,
                "course": course,
                "valid_from": valid_from.isoformat(),
                "valid_until": valid_until.isoformat(),
            }
            record([NewEvent(kind=events.TRAINING_RECORDED, item=None, body=body, happened_at=at)], by=by, at=at)


def set_recipient(*, person: str, recipient: str, by: Actor, at: datetime) -> None:
    """From now on what is written out for `person` is encrypted to the age key `recipient`."""
    with acting(by):
        check(by, Permission.MANAGE_ACCOUNTS)
        key = checked_recipient(recipient)
        if not run("UPDATE access_person SET recipient = %s WHERE name = %s", [key, person]):
            raise NotFound(f"There is no account {person} in {by.house}; make it with `maillon user add`.")
        body = {"person": person, "recipient": key}
        record([NewEvent(kind=events.KEY_SET, item=None, body=body, happened_at=at)], by=by, at=at)


def checked_recipient(text: str) -> str:
    """`text` when it is an age public key, or empty. Raises BadInput."""
    if text:
        try:
            pyrage.x25519.Recipient.from_str(text)
        except Exception as error:
            raise BadInput(f"{text!r} is no age public key; it begins with 'age1' (see `age-keygen`).") from error
    return text


def _organisation(wanted: str) -> str:
    known = organisations()
    found = [o["id"] for o in known if o["id"] == wanted] or [o["id"] for o in known if o["kind"] == wanted]
    if len(found) != 1:
        names = ", ".join(o["id"] for o in known)
        raise BadInput(f"{wanted!r} is no organisation of this house; choose from {names}.")
    return str(found[0])


def _refuse_foreign_roles(organisation: str, roles: Sequence[str], by: Actor) -> None:
    kind = organisation_kind(id=organisation)
    theirs = KINDS[kind].roles.get(by.house, ()) if kind in KINDS else ()
    wrong = [role for role in roles if role not in theirs]
    if wrong:
        choice = f"choose from {', '.join(theirs)}" if theirs else "it has no accounts there"
        raise BadInput(f"{', '.join(wrong)} is no role of a {kind} in {by.house}; {choice}.")


def _make_person(name: str, organisation: str, roles: Sequence[str], recipient: str, by: Actor, at: datetime) -> None:
    run(
        "INSERT INTO access_person (house, name, organisation, roles, active, recipient, made_at) "
        "VALUES (%s, %s, %s, %s, true, %s, %s)",
        [by.house, name, organisation, list(roles), recipient, at],
    )
    body = {"person": name, "organisation": organisation, "roles": list(roles)}
    record([NewEvent(kind=events.ACCOUNT_MADE, item=None, body=body, happened_at=at)], by=by, at=at)
