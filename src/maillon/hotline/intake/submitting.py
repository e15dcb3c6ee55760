"""Take one report in: a single statement stores it and its event; of which items it speaks is found afterwards.

What the reporter is told was stored is stored for good: the answer comes after the commit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from maillon.access.permissions import Permission, check
from maillon.hotline.intake import events
from maillon.hotline.intake.contacts import seal
from maillon.hotline.intake.content import checked, digest, storable
from maillon.hotline.intake.policy import CHANNELS, ENTERED
from maillon.hotline.intake.receipts import ALPHABET
from maillon.kernel.clock import brussels_day
from maillon.kernel.crash import point
from maillon.kernel.errors import BadInput, NotAllowed
from maillon.kernel.ids import uuid7
from maillon.outbox.acting import Actor, acting, as_program
from maillon.outbox.once import store_once
from maillon.outbox.record import NewEvent
from maillon.outbox.sql import Row, one


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """What became of a report: its reference; `known` where this receipt had one already, which stands unchanged.

    `differs`: what was sent now is not what that report holds.
    """

    reference: str
    known: bool
    differs: bool


ADD = """
INSERT INTO intake_report (house, id, reference, received_at, received_on, channel, language, locations, remark, digest,
  outcome, state, receipt, stated, entered_by)
SELECT house, %(report)s, %(reference)s, %(received_at)s, %(received_on)s, %(channel)s, %(language)s, %(text)s,
  %(remark)s, %(digest)s, 'open', 'submitted', %(receipt)s, %(stated)s::text[], %(entered_by)s
FROM here
ON CONFLICT (house, receipt) DO NOTHING RETURNING house, id
"""

ADD_CONTACT = """
INSERT INTO intake_contact (house, report_id, sealed, given_at)
SELECT house, id, %(sealed)s, %(recorded_at)s FROM first
"""

KNOWN = """
SELECT r.reference, r.digest,
  EXISTS (SELECT FROM intake_contact c WHERE c.house = r.house AND c.report_id = r.id) AS contact
FROM intake_report r WHERE r.receipt = %s
"""


def reporter_actor() -> Actor:
    """Whoever reports: nobody is told from anybody else."""
    return Actor("hotline", "reporter", "public", frozenset({"reporter"}), sees="public")


def submit(
    *,
    receipt_hash: bytes,
    channel: str = "web",
    language: str,
    text: str,
    remark: str = "",
    stated: Sequence[str] = (),
    contact: str = "",
    by: Actor,
    at: datetime,
) -> Submitted:
    """Store what somebody reports on the public form. `receipt_hash` is `receipts.hash_receipt` of their receipt.

    Safe to repeat: the same receipt is one report, whatever is sent with it. `contact` is kept apart, encrypted.
    Raises NotAllowed; BadInput where nothing is told, a part is too long, or a word is unknown.
    """
    check(by, Permission.SUBMIT_REPORT)
    if channel not in CHANNELS or channel in ENTERED:
        raise BadInput(f"{channel[:20]!r} is no channel of the public form; enter calls and letters as such.")
    return _store(
        receipt_hash=receipt_hash, channel=channel, language=language, text=text, remark=remark, stated=stated,
        contact=contact, received_at=None, entered_by="", by=by, at=at,
    )  # fmt: skip


def enter_report(
    *,
    channel: str,
    received_at: datetime,
    language: str,
    text: str,
    remark: str = "",
    stated: Sequence[str] = (),
    contact: str = "",
    receipt_hash: bytes,
    by: Actor,
    at: datetime,
) -> Submitted:
    """Store what `by` took down of a telephone call, a letter or a mail that came at `received_at`.

    The form makes out a receipt as well: the caller can be told it, and sending twice is one report. As `submit`.
    """
    check(by, Permission.ENTER_REPORT)
    if channel not in ENTERED:
        raise BadInput(f"{channel[:20]!r} is not how a report is taken down; choose from {', '.join(ENTERED)}.")
    if received_at.tzinfo is None or received_at > at:
        raise BadInput("The report came in later than now; give the moment of the call or the letter.")
    return _store(
        receipt_hash=receipt_hash, channel=channel, language=language, text=text, remark=remark, stated=stated,
        contact=contact, received_at=received_at, entered_by=by.name, by=by, at=at,
    )  # fmt: skip


def reference_of(id: UUID) -> str:
    """A reference that people can say aloud, from the 60 last random bits of an id: `ABCD-EFGH-JKMN`."""
    written = "".join(ALPHABET[id.int >> 5 * n & 31] for n in reversed(range(12)))
    return f"{written[:4]}-{written[4:8]}-{written[8:]}"


def _store(
    *,
    receipt_hash: bytes,
    channel: str,
    language: str,
    text: str,
    remark: str,
    stated: Sequence[str],
    contact: str,
    received_at: datetime | None,
    entered_by: str,
    by: Actor,
    at: datetime,
) -> Submitted:
    if by.house != "hotline":
        raise NotAllowed(f"Reports come in at the hotline; {by.house} learns of them by referral.")
    id, came_at = uuid7(at), received_at or at
    content = checked(channel=channel, language=language, text=text, remark=remark, stated=stated)
    if not content.text and not content.remark:
        raise BadInput("The report is empty; say where on the network you saw it, or what happened.")
    if len(receipt_hash) != 32:
        raise BadInput("A receipt is kept as its keyed hash of 32 bytes; make it with hash_receipt.")
    sealed = seal(storable(contact, "contact"))
    params = {
        "report": id,
        "reference": reference_of(id),
        "received_at": came_at,
        "received_on": brussels_day(came_at),
        "receipt": receipt_hash,
        "digest": digest(content, received_at=received_at),
        "entered_by": entered_by,
        "sealed": sealed,
        **content._asdict(),
    }
    body = {"report": str(id), "reference": params["reference"], "channel": channel}
    event = NewEvent(kind=events.SUBMITTED, item=None, body=body, happened_at=came_at)
    point("submit: begun")
    if store_once(ADD, params, also=ADD_CONTACT if sealed else "", event=event, by=by, at=at):
        point("submit: committed")
        return Submitted(reference=str(params["reference"]), known=False, differs=False)
    return _known(params, by)


def _known(params: Mapping[str, object], by: Actor) -> Submitted:
    """The report that this receipt has already; it may have come to demand a clearance since."""
    with acting(by), as_program():
        found: Row | None = one(KNOWN, [params["receipt"]])
    assert found is not None
    other = bytes(found["digest"]) != params["digest"] or bool(params["sealed"] and not found["contact"])
    return Submitted(reference=found["reference"], known=True, differs=other)
