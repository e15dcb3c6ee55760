"""What was decided on equal content is proposed; a person accepts it without a view, or looks and says otherwise.

Equal means an equal SHA-256: what only looks alike proposes nothing.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from maillon.access.permissions import Permission, check
from maillon.access.queries import organisation_kind
from maillon.hotline.analysis import events
from maillon.hotline.analysis.assessing import Stated, assess
from maillon.hotline.analysis.queries import latest_case
from maillon.hotline.analysis.states import Case
from maillon.items.services import lock_item
from maillon.kernel.clock import brussels_day
from maillon.kernel.errors import ForbiddenStep
from maillon.outbox.acting import Actor, acting
from maillon.outbox.record import NewEvent, record
from maillon.outbox.sql import Row, rows
from maillon.rules.schemes import Outcome, scheme

PEOPLE = 2
"""So many different people must have confirmed the same content, and agree."""

RECEIVED = """
SELECT m.id, m.sha256, m.outcome, c.needs_scripts OR c.reason <> '' OR c.named > count(*) OVER () AS lacking
FROM items_capture c JOIN items_medium m ON m.house = c.house AND m.capture_id = c.id
WHERE c.id = (
  SELECT id FROM items_capture WHERE item_id = %s AND outcome = 'ok' ORDER BY began_at DESC, id DESC LIMIT 1)
"""
"""The media of the capture that received something last."""

# Joined to the items, so that nothing is told of one that is hidden from whoever asks; and to rounds that are settled
# as each confirmation says, so that nothing is told of opinions that others must not know yet.
SAID = """
SELECT DISTINCT f.sha256, f.person, f.item_id, f.scheme, f.version, f.code, f.severity, f.confirmed_at
FROM analysis_confirmation f
JOIN items_item i ON i.house = f.house AND i.id = f.item_id
JOIN analysis_assessment a ON a.house = f.house AND a.id = f.assessment_id AND a.replaced_at IS NULL
JOIN analysis_case c ON c.house = a.house AND c.id = a.case_id AND c.state = 'settled' AND c.scheme = f.scheme
  AND c.version = f.version AND c.code = f.code
WHERE f.sha256 = ANY(%s) AND f.withdrawn_at IS NULL AND NOT EXISTS (
  SELECT 1 FROM analysis_case later WHERE later.house = c.house AND later.item_id = c.item_id
    AND later.round > c.round AND later.outcome <> ''
    AND (later.scheme, later.version, later.code) <> (f.scheme, f.version, f.code))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """An earlier decision on content that this item has too: `media` of this item, `items` it was decided on.

    `severity` is the graver where the two people differ: nothing is made light of. `sha256` in hexadecimal.
    """

    scheme: str
    version: str
    code: str
    outcome: Outcome
    severity: int | None
    media: tuple[UUID, ...]
    sha256: tuple[str, ...]
    items: tuple[UUID, ...]
    since: datetime

    @property
    def key(self) -> str:
        """What names it: the same words for the same content."""
        return "/".join((self.scheme, self.version, self.code, str(self.severity or ""), *self.sha256))


def known_decisions(*, item_id: UUID) -> list[Proposal]:
    """What was decided on content equal to this open item's, as far as whoever acts may know it; the gravest first.

    Two different people looked at it, say so, agree on the code, and their rounds are settled so; an opinion changed or
    taken back, or anybody's confirmation that says otherwise, ends it. That content is not illegal is proposed only
    where everything the page names was received, and is known as that.
    """
    case = latest_case(item_id=item_id)
    if case is None or case["state"] == Case.SETTLED:
        return []
    received = rows(RECEIVED, [item_id])
    by_digest: dict[bytes, list[UUID]] = defaultdict(list)
    for row in received:
        if row["sha256"] is not None:
            by_digest[bytes(row["sha256"])].append(row["id"])
    if not by_digest:
        return []
    said: dict[bytes, list[Row]] = defaultdict(list)
    for row in rows(SAID, [list(by_digest)]):
        said[bytes(row["sha256"])].append(row)
    grouped: dict[tuple[str, str, str], list[tuple[bytes, list[Row]]]] = defaultdict(list)
    for digest, one in said.items():
        words = {(row["scheme"], row["version"], row["code"]) for row in one}
        if len(words) == 1 and len({row["person"] for row in one}) >= PEOPLE:
            grouped[words.pop()].append((digest, one))
    whole = bool(received) and not any(row["lacking"] or row["sha256"] is None for row in received)
    found = [_proposal(words, one, by_digest) for words, one in grouped.items()]
    shown = [p for p in found if p.outcome is Outcome.ILLEGAL or (whole and len(p.media) == len(received))]
    return sorted(shown, key=lambda p: (-(p.severity or 0), p.key))


def _proposal(
    words: tuple[str, str, str], said: Sequence[tuple[bytes, list[Row]]], media: dict[bytes, list[UUID]]
) -> Proposal:
    rows_ = [row for _, one in said for row in one]
    name, version, code = words
    return Proposal(
        scheme=name,
        version=version,
        code=code,
        outcome=scheme(name, version).code(code).outcome,
        severity=max((row["severity"] for row in rows_ if row["severity"] is not None), default=None),
        media=tuple(id for digest, _ in said for id in media[digest]),
        sha256=tuple(sorted(digest.hex() for digest, _ in said)),
        items=tuple(sorted({row["item_id"] for row in rows_})),
        since=max(row["confirmed_at"] for row in rows_),
    )


def accept_known(*, item_id: UUID, key: str, by: Actor, at: datetime) -> str:
    """Make the proposal named `key` one's own opinion of the item, without a view; what `assess` answers.

    It is an opinion like any other: training, claims, second opinions and the grace hold. It confirms nothing itself.
    Raises as `assess`, and ForbiddenStep where that is proposed no more.
    """
    with acting(by):
        check(by, Permission.ASSESS)
        lock_item(item_id=item_id)
        proposed = next((one for one in known_decisions(item_id=item_id) if one.key == key), None)
        case = latest_case(item_id=item_id)
        if proposed is None or case is None:
            raise ForbiddenStep("What was decided earlier is proposed no more; look at the item again.")
        stated = Stated(
            scheme=proposed.scheme, version=proposed.version, code=proposed.code, severity=proposed.severity,
            flags=frozenset(), reason=_reason(proposed),
        )  # fmt: skip
        effect = assess(
            item_id=item_id, report_id=None, stated=stated, assessed_at=None, person=by,
            person_kind=organisation_kind(id=by.organisation), by=by, at=at,
        )  # fmt: skip
        if effect != "unchanged":
            body = {
                "case": str(case["id"]),
                "code": proposed.code,
                "severity": proposed.severity,
                "sha256": list(proposed.sha256),
                "items": [str(id) for id in proposed.items],
            }
            record([NewEvent(kind=events.DECISION_ACCEPTED, item=item_id, body=body, happened_at=at)], by=by, at=at)
    return effect


def _reason(proposed: Proposal) -> str:
    """Names the earlier decision, for whoever reads the opinion."""
    digests = ", ".join(f"{one[:16]}…" for one in proposed.sha256[:3])
    where = ", ".join(str(id) for id in proposed.items[:3])
    return (
        f"Known content, accepted without a view: equal SHA-256 ({digests}) was decided {proposed.code} by two people "
        f"by {brussels_day(proposed.since)} on {where}."
    )
