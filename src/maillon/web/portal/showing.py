"""A letter as its page shows it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.utils.functional import Promise

from maillon.items.addresses import find
from maillon.outbox.sql import Row
from maillon.web.portal.wording import ENDED, FORM, Words, words_of

MOMENTS = ("given_at", "until", "ended_at")


class Shown(NamedTuple):
    """A letter: its row, its body with moments read, what it asks, of what site, and why it ended or who gave it."""

    row: Row
    body: Mapping[str, Any]
    words: Words
    site: str
    why: str | Promise
    form: str | Promise
    flags: Sequence[str]

    @property
    def stops(self) -> bool:
        """Whether it takes back something that was asked."""
        return self.row["kind"] in ("callback", "order_ended")


class Said(NamedTuple):
    """One thing said about a letter; `ours` where the partner itself said it."""

    text: str
    who: str
    at: datetime
    ours: bool


def shown(row: Row) -> Shown:
    """The letter of this row."""
    body = {
        **row["body"],
        **{name: datetime.fromisoformat(row["body"][name]) for name in MOMENTS if name in row["body"]},
    }
    stated = body.get("assessment") or body.get("before") or {}
    return Shown(
        row=row,
        body=body,
        words=words_of(row),
        site=site_of(body["item"]),
        why=ENDED.get(body.get("why", ""), ""),
        form=FORM.get(body.get("form", ""), ""),
        flags=sorted(stated.get("flags", ()), key=lambda flag: (flag != "imminent_danger", flag)),
    )


def site_of(item: Mapping[str, str]) -> str:
    """The host or service that the item belongs to; its kind where it cannot be read."""
    found = find(item["canonical"]).locations
    return found[0].site if found else item["kind"]


def talk(row: Row, replies: Sequence[Row]) -> list[Said]:
    """What was asked about a letter and what was answered, oldest first."""
    asked = [Said(q["text"], q["by"], datetime.fromisoformat(q["at"]), True) for q in row["asked"]]
    told = [
        Said(r["body"]["text"], r["body"]["answered_by"], datetime.fromisoformat(r["body"]["answered_at"]), False)
        for r in replies
        if r["kind"] == "answer"
    ]
    return sorted([*asked, *told], key=lambda said: said.at)
