"""Take a request from one state to the next."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from maillon.authority.decision.policy import Late
from maillon.authority.decision.states import OPEN, REQUEST
from maillon.outbox.acting import Actor
from maillon.outbox.sql import Row, as_json, run

MOVED = """
UPDATE decision_request r SET state = g.state, review_at = NULL,
  due_at = CASE WHEN g.late THEN g.due WHEN g.open THEN r.due_at END,
  due_rule = CASE WHEN g.late THEN g.rule WHEN g.open THEN r.due_rule ELSE '' END,
  escalate_at = CASE WHEN g.late THEN g.escalate WHEN g.open THEN r.escalate_at END,
  steps = CASE WHEN g.open AND NOT g.late THEN r.steps ELSE 0 END,
  recalled_at = CASE WHEN g.open THEN r.recalled_at END
FROM json_to_recordset(%s::json)
  AS g(id uuid, state text, open boolean, late boolean, due timestamptz, rule text, escalate timestamptz)
WHERE r.id = g.id
"""


def moved_on(found: Sequence[tuple[UUID, str]], verb: str, *, late: Late | None = None) -> None:
    """Take `verb` of these requests, given with their states. Raises ForbiddenStep.

    While a request is open its term goes on, or runs anew as `late` says; afterwards it has none.
    """
    moved = []
    for id, before in found:
        state = REQUEST.step(before, verb)
        moved.append(
            {
                "id": id,
                "state": state,
                "open": state in OPEN,
                "late": late is not None,
                "due": late.due if late else None,
                "rule": late.rule if late else "",
                "escalate": late.escalate if late else None,
            }
        )
    run(MOVED, [as_json(moved)])


DECIDED = """
UPDATE decision_request SET state = %s, decided_by = %s, decided_at = %s, words = %s, due_at = NULL, due_rule = '',
  escalate_at = NULL, steps = 0, recalled_at = NULL, review_at = %s, document = %s
WHERE id = %s
"""


def decided(
    request: Row, verb: str, words: str, *, by: Actor, at: datetime,
    review_at: datetime | None = None, document: bytes | None = None,
) -> None:  # fmt: skip
    """A magistrate decided: the request has no term any more. Raises ForbiddenStep."""
    state = REQUEST.step(request["state"], verb)
    run(DECIDED, [state, by.name, at, words, review_at, document, request["id"]])


def seen(request: Row) -> None:
    """A magistrate acted on a request whose referral was called back: it is flagged no longer."""
    if request["recalled_at"] is not None:
        run(
            "UPDATE decision_request SET recalled_at = NULL, due_at = NULL, due_rule = '', escalate_at = NULL, "
            "steps = 0 WHERE id = %s",
            [request["id"]],
        )
