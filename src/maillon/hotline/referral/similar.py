"""What is known already of what looks like an item: decisions on its site, and the same page under another query.

Each statement walks one index of `items_item` and stops: what it costs does not grow with what was reported.
"""

from dataclasses import dataclass
from uuid import UUID

from maillon.outbox.sql import Row, one, rows

COUNTED = 200
"""How many items of a site are counted; a site that has more is said to have as many or more."""

AROUND = """
SELECT i.id, i.kind, i.canonical, i.state, i.verdict, i.settled_at, i.made_at, c.scheme, c.version, c.code, c.severity,
  c.flags
FROM ({chosen}) i
LEFT JOIN LATERAL (
  SELECT scheme, version, code, severity, flags FROM analysis_case
  WHERE house = i.house AND item_id = i.id AND state = 'settled' ORDER BY round DESC LIMIT 1
) c ON true
ORDER BY {order}
"""
SHOWN = "house, id, kind, canonical, state, verdict, settled_at, made_at"

DECIDED = f"""
SELECT {SHOWN} FROM items_item
WHERE site_id = %(site)s AND settled_at IS NOT NULL AND state <> 'open' AND id <> %(item)s
ORDER BY settled_at DESC LIMIT %(limit)s
"""

SAME_PAGE = f"""
SELECT {SHOWN} FROM items_item WHERE page = %(page)s AND id <> %(item)s ORDER BY id DESC LIMIT %(limit)s
"""

OF = "SELECT site_id, page FROM items_item WHERE id = %s"

TALLY = """
SELECT count(*) AS items, count(*) FILTER (WHERE verdict = 'illegal' AND state <> 'open') AS illegal,
  count(*) FILTER (WHERE verdict = 'not_illegal' AND state <> 'open') AS not_illegal
FROM (SELECT verdict, state FROM items_item WHERE site_id = %s AND id <> %s LIMIT %s) x
"""
"""What is in doubt again counts as open: its last verdict may be the opinion that a second one must not know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Similar:
    """Rows: id, kind, canonical, state, verdict, settled_at, made_at, and what was settled (code "" or None: nothing).

    `items`, `illegal`, `not_illegal` count the site's other items; `more` where there are `COUNTED`.
    """

    same_page: list[Row]
    decided: list[Row]
    items: int
    illegal: int
    not_illegal: int
    more: bool


def similar(*, item_id: UUID, limit: int = 5) -> Similar:
    """Items like this one that the actor is cleared for: at most `limit` of each sort, newest first."""
    found = one(OF, [item_id])
    if found is None:
        return Similar(same_page=[], decided=[], items=0, illegal=0, not_illegal=0, more=False)
    params = {"item": item_id, "site": found["site_id"], "page": found["page"], "limit": limit}
    tally = one(TALLY, [found["site_id"], item_id, COUNTED])
    assert tally is not None
    return Similar(
        same_page=rows(AROUND.format(chosen=SAME_PAGE, order="i.id DESC"), params),
        decided=rows(AROUND.format(chosen=DECIDED, order="i.settled_at DESC"), params),
        **tally,
        more=tally["items"] == COUNTED,
    )
