"""All that an installation holds, by natural keys: what two runs of the same work must have in common.

Ids become names (an item its address, a report its reference), moments become `time`; what remains is compared as a
multiset of rows per table, and of documents per folder.
"""

import json
import re
from collections import Counter
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.rows import dict_row

from tests.crash.installation import Installation

TABLES = """
SELECT table_name FROM information_schema.columns
WHERE table_schema = 'public' AND column_name = 'house' ORDER BY 1
"""

# In this order: a name may be made of earlier ones.
NAMES = {
    "items_site": ("id", "{house} site {name}"),
    "items_item": ("id", "{house} item {canonical}"),
    "intake_report": ("id", "report {reference} of {channel} on {locations}"),
    "outbox_event": ("uid", "{kind} of {item}"),
    "analysis_case": ("id", "case {round} of {item_id}"),
    "analysis_assessment": ("id", "{person} says {code} {severity} {reason} in {case_id}"),
    "referral_referral": (
        "id",
        "referral {purpose} to {partner} {code} {severity} from {country}, calls back {recalls}, in {case_id}",
    ),
    "partners_message": ("id", "{kind} to {partner} about {about}"),
    "observation_location": ("id", "location {country} {reason} of {item_id}"),
}

# How often something was tried, in which order rows came, and what is drawn by chance may differ between a killed run
# and another.
LEFT_OUT = {"attempts", "xid", "number", "seed"}
UNIQUE = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[.\d]*(Z|[+-]\d\d:\d\d)")
NUMBERED = re.compile(r"(?<=/\d{3})-\d{8}")  # a file's name: epoch, number, kind, id
REFERENCE = re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b")  # drawn by chance where nobody gave one
FIXED = {("items_item", "key"), ("intake_report", "digest")}


class Snapshot:
    """The rows and documents of `here`, as counted natural keys."""

    def __init__(self, here: Installation) -> None:
        with here.connect() as connection, connection.cursor(row_factory=dict_row) as cursor:
            tables = [row["table_name"] for row in cursor.execute(TABLES).fetchall()]
            rows = {name: cursor.execute(f'SELECT * FROM "{name}"').fetchall() for name in tables}
        self._ids: dict[str, str] = {}
        self._name(rows)
        events = {row["id"]: self._ids[str(row["uid"])] for row in rows["outbox_event"]}
        self.counts: Counter[str] = Counter()
        for table, found in rows.items():
            for row in found:
                if "event_id" in row:
                    row["event_id"] = events[row["event_id"]]
                if table == "outbox_event":
                    del row["id"]
                self.counts[f"{table} {self._row(table, row)}"] += 1
        for path in sorted(here.files.rglob("*")):
            if path.is_file():
                place = NUMBERED.sub("", str(path.relative_to(here.files)), count=1)
                self.counts[f"{self._text(place)} {self._said(path.read_bytes())}"] += 1

    def _name(self, rows: dict[str, list[dict[str, Any]]]) -> None:
        for table, (column, form) in NAMES.items():
            late = sorted(rows[table], key=lambda row: (row.get("recalls") is not None, str(row[column])))
            for row in late:
                said = {key: self._text(str(value)) for key, value in row.items()}
                self._ids[str(row[column])] = form.format(**said)

    def _row(self, table: str, row: dict[str, Any]) -> str:
        kept = {key: value for key, value in row.items() if key not in LEFT_OUT}
        return json.dumps({key: self._value(value, (table, key) in FIXED) for key, value in kept.items()})

    def _value(self, value: Any, fixed: bool = False) -> Any:
        if isinstance(value, bytes | memoryview):
            return bytes(value).hex() if fixed else self._said(bytes(value))
        if isinstance(value, datetime):
            return "time"
        if isinstance(value, UUID | str):
            return self._text(str(value))
        if isinstance(value, dict):
            return {key: self._value(inner) for key, inner in value.items() if key not in LEFT_OUT}
        if isinstance(value, list):
            return [self._value(inner) for inner in value]
        return value if value is None or isinstance(value, int | float) else str(value)

    def _said(self, content: bytes) -> Any:
        try:
            return json.dumps(self._value(json.loads(content)))
        except ValueError:
            return "bytes"

    def _text(self, text: str) -> str:
        named = UNIQUE.sub(lambda found: self._ids.get(found[0], "id"), text)  # first: an id may look like a reference
        return MOMENT.sub("time", REFERENCE.sub("drawn", named))


def difference(wanted: Snapshot, found: Snapshot) -> str:
    """What one has and the other has not; empty where they agree."""
    lines = [f"missing {n}: {row}" for row, n in (wanted.counts - found.counts).items()]
    lines += [f"too many {n}: {row}" for row, n in (found.counts - wanted.counts).items()]
    return "\n".join(lines)
