"""Every week a random sample is drawn of what was most dangerous to do, for oversight to review."""

import os
from collections.abc import Collection
from datetime import date, datetime

from maillon.access import events
from maillon.access.oversight import tell
from maillon.access.permissions import Permission, check
from maillon.access.sampling import SEED, WEEK, draw, last_whole_week, span
from maillon.kernel.clock import brussels_day
from maillon.kernel.crash import point
from maillon.kernel.ids import Entropy
from maillon.outbox.acting import Actor, acting
from maillon.outbox.sql import one, rows, run
from maillon.rules.table import load

POPULATION = """
SELECT id FROM outbox_event WHERE kind = ANY(%s) AND recorded_at >= %s AND recorded_at < %s ORDER BY id
"""

SAMPLE = """
INSERT INTO access_sample (house, week, seed, population, drawn_at) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (house, week) DO NOTHING
"""

ENTRIES = "INSERT INTO access_sampleentry (house, week, event_id) SELECT %s, %s, unnest(%s::bigint[])"


def draw_due(*, kinds: Collection[str], by: Actor, at: datetime, entropy: Entropy = os.urandom) -> int:
    """Draw the samples of the weeks that are over and not drawn from yet; how many weeks.

    `kinds` are the names of those that are `reviewed`. The first draw is from the last week; weeks in which nothing ran
    are caught up. The size is that of rules/tables/oversight_sample.toml, the seed comes from `entropy`.
    """
    with acting(by):
        check(by, Permission.RUN_WORK)
        last = last_whole_week(at)
        found = one("SELECT max(week) AS week FROM access_sample")
        week = found["week"] + WEEK if found and found["week"] else last
        drawn = 0
        while week <= last:
            drawn += _draw_week(week, kinds, by, at, entropy)
            week += WEEK
        return drawn


def _draw_week(week: date, kinds: Collection[str], by: Actor, at: datetime, entropy: Entropy) -> bool:
    seed, (first, after) = entropy(SEED), span(week)
    ids = [row["id"] for row in rows(POPULATION, [sorted(kinds), first, after])]
    if not run(SAMPLE, [by.house, week, seed, len(ids), at]):
        return False
    rule = load("oversight_sample").row(on=brussels_day(at), house=by.house)
    chosen = draw(seed=seed, ids=ids, size=rule.number)
    run(ENTRIES, [by.house, week, chosen])
    point("oversight: drawn")
    body = {"week": week.isoformat(), "population": len(ids), "size": len(chosen), "seed": seed.hex()}
    tell(events.SAMPLE_DRAWN, body, by, at, rule.ref)
    return True


def stands(*, week: date, kinds: Collection[str]) -> bool:
    """Whether the week's seed draws the same sample from the log as it stands, out of as many events.

    It does not where the log, the sample or its seed was altered, nor where no sample of that week was drawn.
    """
    sample = one("SELECT seed, population FROM access_sample WHERE week = %s", [week])
    kept = rows("SELECT event_id FROM access_sampleentry WHERE week = %s ORDER BY event_id", [week])
    if sample is None:
        return False
    ids = [row["id"] for row in rows(POPULATION, [sorted(kinds), *span(week)])]
    again = draw(seed=bytes(sample["seed"]), ids=ids, size=len(kept))
    return len(ids) == sample["population"] and again == [row["event_id"] for row in kept]
