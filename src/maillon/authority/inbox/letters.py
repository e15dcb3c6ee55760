"""Letters, taken down by hand: nothing that a letter says is lost, whether or not it names an address."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from maillon.access.permissions import Permission, check
from maillon.authority.inbox import events
from maillon.authority.inbox.answering import said
from maillon.authority.inbox.arriving import insert
from maillon.authority.inbox.locking import locked_matter
from maillon.authority.inbox.matters import matter_for, reopen, weigh
from maillon.authority.inbox.policy import DANGER, FLAGS, LETTER, LONGEST
from maillon.authority.inbox.queries import arrival
from maillon.authority.inbox.states import MATTER
from maillon.authority.inbox.working import close
from maillon.items.addresses import Location, find
from maillon.items.services import copy_item, share_item
from maillon.kernel.crash import point
from maillon.kernel.errors import BadInput, NotFound
from maillon.kernel.ids import uuid7s
from maillon.outbox.acting import Actor, acting, as_program
from maillon.outbox.record import NewEvent, record, stamp
from maillon.outbox.sql import Row, run
from maillon.rules.terms import Term, term

JOINED = "joined to the matter of its address"


def enter_letter(
    *, sender_name: str, received_at: datetime, text: str, severity: int | None = None, flags: Collection[str] = (),
    remark: str = "", by: Actor, at: datetime,
) -> list[UUID]:  # fmt: skip
    """Take down a letter: one arrival for each address in `text`, one without an item where it names none; their ids.

    `severity` (1 to 5) and `flags` are what the letter states, `text` its words, `remark` ours. Whoever sees only
    what is theirs gets what is new for their own unit. The term runs from `received_at`.
    Raises NotAllowed, BadInput. Source of the term: rules/tables/answer_letter_within.toml
    """
    name = said(sender_name, "sender", "Say who wrote the letter, or that nobody signed it.")
    text = said(text, "text", "Write down what the letter says.")
    _check(remark, severity, flags, received_at, at)
    with acting(by):
        check(by, Permission.ENTER_LETTER)
        locations = sorted(find(text).locations, key=lambda one: one.key)  # one order for all who enter several
        due = term("answer_letter_within", received_at, danger="yes" if DANGER in flags else "no")
        ids = uuid7s(at, max(len(locations), 1))
        with as_program():
            letter = _Letter(name, received_at, text, severity, sorted(flags), remark.strip(), due, by, at)
            named: list[Location | None] = [*locations] if locations else [None]
            for id, location in zip(ids, named, strict=True):
                letter.enter(id, location)
    point("letter: committed")
    return ids


def _check(remark: str, severity: int | None, flags: Collection[str], received_at: datetime, at: datetime) -> None:
    if len(remark) > LONGEST["remark"]:
        raise BadInput(f"The remark is longer than {LONGEST['remark']} characters; make it shorter.")
    if severity is not None and not 1 <= severity <= 5:
        raise BadInput("A severity is a number from 1 to 5; leave it out where the letter states none.")
    if unknown := set(flags) - set(FLAGS):
        raise BadInput(f"{', '.join(sorted(unknown))} is no flag; use {', '.join(FLAGS)}.")
    if received_at > at:
        raise BadInput("The letter cannot have come after now; give the moment at which it came.")


class _Letter:
    """One letter on its way in."""

    def __init__(
        self, name: str, received_at: datetime, text: str, severity: int | None, flags: list[str], remark: str,
        due: Term, by: Actor, at: datetime,
    ) -> None:  # fmt: skip
        self.name, self.received_at, self.severity, self.flags = name, received_at, severity, flags
        self.body: dict[str, Any] = {"text": text, "remark": remark, "received_at": stamp(received_at)}
        self.due, self.by, self.at = due, by, at

    def enter(self, id: UUID, location: Location | None) -> None:
        by, at = self.by, self.at
        item = _item(location, id, by, at) if location else None
        matter = matter_for(item_id=item, by=by, at=at)
        new = matter["opened_at"] == at and matter["severity"] is None and not matter["flags"]
        insert(
            matter=matter, due=self.due.due, rule=self.due.rule.ref, body=self.body, by=by, sender_name=self.name,
            entered_by=by.name, id=id, sender="", kind=LETTER, purpose=LETTER, referral="", severity=self.severity,
            flags=self.flags, at=self.received_at,
        )  # fmt: skip
        body = {
            "arrival": str(id),
            "matter": str(matter["id"]),
            "severity": self.severity,
            "flags": self.flags,
            "due": stamp(self.due.due),
        }
        event = NewEvent(
            kind=events.LETTER_ENTERED, item=item, body=body, happened_at=self.received_at, rule=self.due.rule.ref
        )
        record([event], by=by, at=at)
        point("letter: recorded")
        reopen(matter, arrival=id, cause=None, by=by, at=at)
        if new and by.sees != "*":
            _give_to_unit(matter, by)


def _item(location: Location, letter: UUID, by: Actor, at: datetime) -> UUID:
    return copy_item(house=by.house, location=location, origin="", ref="", at=at)


def _give_to_unit(matter: Row, by: Actor) -> None:
    """Who sees only what is theirs would not see what they entered: it is their unit's."""
    state = MATTER.step(matter["state"], "pass on")
    run("UPDATE inbox_matter SET state = %s, unit = %s WHERE id = %s", [state, by.organisation, matter["id"]])
    if matter["item_id"] is not None:
        share_item(item_id=matter["item_id"], organisation=by.organisation)


