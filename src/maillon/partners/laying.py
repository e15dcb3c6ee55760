"""Lay a message down as a letter for a partner's portal; a call-back, an end or an answer finds the earlier one."""

from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from maillon.kernel.crash import point
from maillon.outbox.acting import Actor
from maillon.outbox.record import NewEvent, record
from maillon.outbox.sql import one, run
from maillon.partners import events
from maillon.partners.envelope import Envelope
from maillon.partners.states import LETTER, Letter

LAY = """
INSERT INTO partners_letter (house, id, partner, item_id, kind, version, number, epoch, issued_at, body, danger,
  speaks_of, state, arrived_at, due_at)
VALUES (%(house)s, %(id)s, %(partner)s, %(item)s, %(kind)s, %(version)s, %(number)s, %(epoch)s, %(issued)s, %(body)s,
  %(danger)s, %(speaks_of)s, 'waiting', %(at)s, %(due)s)
ON CONFLICT (house, id) DO NOTHING
"""


def lay(*, envelope: Envelope, partner: str, item_id: UUID, by: Actor, at: datetime) -> None:
    """Let `partner` read the message, once; what it takes back is recalled. The caller holds the item's lock."""
    earlier = _earlier(envelope, partner, item_id)
    params = {
        "house": by.house,
        "id": envelope.id,
        "partner": partner,
        "item": item_id,
        "kind": envelope.kind,
        "version": envelope.version,
        "number": envelope.number,
        "epoch": envelope.epoch,
        "issued": envelope.issued_at,
        "body": orjson.dumps(envelope.body).decode(),
        "danger": _danger(envelope.body),
        "speaks_of": earlier,
        "at": at,
        "due": envelope.body.get("acknowledge_by"),
    }
    if not run(LAY, params):
        return
    point("portal: letter laid")
    if earlier is not None and envelope.kind != "answer":
        _recall(earlier, envelope, partner, item_id, by, at)


def _danger(body: dict[str, Any]) -> bool:
    return any("imminent_danger" in body.get(part, {}).get("flags", ()) for part in ("assessment", "before", "now"))


MEASURE = ("measure", "kind = 'order' AND body->>'measure' = %s")
EARLIER = {
    "order": MEASURE,
    "order_ended": MEASURE,
    "callback": ("recalls_message", "id = %s"),
    "answer": ("question", "EXISTS (SELECT FROM jsonb_array_elements(asked) q WHERE q->>'question' = %s)"),
}
"""By kind: the field of its body by which the earlier letter is found, among those to the partner about the item.

An order that goes on, for longer or in writing, replaces its earlier letter.
"""


def _earlier(envelope: Envelope, partner: str, item_id: UUID) -> UUID | None:
    if envelope.kind not in EARLIER:
        return None
    field, which = EARLIER[envelope.kind]
    found = one(
        f"SELECT id FROM partners_letter WHERE partner = %s AND item_id = %s AND {which} AND id <> %s "
        "ORDER BY epoch DESC, number DESC LIMIT 1",
        [partner, item_id, envelope.body[field], envelope.id],
    )
    return UUID(str(found["id"])) if found else None


def _recall(id: UUID, envelope: Envelope, partner: str, item_id: UUID, by: Actor, at: datetime) -> None:
    found = one("SELECT state FROM partners_letter WHERE id = %s", [id])
    if found is None or found["state"] == Letter.RECALLED:
        return
    state = LETTER.step(found["state"], "recall")
    run("UPDATE partners_letter SET state = %s, due_at = NULL WHERE id = %s", [state, id])
    point("portal: letter recalled")
    why = envelope.body.get("reason") or envelope.body.get("why") or "replaced"
    body = {"letter": str(id), "partner": partner, "by": str(envelope.id), "reason": why}
    record([NewEvent(kind=events.LETTER_RECALLED, item=item_id, body=body, happened_at=at)], by=by, at=at)
