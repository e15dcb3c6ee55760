"""Asking back: whoever has a message asks its sender about it, and is answered. The same in every house.

A question has one id on both sides: `out` where it is asked, `in` where it is answered.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from maillon.access.permissions import Permission, check
from maillon.access.queries import organisation_kind
from maillon.items.services import lock_item
from maillon.kernel.clock import Clock, brussels_day
from maillon.kernel.crash import point
from maillon.kernel.errors import BadInput, ForbiddenStep, MaillonError, NotFound
from maillon.kernel.ids import uuid7
from maillon.outbox.acting import Actor, acting
from maillon.outbox.record import NewEvent, record, stamp
from maillon.outbox.registry import Handed
from maillon.outbox.sql import Row, one, rows, run
from maillon.partners import events
from maillon.partners.channels import Channel
from maillon.partners.services import channel_of, partner, queue_message
from maillon.rules.terms import term

IN, OUT = "in", "out"
LONGEST = {"question": 2_000, "answer": 4_000}

INSERT = """
INSERT INTO partners_question (house, id, direction, partner, about, item_id, text, asked_by, asked_at, due_at)
VALUES (%(house)s, %(id)s, %(direction)s, %(partner)s, %(about)s, %(item)s, %(text)s, %(by)s, %(at)s, %(due)s)
ON CONFLICT (house, id, direction) DO NOTHING
"""


def ask(
    *, partner: str, about: UUID, item_id: UUID, message: UUID, referral: UUID, text: str, by: Actor, at: datetime
) -> UUID:
    """Ask `partner` about its `message`, which it knows as `referral`; the question's id. `about` is our own row.

    Raises NotAllowed, NotFound, BadInput. Source of the term: rules/tables/answer_within.toml
    """
    text = _said(text, "question")
    with acting(by):
        check(by, Permission.ACKNOWLEDGE)
        lock_item(item_id=item_id)
        id = uuid7(at)
        due = term("answer_within", at, asked_by=organisation_kind(id=by.organisation))
        row = {"house": by.house, "id": id, "direction": OUT, "partner": partner, "about": about, "item": item_id}
        run(INSERT, {**row, "text": text, "by": by.name, "at": at, "due": due.due})
        point("question: written")
        said = {**_told(id, partner, about), "message": str(message), "referral": str(referral)}
        event = NewEvent(kind=events.ASKED, item=item_id, body=said, happened_at=at, rule=due.rule.ref)
        record([event], by=by, at=at)
        point("question: recorded")
    return id


def answer_question(*, id: UUID, text: str, by: Actor, at: datetime) -> None:
    """Answer what a partner asked; it is told.

    Raises NotAllowed, NotFound, BadInput, ForbiddenStep where it is answered already.
    """
    text = _said(text, "answer")
    with acting(by):
        check(by, Permission.ANSWER_PARTNER)
        row = _locked(id, IN)
        if row["answered_at"] is not None:
            raise ForbiddenStep(f"{row['answered_by']} answered this question already.")
        _write_answer(row, text, by.name, at)
        told = _told(id, row["partner"], row["about"])
        record([NewEvent(kind=events.ANSWERED, item=row["item_id"], body=told, happened_at=at)], by=by, at=at)
        point("answer: recorded")
    point("answer: committed")


def send_question(*, handed: Handed, by: Actor, clock: Clock, channels: Mapping[str, Channel]) -> None:
    """What was asked goes to whom it is asked."""
    with acting(by):
        check(by, Permission.RUN_WORK)
        row = _locked(UUID(handed.body["question"]), OUT)
        body = {
            "question": str(row["id"]),
            "message": handed.body["message"],
            "referral": handed.body["referral"],
            "item": _item(row["item_id"], by.house),
            "text": row["text"],
            "asked_by": by.house,
            "asked_at": stamp(row["asked_at"]),
        }
        _send("question", row, body, handed, by, clock.now(), channels)


def send_answer(*, handed: Handed, by: Actor, clock: Clock, channels: Mapping[str, Channel]) -> None:
    """What was answered goes to whoever asked."""
    with acting(by):
        check(by, Permission.RUN_WORK)
        row = _locked(UUID(handed.body["question"]), IN)
        body = {
            "question": str(row["id"]),
            "item": _item(row["item_id"], by.house),
            "text": row["answer"],
            "answered_by": by.house,
            "answered_at": stamp(row["answered_at"]),
        }
        _send("answer", row, body, handed, by, clock.now(), channels)


def take_question(*, handed: Handed, by: Actor, clock: Clock) -> None:
    """A partner asks about something that we sent: a person answers, within the term. Safe to repeat."""
    if handed.body["kind"] != "question" or handed.item is None:
        return
    said, at = handed.body["body"], clock.now()
    with acting(by):
        check(by, Permission.RUN_WORK)
        lock_item(item_id=handed.item)
        sent = one("SELECT partner, about FROM partners_message WHERE id = %s", [said["message"]])
        id, asker = UUID(said["question"]), _asker(sent, handed)
        about = sent["about"] if sent and sent["partner"] == asker else said["message"]
        due = term("answer_within", at, asked_by=partner(id=asker).kind)
        row = {"house": by.house, "id": id, "direction": IN, "partner": asker, "about": about, "item": handed.item}
        if not run(
            INSERT,
            {**row, "text": said["text"], "by": said["asked_by"], "at": said["asked_at"], "due": due.due},
        ):
            return
        point("question: taken in")
        told = {**_told(id, asker, about), "due": stamp(due.due)}
        event = NewEvent(
            kind=events.QUESTION, item=handed.item, body=told, happened_at=at, cause=handed.uid, rule=due.rule.ref
        )
        record([event], by=by, at=at)


def take_answer(*, handed: Handed, by: Actor, clock: Clock) -> None:
    """A partner answers what we asked. Safe to repeat; an answer to what was never asked of it is passed by."""
    if handed.body["kind"] != "answer":
        return
    said, at = handed.body["body"], clock.now()
    with acting(by):
        check(by, Permission.RUN_WORK)
        id = UUID(said["question"])
        if one("SELECT 1 FROM partners_question WHERE id = %s AND direction = %s", [id, OUT]) is None:
            return
        row = _locked(id, OUT)
        asked = partner(id=row["partner"])
        if handed.body["sender"] not in (asked.id, asked.desk_house) or row["answered_at"] is not None:
            return
        _write_answer(row, said["text"], said["answered_by"], datetime.fromisoformat(said["answered_at"]))
        told = _told(id, row["partner"], row["about"])
        event = NewEvent(kind=events.ANSWER, item=row["item_id"], body=told, happened_at=at, cause=handed.uid)
        record([event], by=by, at=at)


def _write_answer(row: Row, text: str, who: str, at: datetime) -> None:
    run(
        "UPDATE partners_question SET answer = %s, answered_by = %s, answered_at = %s, due_at = NULL "
        "WHERE id = %s AND direction = %s",
        [text, who, at, row["id"], row["direction"]],
    )
    point("answer: written")


def _asker(sent: Row | None, handed: Handed) -> str:
    """The partner that asks: the one that the message was sent to, or else the one whose house writes."""
    sender = handed.body["sender"]
    known = rows("SELECT id FROM partners_partner WHERE %s IN (id, desk_house) ORDER BY id", [sender])
    names = [str(row["id"]) for row in known]
    if sent is not None and sent["partner"] in names:
        return str(sent["partner"])
    if not names:
        raise MaillonError(f"{sender} asks something, and is no partner of this house; nobody could answer it.")
    return names[0]


def _locked(id: UUID, direction: str) -> Row:
    statement = "SELECT * FROM partners_question WHERE id = %s AND direction = %s"
    found = one(statement, [id, direction])
    if found is None:
        raise NotFound(f"There is no question {id}.")
    lock_item(item_id=found["item_id"])
    return one(statement, [id, direction]) or found


ITEM = "SELECT id, kind, url, canonical, origin, origin_ref FROM items_item WHERE id = %s"


def _item(item_id: UUID, house: str) -> dict[str, str]:
    """The item as messages name it: by its owner's reference, so that whoever sent it finds its own row."""
    found = one(ITEM, [item_id])
    assert found is not None
    own = {"owner": house, "ref": str(found["id"])}
    theirs = {"owner": found["origin"], "ref": found["origin_ref"]}
    return {
        **(theirs if found["origin_ref"] else own),
        "kind": found["kind"],
        "given": found["url"],
        "canonical": found["canonical"],
    }


