"""Write an order's row."""

from datetime import datetime
from uuid import UUID

from maillon.kernel.ids import uuid7
from maillon.outbox.acting import Actor
from maillon.outbox.sql import Row, run

INSERT = """
INSERT INTO decision_order (house, id, request_id, item_id, kind, form, state, number, office, magistrate, language,
  words, legal_basis, given_at, until, confirm_by, confirm_rule, recorded_by, recorded_at, ended_by, ended_why,
  document)
VALUES (%(house)s, %(id)s, %(request)s, %(item)s, %(kind)s, %(form)s, %(state)s, %(number)s, %(office)s,
  %(magistrate)s, %(language)s, %(words)s, %(basis)s, %(given_at)s, %(until)s, %(confirm_by)s, %(confirm_rule)s, %(by)s,
  %(at)s, '', '', %(document)s)
"""


def issue(request: Row, *, by: Actor, at: datetime, **row: object) -> UUID:
    """An order under `request`: its id. `row` gives form, state, number, magistrate, words, basis, given_at, until."""
    id = uuid7(at)
    params = {
        "house": by.house,
        "id": id,
        "request": request["id"],
        "item": request["item_id"],
        "kind": request["kind"],
        "office": request["office"],
        "language": request["language"],
        "by": by.name,
        "at": at,
        "confirm_by": None,
        "confirm_rule": "",
        "document": None,
        **row,
    }
    run(INSERT, params)
    return id
