"""What the former files say: who reported what and when, and how the police assessed it.

The numbers of each year are given (source: the hotline protocol's statement on 2015, 2016 and 2017 to
12 May); all else is drawn from a seeded generator. What keeps the numbers exact: a report holds locations of
one verdict only, a location keeps its verdict for ever, and no source places a site of an illegal location in
Belgium.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from maillon.demo import places
from maillon.demo.places import Place
from maillon.demo.reports import SENTENCES, Report, drawn, moments
from maillon.demo.sites import SITES, Kind
from maillon.kernel.clock import BRUSSELS
from maillon.rules.calendar import add_working_hours

SEED = 20170512
_REPEATS, _SEVERAL, _CHANGES, _FLAGGED = 0.12, 0.08, 0.01, 0.03
_FLAGS = ("belgian_victim", "belgian_suspect", "imminent_danger", "belgian_victim|belgian_suspect")


@dataclass(frozen=True, slots=True)
class Year:
    """A year as the founding document states it; the last day is part of it."""

    year: int
    last: date
    reports: int
    illegal: int


YEARS = (
    Year(2015, date(2015, 12, 31), 1135, 246),
    Year(2016, date(2016, 12, 31), 657, 145),
    Year(2017, date(2017, 5, 12), 166, 22),
)
LAST_ACT = datetime(2017, 5, 12, 17, tzinfo=BRUSSELS)
"""Every former assessment is made by then: the numbers of 2017 were stated on that day."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """One row of a file of assessments; `severity` is empty for what is not illegal."""

    reference: str
    code: str
    severity: str
    flags: str
    reason: str
    assessed_at: datetime


@dataclass(slots=True)
class _Known:
    place: Place
    code: str
    severity: str
    free_from: datetime


class Former:
    """Draws the former years, in order; known locations carry over from one to the next."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._serial = 0
        self._pool: dict[bool, list[_Known]] = {True: [], False: []}
        usable = [site for site in SITES if site.kind is not Kind.NO_REPLY]
        self._sites = {True: [site for site in usable if "BE" not in site.codes], False: usable}

    def year(self, year: Year) -> tuple[list[Report], list[Opinion]]:
        """The reports of a year by time of receipt and its assessments by time of the act."""
        verdicts = [True] * year.illegal + [False] * (year.reports - year.illegal)
        self._rng.shuffle(verdicts)
        reports: list[Report] = []
        opinions: list[Opinion] = []
        for number, (at, illegal) in enumerate(zip(self._moments(year), verdicts, strict=True), start=1):
            known, changed = self._subjects(at, illegal)
            report = drawn(f"{year.year}-{number:04}", at, tuple(one.place for one in known), self._rng)
            reports.append(report)
            opinions += self._opinions(report, known[0], changed)
            for one in known:
                one.free_from = opinions[-1].assessed_at
        return reports, sorted(opinions, key=lambda opinion: opinion.assessed_at)

    def _moments(self, year: Year) -> list[datetime]:
        first = datetime(year.year, 1, 1, 0, 15, tzinfo=BRUSSELS)
        # At both ends the day depends on the zone. On the last day of 2017 time is left to assess.
        last = min(datetime.combine(year.last, time(23, 45), BRUSSELS), LAST_ACT - timedelta(hours=5))
        return [first, *moments(first, last, year.reports - 2, self._rng), last]

    def _subjects(self, at: datetime, illegal: bool) -> tuple[list[_Known], bool]:
        """The locations of the next report, and whether the opinion on them will change."""
        rng, pool = self._rng, self._pool[illegal]
        settled = [one for one in pool if one.free_from < at]
        if settled and rng.random() < _REPEATS:
            return [rng.choice(settled)], False
        code, severity = (rng.choice("AAB"), str(rng.randint(1, 5))) if illegal else ("N", "")
        count = rng.randint(2, 3) if rng.random() < _SEVERAL else 1
        fresh = [_Known(self._place(illegal), code, severity, at) for _ in range(count)]
        changed = rng.random() < _CHANGES
        if not changed:
            pool += fresh
        return fresh, changed

    def _place(self, illegal: bool) -> Place:
        self._serial += 1
        return places.make(self._rng.choice(self._sites[illegal]), self._serial, self._rng)

    def _opinions(self, report: Report, known: _Known, changed: bool) -> Iterator[Opinion]:
        at = report.received_at
        if changed:
            other = ("N", "") if known.severity else ("B", "2")
            at = self._act(at)
            yield Opinion(report.reference, *other, "", self._sentence(other[0]), at)
        flagged = known.severity and self._rng.random() < _FLAGGED
        flags = self._rng.choice(_FLAGS) if flagged else ""
        reason = self._sentence("changed" if changed else known.code)
        yield Opinion(report.reference, known.code, known.severity, flags, reason, self._act(at))

    def _act(self, after: datetime) -> datetime:
        at = add_working_hours(after, self._rng.randint(2, 30)).astimezone(BRUSSELS)
        if at <= LAST_ACT:
            return at
        return after + (LAST_ACT - after) * self._rng.uniform(0.5, 0.9)

    def _sentence(self, about: str) -> str:
        return str(self._rng.choice(SENTENCES["reasons"][about]))