def _send(
    kind: str, row: Row, body: dict[str, object], handed: Handed, by: Actor, at: datetime,
    channels: Mapping[str, Channel],
) -> None:  # fmt: skip
    channel, _rule = channel_of(to=partner(id=row["partner"]), on=brussels_day(at), channels=channels)
    queue_message(
        to=row["partner"], channel=channel, item_id=row["item_id"], kind=kind, version=1, about=row["id"], body=body,
        cause=handed.uid, by=by, at=at,
    )  # fmt: skip


def _told(id: UUID, partner: str, about: UUID) -> dict[str, object]:
    return {"question": str(id), "partner": partner, "about": str(about)}


def _said(text: str, what: str) -> str:
    text = text.strip()
    if not text:
        raise BadInput(f"The {what} is empty; write something.")
    if len(text) > LONGEST[what]:
        raise BadInput(f"The {what} is longer than {LONGEST[what]} characters; make it shorter.")
    return text


def questions_of(*, about: Sequence[UUID]) -> list[Row]:
    """The questions about any of our own rows, oldest first: direction, partner, text, asked_by, due_at, answer."""
    return rows("SELECT * FROM partners_question WHERE about = ANY(%s) ORDER BY asked_at, id", [list(about)])


def questions_of_item(*, item_id: UUID) -> list[Row]:
    """The questions about an item, in the same shape."""
    return rows("SELECT * FROM partners_question WHERE item_id = %s ORDER BY asked_at, id", [item_id])
