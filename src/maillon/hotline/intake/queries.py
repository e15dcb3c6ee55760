"""Look up reports."""

from collections.abc import Sequence
from uuid import UUID

from maillon.outbox.sql import Row, one, rows


def report_items(*, reference: str) -> tuple[UUID, list[UUID]] | None:
    """The report with this reference and the items it speaks of, in the order it named them; None if unknown."""
    found = one("SELECT id FROM intake_report WHERE reference = %s", [reference])
    if found is None:
        return None
    links = rows("SELECT item_id FROM intake_report_location WHERE report_id = %s ORDER BY position", [found["id"]])
    return found["id"], [row["item_id"] for row in links]


def items_of_reports(*, references: Sequence[str]) -> list[UUID]:
    """The items that any of these reports speaks of."""
    found = rows(
        "SELECT DISTINCT l.item_id FROM intake_report_location l "
        "JOIN intake_report r ON r.house = l.house AND r.id = l.report_id WHERE r.reference = ANY(%s)",
        [list(references)],
    )
    return [row["item_id"] for row in found]


def items_with_reports() -> list[Row]:
    """Every item of the house acted in, oldest first: its site, state, country, and the references that speak of it."""
    return rows(
        "SELECT i.id AS item, i.url, i.canonical, i.kind, i.state, i.country, i.origin, s.name AS site, "
        "(SELECT array_agg(r.reference ORDER BY r.received_at, r.reference) FROM intake_report_location l "
        " JOIN intake_report r ON r.house = l.house AND r.id = l.report_id WHERE l.item_id = i.id) AS reports "
        "FROM items_item i JOIN items_site s ON s.house = i.house AND s.id = i.site_id ORDER BY i.made_at, i.id"
    )


def any_report() -> bool:
    """Whether the house acted in holds a report."""
    return one("SELECT 1 FROM intake_report LIMIT 1") is not None