PLACE = "UPDATE inbox_arrival SET item_id = %s, matter_id = %s, body = body || %s WHERE id = %s"


def place_letter(*, id: UUID, text: str, by: Actor, at: datetime) -> UUID:
    """Say of what address a letter speaks that names none; the matter that it is in from now on.

    Raises NotAllowed, NotFound, BadInput where `text` holds no address, or several, or the letter has one.
    """
    with acting(by):
        check(by, Permission.ENTER_LETTER)
        found, locations = arrival(id=id), find(text).locations
        if found is None:
            raise NotFound(f"There is no arrival {id}; `maillon arrivals` lists them.")
        if len(locations) != 1:
            raise BadInput("Give one address, written in full, with http://")
        with as_program():
            item = _item(locations[0], id, by, at)
            left = locked_matter(found["matter_id"])
            if left["item_id"] is not None or found["item_id"] is not None:
                raise BadInput("This arrival has its address already.")
            matter = _placed(found, left, item, locations[0].given, by, at)
            if left["unit"] and matter == left["id"]:  # what others work on stays with them
                share_item(item_id=item, organisation=left["unit"])
    point("letter: placed")
    return matter


def _placed(letter: Row, left: Row, item: UUID, given: str, by: Actor, at: datetime) -> UUID:
    """The letter stands in its item's matter; where there is one already, the letter's own is closed."""
    if run(
        "UPDATE inbox_matter SET item_id = %s WHERE id = %s "
        "AND NOT EXISTS (SELECT 1 FROM inbox_matter m WHERE m.item_id = %s)",
        [item, left["id"], item],
    ):
        matter = {**left, "item_id": item}
    else:
        matter = matter_for(item_id=item, by=by, at=at)
    run(PLACE, [item, matter["id"], orjson.dumps({"placed": given, "placed_by": by.name}).decode(), letter["id"]])
    weigh(matter["id"])
    told = {"arrival": str(letter["id"]), "matter": str(matter["id"])}
    record([NewEvent(kind=events.LETTER_PLACED, item=item, body=told, happened_at=at)], by=by, at=at)
    if matter["id"] != left["id"]:
        weigh(left["id"])
        reopen(matter, arrival=letter["id"], cause=None, by=by, at=at)
        close(left, MATTER.step(left["state"], "close"), JOINED, by, at)
    return UUID(str(matter["id"]))
