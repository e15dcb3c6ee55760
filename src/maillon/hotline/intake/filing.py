"""Find the items that reports speak of: make or lock each, tie the reports to them, open again what the rule says."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from maillon.hotline.intake import demands, events
from maillon.hotline.intake.policy import reopens
from maillon.items.addresses import Location
from maillon.items.states import ITEM, Item
from maillon.kernel.clock import brussels_day
from maillon.kernel.crash import point
from maillon.kernel.ids import uuid7s
from maillon.outbox.acting import Actor, as_program
from maillon.outbox.record import NewEvent
from maillon.outbox.sql import Row, as_json, rows, run


class Told(Protocol):
    """What filing asks of a report: its names, when and how it came, and the locations found in it."""

    @property
    def reference(self) -> str: ...
    @property
    def received_at(self) -> datetime: ...
    @property
    def channel(self) -> str: ...
    @property
    def locations(self) -> tuple[Location, ...]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """What filing did: the events to record, how many items are new, how many were opened again."""

    news: list[NewEvent]
    items: int
    reopened: int


ADD_SITES = """
INSERT INTO items_site (house, id, kind, name)
SELECT %(house)s, id, kind, name FROM json_to_recordset(%(sites)s::json) AS g(id uuid, kind text, name text)
ON CONFLICT (house, kind, name) DO NOTHING
"""

ADD_ITEMS = """
INSERT INTO items_item (house, id, key, kind, site_id, url, canonical, state, verdict, country, former, reported_at,
  reported_on, made_at, origin, origin_ref)
SELECT %(house)s, g.id, decode(g.key, 'hex'), g.kind,
  (SELECT s.id FROM items_site s WHERE s.kind = g.site_kind AND s.name = g.site),
  g.url, g.canonical, 'open', '', '', false, g.reported_at, g.reported_on, %(at)s, '', ''
FROM json_to_recordset(%(items)s::json) AS g(id uuid, key text, kind text, site_kind text, site text, url text,
  canonical text, reported_at timestamptz, reported_on date)
ON CONFLICT (house, key) DO NOTHING
"""

LOCK_KNOWN_ITEMS = """
SELECT i.id, i.key, i.state, i.verdict, i.settled_at, i.reported_on, i.demands
FROM json_to_recordset(%s::json) AS g(id uuid, key text) JOIN items_item i ON i.key = decode(g.key, 'hex')
WHERE i.id <> g.id ORDER BY i.id FOR NO KEY UPDATE OF i
"""

ADD_LINKS = """
INSERT INTO intake_report_location (house, report_id, item_id, position, given, received_on, item_reported_on)
SELECT %(house)s, report, item, position, given, received_on, item_reported_on
FROM json_to_recordset(%(links)s::json) AS g(report uuid, item uuid, position smallint, given text, received_on date,
  item_reported_on date)
