"""Look up what arrived, and the matters that it stands in."""

from uuid import UUID

from maillon.access.organisations import AUTHORITY, KINDS
from maillon.access.permissions import ROLES, Permission
from maillon.authority.inbox.locking import SHOWN
from maillon.outbox.sql import Row, one, rows

SITE = "LEFT JOIN items_site s ON s.house = i.house AND s.id = i.site_id"

LIST = """
SELECT a.id, a.item_id AS item, a.matter_id AS matter, a.sender, a.sender_name, a.kind, a.purpose, a.severity, a.flags,
  a.state, a.arrived_at, a.due_at, a.steps, a.acknowledged_at, a.acknowledged_by, a.refused_by, a.reason
FROM inbox_arrival a LEFT JOIN items_item i ON i.house = a.house AND i.id = a.item_id
WHERE (a.item_id IS NULL OR i.id IS NOT NULL) AND (%(state)s::text IS NULL OR a.state = %(state)s)
ORDER BY NOT ('imminent_danger' = ANY(a.flags)), a.severity DESC NULLS LAST, a.due_at
"""

MATTER = f"SELECT t.*, s.name AS site, i.page, i.site_id {SHOWN.format(table='inbox_matter')}".replace(
    "WHERE", f"{SITE} WHERE"
)

LIKE = """
SELECT m.id, m.state, m.severity, m.flags, m.due_at, m.taken_by, m.unit, s.name AS site, i.canonical,
  i.page = %(page)s AS same_page
FROM items_item i JOIN inbox_matter m ON m.house = i.house AND m.item_id = i.id
JOIN items_site s ON s.house = i.house AND s.id = i.site_id
WHERE i.site_id = %(site)s AND m.id <> %(matter)s
ORDER BY i.page = %(page)s DESC, m.opened_at DESC, m.id LIMIT %(limit)s
"""


def arrival(*, id: UUID) -> Row | None:
    """The arrival with this id (the message's)."""
    return one("SELECT * FROM inbox_arrival WHERE id = %s", [id])


def arrivals(*, state: str | None = None) -> list[Row]:
    """What arrived in the house acted in, imminent danger and severity on top, then by term."""
    return rows(LIST, {"state": state})


def matter(*, id: UUID) -> Row | None:
    """The matter with this id, with `site`, `site_id` and `page` of its item; None where it is hidden, too."""
    return one(MATTER, [id])


def matter_of_item(*, item_id: UUID) -> Row | None:
    """The item's matter; None where nothing arrived about it."""
    return one("SELECT * FROM inbox_matter WHERE item_id = %s", [item_id])


def arrivals_of_matter(*, id: UUID) -> list[Row]:
    """Everything that arrived in one matter, newest first; what waits stands before what is answered."""
    return rows(
        "SELECT * FROM inbox_arrival WHERE matter_id = %s ORDER BY state <> 'waiting', arrived_at DESC, id DESC", [id]
    )


def matters_like(*, matter: Row, limit: int) -> list[Row]:
    """Other matters of the same site, those of the same page first: `same_page`, canonical, state, and the rest."""
    if matter["site_id"] is None:
        return []
    params = {"page": matter["page"], "site": matter["site_id"], "matter": matter["id"], "limit": limit}
    return rows(LIKE, params)


def units() -> list[Row]:
    """The organisations of the house acted in whose people take matters: id, kind, name."""
    found = rows("SELECT id, kind, name FROM access_organisation ORDER BY name, id")
    return [row for row in found if is_unit(row["kind"])]


def is_unit(kind: str) -> bool:
    """Whether an organisation of this kind has people here who take matters."""
    found = KINDS.get(kind)
    roles = found.roles.get(AUTHORITY, ()) if found else ()
    return any(Permission.TAKE_MATTER in ROLES[role] for role in roles)
