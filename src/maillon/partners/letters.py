"""The letters of a partner's portal: what waits for it, and what it answers.

An answer becomes the event `message_received` of the house, as if it had come through any other channel, so that flow
hands it to the same stages. A letter that is not the asker's own is NotFound, like one that does not exist.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from maillon.access.permissions import Permission, check
from maillon.items.services import lock_item
from maillon.kernel.crash import point
from maillon.kernel.errors import BadInput, ForbiddenStep, NotFound
from maillon.outbox.acting import Actor, acting, as_program
from maillon.outbox.record import NewEvent, record, stamp
from maillon.outbox.sql import Row, as_json, one, rows, run
from maillon.partners import events
from maillon.partners.envelope import check_body
from maillon.partners.states import LETTER, Letter

LONGEST_REASON = 500
LONGEST_QUESTION = 2000
REFUSABLE = frozenset({"referral", "order"})
"""What a partner may refuse; it takes note of everything else."""


class LetterClosed(ForbiddenStep):
    """A letter was called back, or answered otherwise, before this answer."""


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NEVER = datetime(9999, 1, 1, tzinfo=UTC)


class Place(NamedTuple):
    """A place in the list, which is ordered by these three."""

    rank: int
    term: datetime
    id: UUID


FIRST = Place(0, datetime(1, 1, 1, tzinfo=UTC), UUID(int=0))
LAST_RANK = 2

# What was answered has no term; the newest of it has the smallest one here.
BY_TERM = """
SELECT l.* FROM (
  SELECT *, CASE WHEN state <> 'waiting' THEN 2 WHEN danger THEN 0 ELSE 1 END AS rank,
    CASE WHEN state = 'waiting' THEN coalesce(due_at, arrived_at)
      ELSE %(never)s::timestamptz - (coalesce(answered_at, arrived_at) - %(epoch)s::timestamptz) END AS term
  FROM partners_letter WHERE partner = %(partner)s AND state = ANY(%(states)s)
    AND (kind <> 'answer' OR state = 'waiting')
) l
WHERE (l.rank, l.term, l.id) > (%(rank)s, %(after)s, %(id)s)
ORDER BY l.rank, l.term, l.id LIMIT %(limit)s
"""


def letters(*, partner: str, states: Sequence[str], after: Place = FIRST, limit: int) -> list[Row]:
    """Letters to `partner` in any of `states` after a place: imminent danger on top, then the nearest term.

    What was answered stands below, the newest first. An answer that was read stands with what was asked alone.
    """
    params = {"rank": after.rank, "after": after.term, "id": after.id, "never": NEVER, "epoch": EPOCH}
    return rows(BY_TERM, {"partner": partner, "states": list(states), "limit": limit, **params})


WAITING = """
SELECT count(*) AS total, count(*) FILTER (WHERE due_at < %s) AS late FROM partners_letter
WHERE partner = %s AND state = 'waiting'
"""


def waiting_letters(*, partner: str, at: datetime) -> tuple[int, int]:
    """How many letters wait for `partner`, and how many of them are past their term."""
    found = one(WAITING, [at, partner])
    assert found is not None
    return found["total"], found["late"]


def letter(*, partner: str, id: UUID) -> Row:
    """One letter to `partner`. Raises NotFound."""
    found = one("SELECT * FROM partners_letter WHERE id = %s AND partner = %s", [id, partner])
    if found is None:
        raise NotFound(f"There is no letter {id}; the portal lists those that there are.")
    return found


def replies(*, partner: str, to: Row) -> list[Row]:
    """The letters that speak of the letter `to`, oldest first: answers, its call-back, its end."""
    return rows(
        "SELECT * FROM partners_letter WHERE partner = %s AND item_id = %s AND speaks_of = %s ORDER BY arrived_at, id",
        [partner, to["item_id"], to["id"]],
    )


def open_letter(*, id: UUID, by: Actor, at: datetime) -> Row:
    """The letter, as somebody of its partner reads it: noted once for each of them; answers to it count as read.

    Raises NotAllowed, NotFound.
    """
    with acting(by):
        check(by, Permission.USE_PORTAL)
        found = letter(partner=by.organisation, id=id)
        with as_program():
            lock_item(item_id=found["item_id"])
            run(
                "UPDATE partners_letter SET state = 'acknowledged', answered_at = %s, answered_by = %s "
                "WHERE partner = %s AND item_id = %s AND speaks_of = %s AND kind = 'answer' AND state = 'waiting'",
                [at, by.name, by.organisation, found["item_id"], id],
            )
            if run(
                "UPDATE partners_letter SET opened_by = array_append(opened_by, %s) "
                "WHERE id = %s AND NOT %s = ANY(opened_by)",
                [by.name, id, by.name],
            ):
                body = {"letter": str(id), "partner": by.organisation, "kind": found["kind"]}
                opened = NewEvent(kind=events.LETTER_OPENED, item=found["item_id"], body=body, happened_at=at)
                record([opened], by=by, at=at)
        return found


def acknowledge_letter(*, id: UUID, by: Actor, at: datetime) -> None:
    """Take note of a letter; its sender learns so. Repeating it changes nothing.

    Raises NotAllowed, NotFound, LetterClosed where it was refused or called back.
    """
    _answer_once(id, "acknowledge", Letter.ACKNOWLEDGED, "acknowledgement", "", by, at)


def refuse_letter(*, id: UUID, reason: str, by: Actor, at: datetime) -> None:
    """Say that one will not act on a letter, and why; its sender learns so. Repeating it changes nothing.

    Raises NotAllowed, NotFound, BadInput, LetterClosed where it was acknowledged or called back.
    """
    why = _text(reason, "reason", LONGEST_REASON)
    _answer_once(id, "refuse", Letter.REFUSED, "refusal", why, by, at)


def ask_back(*, id: UUID, text: str, by: Actor, at: datetime) -> UUID:
    """Ask the sender something about a letter; the question's id. The same question stands once.

    Raises NotAllowed, NotFound, BadInput, LetterClosed where it was called back.
    """
    asked = _text(text, "question", LONGEST_QUESTION)
    with acting(by):
        check(by, Permission.ANSWER_PORTAL)
        found = letter(partner=by.organisation, id=id)
        question = uuid5(id, asked)
        with as_program():
            row = _locked(found)
            if row["state"] == Letter.RECALLED:
                raise LetterClosed("This letter was called back; ask about the one that calls it back.")
            if any(known["question"] == str(question) for known in row["asked"]):
                return question
            noted = [{"question": str(question), "text": asked, "by": by.name, "at": stamp(at)}]
            run("UPDATE partners_letter SET asked = asked || %s::jsonb WHERE id = %s", [as_json(noted), id])
            point("portal: question written")
            said = {"text": asked, "asked_by": by.organisation, "asked_at": stamp(at)}
            _hand_in(row, "question", uuid5(question, "message"), {"question": str(question)}, said, by, at)
        return question


def _answer_once(id: UUID, verb: str, state: Letter, kind: str, reason: str, by: Actor, at: datetime) -> None:
    """Acknowledge or refuse."""
    with acting(by):
        check(by, Permission.ANSWER_PORTAL)
        found = letter(partner=by.organisation, id=id)
        with as_program():
            row = _locked(found)
            if row["state"] == state:
                return
            if verb == "refuse" and row["kind"] not in REFUSABLE:
                raise BadInput("This cannot be refused: it tells what holds no longer. Take note of it, or ask back.")
            if not LETTER.targets(row["state"], verb):
                raise LetterClosed(f"This letter is {row['state']}; look at it again.")
            run(
                "UPDATE partners_letter SET state = %s, due_at = NULL, answered_at = %s, answered_by = %s, "
                "reason = %s WHERE id = %s",
                [LETTER.step(row["state"], verb), at, by.name, reason, id],
            )
            point("portal: answer written")
            past = "acknowledged" if kind == "acknowledgement" else "refused"
            said = {f"{past}_by": by.organisation, f"{past}_at": stamp(at), **({"reason": reason} if reason else {})}
            _hand_in(row, kind, uuid5(id, kind), {}, said, by, at)


def _locked(found: Row) -> Row:
    lock_item(item_id=found["item_id"])
    return one("SELECT * FROM partners_letter WHERE id = %s FOR UPDATE", [found["id"]]) or found


def _text(given: str, name: str, longest: int) -> str:
    text = given.strip()
    if not text:
        raise BadInput(f"Give a {name}; its reader needs one.")
    if len(text) > longest:
        raise BadInput(f"The {name} is too long: at most {longest} characters.")
    return text


RECEIVED = """
INSERT INTO partners_received (house, id, sender, recipient, epoch, number, kind, version, received_at, item_id)
SELECT %(house)s, %(id)s, %(sender)s, %(house)s, %(epoch)s, coalesce(max(number), 0) + 1, %(kind)s, 1, %(at)s, %(item)s
FROM partners_received WHERE sender = %(sender)s AND recipient = %(house)s AND epoch = %(epoch)s
RETURNING number
"""


def _hand_in(
    row: Row, kind: str, id: UUID, first: dict[str, str], said: dict[str, Any], by: Actor, at: datetime
) -> None:
    """Let the house receive what its partner says of the letter `row`."""
    sent = row["body"]
    body = {
        **first,
        "message": str(row["id"]),
        "referral": sent.get("referral") or sent.get("measure") or str(row["id"]),
        "item": {**sent["item"], "owner": by.house, "ref": str(row["item_id"])},
        **said,
    }
    check_body(kind, 1, body)
    run("SELECT 1 FROM partners_partner WHERE id = %s FOR NO KEY UPDATE", [row["partner"]])  # one number at a time
    numbered = one(
        RECEIVED,
        {"house": by.house, "id": id, "sender": row["partner"], "epoch": row["epoch"], "kind": kind, "at": at,
         "item": row["item_id"]},
    )  # fmt: skip
    assert numbered is not None
    point("portal: answer received")
    received = {
        "message": str(id),
        "sender": row["partner"],
        "kind": kind,
        "version": 1,
        "number": numbered["number"],
        "epoch": row["epoch"],
        "issued_at": stamp(at),
        "body": body,
    }
    record([NewEvent(kind=events.RECEIVED, item=row["item_id"], body=received, happened_at=at)], by=by, at=at)
