"""The demo's analysts have content fetched from the synthetic internet, tell an origin, look in steps, and rest.

What is fetched goes through the real path: the fetching processes, the decoders, the vault. Only what is quick is
fetched here; the hosts that are slow, huge or endless are left for whoever wants to try them.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from uuid import UUID

from maillon.demo.authority import Drain
from maillon.demo.sites import SERVED_SITES
from maillon.hotline.analysis.confirming import confirm_media
from maillon.hotline.analysis.services import Stated, assess
from maillon.hotline.intake.queries import items_with_reports
from maillon.items.captures import captures_of, media_of
from maillon.kernel.clock import BRUSSELS, FixedClock, brussels_day
from maillon.looking.policy import STEPS, Known
from maillon.looking.services import let_look_on, note_seen, reveal
from maillon.observation.fetches import request_fetch
from maillon.observation.origins import state_origin
from maillon.outbox.acting import Actor, acting
from maillon.outbox.sql import Row

FRONT, ORIGIN = "fast-mirror.test", "origin.fast-mirror.test"
DECIDED, PROPOSED = "copper-lamp.test", "paper-boat.test"
"""Two sites that share a picture: what is decided on the one is proposed for the other, which nobody decides on."""

SHOWN = (
    "moved-house.test",  # a chain of redirects over three countries
    FRONT,  # a delivery network, whose origin is told
    "winter-album.test",  # a clip
    "cedar-board.test",  # nothing without its scripts
    DECIDED,
    PROPOSED,
    "lost-signpost.test",  # its name leads nowhere
)
ODD_PORT = (":8080", ":8443")
BORDERLINE = Stated(
    scheme="demo", version="1", code="B", severity=1, flags=frozenset(), reason="seen by two people"
)  # fmt: skip
MORNING = time(10, 0)
AFTER_HOURS = time(16, 20)


class Seeing:
    """Two analysts, and who may let them look on, at the moments of a clock that the walk moves."""

    def __init__(self, *, a: Actor, b: Actor, manager: Actor, clock: FixedClock, drain: Drain) -> None:
        self.a, self.b, self.manager, self.clock, self.drain = a, b, manager, clock, drain

    def fetch(self) -> None:
        """Content of some items in every way in which a fetch ends: received, refused, failed, scripts only."""
        found = self._items()
        for row in found:
            request_fetch(item_id=row["item"], purpose="assess", by=self.a, at=self.clock.at)
        for row in found:
            if row["site"] == FRONT:
                self._tell_origin(row["item"])
        self.drain(self.clock)

    def decide_on_content(self, now: datetime) -> None:
        """Two people look at the same content, agree, and say that their opinion rests on it: it is known then."""
        with acting(self.a):
            items = [row["item"] for row in items_with_reports() if row["site"] == DECIDED and row["state"] == "open"]
            captures = captures_of(item_ids=items)[:1]
            media = media_of(capture_ids=[row["id"] for row in captures])
        if not captures or self.clock.at == now:
            return
        item = captures[0]["item_id"]
        at = _at(now, 8, MORNING)
        for who in (self.a, self.b):
            at = self._morning(who, at, captures, media, seconds=30)
            shown = [medium["id"] for medium in media[captures[0]["id"]] if medium["outcome"] == "ok"]
            assess(
                item_id=item, report_id=None, stated=BORDERLINE, assessed_at=None, person=who,
                person_kind="hotline", by=who, at=at + timedelta(minutes=1),
            )  # fmt: skip
            confirm_media(item_id=item, media=shown, by=who, at=at + timedelta(minutes=2))

    def look(self, now: datetime) -> None:
        """On each of the three days before `now` somebody looks; yesterday somebody is let look on after hours."""
        with acting(self.a):
            open_items = [row["item"] for row in items_with_reports() if row["state"] == "open"]
            captures = [row for row in captures_of(item_ids=open_items) if row["outcome"] == "ok"]
            media = media_of(capture_ids=[row["id"] for row in captures])
        for days, who in ((3, self.b), (2, self.a), (1, self.a), (1, self.b)):
            self._morning(who, _at(now, days, MORNING), captures, media, seconds=40 * days)
        self._after_hours(now, captures, media)

    def _items(self) -> list[Row]:
        with acting(self.a):
            rows = [row for row in items_with_reports() if row["state"] == "open" and row["kind"] == "url"]
        sites = {row["site"]: row for row in reversed(rows) if not _odd_port(row)}
        odd = [row for row in rows if _odd_port(row)][:1]
        return [*(sites[site] for site in SHOWN if site in sites), *odd]

    def _tell_origin(self, item: UUID) -> None:
        (origin,) = (site for site in SERVED_SITES if site.host == ORIGIN)
        state_origin(
            item_id=item, address=origin.addresses[0], told_by="network",
            statement="answered to us as its trusted reporter", by=self.a, at=self.clock.at,
        )  # fmt: skip

    def _morning(
        self, who: Actor, at: datetime, captures: Sequence[Row], media: Mapping[UUID, Sequence[Row]], *, seconds: int
    ) -> datetime:
        """Each capture at its first step; of the first one everything, step by step. When that was over."""
        for number, row in enumerate(captures):
            shown = [medium["id"] for medium in media[row["id"]] if medium["outcome"] == "ok"]
            kinds = {medium["kind"] for medium in media[row["id"]] if medium["outcome"] == "ok"}
            steps = min((STEPS[kind] for kind in kinds), default=0) if number == 0 else 1
            for step in range(steps if shown else 0):
                at += timedelta(minutes=2)
                seen = reveal(
                    item_id=row["item_id"], capture_id=row["id"], media=shown, step=step, known=Known(severity=3),
                    by=who, at=at,
                )  # fmt: skip
                at += timedelta(seconds=seconds)
                note_seen(reveals=seen, seconds=seconds, by=who, at=at)
        return at

    def _after_hours(self, now: datetime, captures: Sequence[Row], media: Mapping[UUID, Sequence[Row]]) -> None:
        at = _at(now, 1, AFTER_HOURS)
        let_look_on(
            person_name=self.b.name, until=at + timedelta(minutes=30), reason="a case that cannot wait until tomorrow",
            by=self.manager, at=at,
        )  # fmt: skip
        self._morning(self.b, at, captures[:1], media, seconds=30)


def _odd_port(row: Row) -> bool:
    return any(port in row["canonical"] for port in ODD_PORT)


def _at(now: datetime, days: int, hour: time) -> datetime:
    """An hour in Brussels, some days before `now`."""
    return datetime.combine(brussels_day(now) - timedelta(days=days), hour, BRUSSELS)