"""

REOPEN = "UPDATE items_item SET state = 'open' WHERE id = ANY(%s)"

LOCK_REPORTS = """
SELECT id FROM intake_report WHERE id IN (SELECT report_id FROM intake_report_location WHERE item_id = ANY(%s))
ORDER BY id FOR NO KEY UPDATE
"""

NOTE = """
UPDATE intake_report r SET outcome = judged.outcome
FROM (
  SELECT l.report_id, CASE WHEN bool_or(i.verdict = 'illegal') THEN 'illegal'
    WHEN bool_and(i.verdict = 'not_illegal') THEN 'not_illegal' ELSE 'open' END AS outcome
  FROM intake_report_location l JOIN items_item i ON i.house = l.house AND i.id = l.item_id
  WHERE l.report_id = ANY(%s) GROUP BY l.report_id
) judged
WHERE r.id = judged.report_id AND r.outcome <> judged.outcome
"""


def file(*, reports: Sequence[Told], ids: dict[str, UUID], by: Actor, at: datetime) -> Filed:
    """Tie each report, stored under the id of its reference, to the items of its locations; one statement a step.

    The items are locked, new ones made. The caller sees every row (`as_program`), and records `news` before it commits.
    """
    made, items = _find_items(reports, by, at)
    point("import: items found")
    news, reopened = _link(reports, ids, made, items, by)
    point("import: linked")
    judged = [ids[r.reference] for r in reports if any(items[loc.key]["verdict"] for loc in r.locations)]
    if judged:
        run(NOTE, [judged])
    point("import: outcomes noted")
    demanding = [ids[r.reference] for r in reports if any(items[loc.key]["demands"] for loc in r.locations)]
    if demanding:
        run(demands.NOTE, [demanding])
    if reopened:
        run(REOPEN, [sorted(reopened)])
    point("import: reopened")
    new = sum(1 for key, item in items.items() if item["id"] == made[key])
    return Filed(news=news, items=new, reopened=len(reopened))


def note_outcomes(*, item_ids: Sequence[UUID]) -> None:
    """The verdict of these items has changed: the outcome of every report that speaks of one follows.

    The caller holds the items' locks. The reports are locked by a statement of their own, so that the next one sees
    what another transaction made of the other items of the same report.
    """
    with as_program():  # a report may be hidden for the sake of another of its items
        reports = [row["id"] for row in rows(LOCK_REPORTS, [list(item_ids)])]
        if reports:
            run(NOTE, [reports])


def _find_items(reports: Sequence[Told], by: Actor, at: datetime) -> tuple[dict[bytes, UUID], dict[bytes, Row]]:
    """The locked item of every location by its key, made where there was none; and the ids proposed for new ones."""
    first = {loc.key: (loc, report) for report in reversed(reports) for loc in reversed(report.locations)}
    if not first:
        return {}, {}
    found = {key: loc for key, (loc, _) in first.items()}
    keys = sorted(found)
    made = dict(zip(keys, uuid7s(at, len(keys)), strict=True))
    sites = sorted({(loc.site_kind, loc.site) for loc in found.values()})
    wanted = [
        {"id": id, "kind": kind, "name": name} for id, (kind, name) in zip(uuid7s(at, len(sites)), sites, strict=True)
    ]
    run(ADD_SITES, {"house": by.house, "sites": as_json(wanted)})
    point("import: sites written")
    given = [
        {
            "id": made[key],
            "key": key.hex(),
            "kind": found[key].kind,
            "site_kind": found[key].site_kind,
            "site": found[key].site,
            "url": found[key].given,
            "canonical": found[key].canonical,
            "reported_at": first[key][1].received_at,
            "reported_on": brussels_day(first[key][1].received_at),
        }
        for key in keys
    ]
    written = run(ADD_ITEMS, {"house": by.house, "at": at, "items": as_json(given)})
    point("import: items written")
    new: Row = {"state": Item.OPEN, "verdict": "", "settled_at": None, "demands": []}
    items: dict[bytes, Row] = {
        key: {"id": row["id"], "reported_on": row["reported_on"], **new} for key, row in zip(keys, given, strict=True)
    }
    if written < len(given):  # what others made before is locked; what this transaction made is its own
        proposed = as_json([{"id": row["id"], "key": row["key"]} for row in given])
        items.update({bytes(row["key"]): row for row in rows(LOCK_KNOWN_ITEMS, [proposed])})
    return made, items


def _link(
    reports: Sequence[Told], ids: dict[str, UUID], made: dict[bytes, UUID], items: dict[bytes, Row], by: Actor
) -> tuple[list[NewEvent], set[UUID]]:
    """Tie reports to items; the events to record, and the items to open again."""
    news: list[NewEvent] = []
    links: list[dict[str, object]] = []
    seen: set[bytes] = set()
    reopened: set[UUID] = set()
    for report in reports:
        on = brussels_day(report.received_at)
        for position, location in enumerate({loc.key: loc for loc in report.locations}.values(), start=1):
            item = items[location.key]
            effect = _effect(item, new=item["id"] == made[location.key], seen=location.key in seen, report=report)
            if effect == "reopened":
                ITEM.step(item["state"], "reopen", Item.OPEN)
                reopened.add(item["id"])
            if effect != "repeated":
                seen.add(location.key)
            link = {"report": ids[report.reference], "item": item["id"], "position": position, "given": location.given}
            links.append({**link, "received_on": on, "item_reported_on": item["reported_on"]})
            body = {
                "report": str(ids[report.reference]),
                "reference": report.reference,
                "channel": report.channel,
                "effect": effect,
            }
            kind = events.REPORTED if effect in ("new", "reopened") else events.REPORTED_AGAIN
            news.append(NewEvent(kind=kind, item=item["id"], body=body, happened_at=report.received_at))
    if links:
        run(ADD_LINKS, {"house": by.house, "links": as_json(links)})
    return news, reopened


def _effect(item: Row, *, new: bool, seen: bool, report: Told) -> str:
    if seen:
        return "joined"
    if new:
        return "new"
    if item["state"] == Item.OPEN:
        return "joined"
    settled_on = brussels_day(item["settled_at"]) if item["settled_at"] else None
    on = brussels_day(report.received_at)
    return "reopened" if reopens(state=item["state"], settled_on=settled_on, on=on) else "repeated"
