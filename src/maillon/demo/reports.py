"""Reports drawn at random: what every file of reports has in common, and those of the current year."""

import tomllib
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from importlib.resources import files
from random import Random

from maillon.demo import places
from maillon.demo.places import Place
from maillon.demo.sites import SITES, Site
from maillon.kernel.clock import BRUSSELS

CHANNELS = {"web": 14, "mail": 3, "phone": 2, "partner": 1}
LANGUAGES = {"nl": 9, "fr": 7, "en": 3, "de": 1}
SENTENCES = tomllib.loads((files("maillon.demo") / "data" / "sentences.toml").read_text("utf-8"))


@dataclass(frozen=True, slots=True)
class Report:
    """One row of a file of reports; `received_at` is aware."""

    reference: str
    received_at: datetime
    channel: str
    language: str
    places: tuple[Place, ...]
    url: str
    remark: str


def drawn(reference: str, at: datetime, subjects: tuple[Place, ...], rng: Random) -> Report:
    """A report on these places, its other columns drawn."""
    language = rng.choices(tuple(LANGUAGES), tuple(LANGUAGES.values()))[0]
    channel = rng.choices(tuple(CHANNELS), tuple(CHANNELS.values()))[0]
    url = rng.choice(places.SEPARATORS).join(places.written(place, rng) for place in subjects)
    return Report(reference, at, channel, language, subjects, url, rng.choice(SENTENCES["remarks"][language]))


def moments(first: datetime, last: datetime, count: int, rng: Random) -> list[datetime]:
    """`count` whole minutes from `first` to `last`, in order, as Brussels times."""
    start, end = (int(at.timestamp()) // 60 for at in (first, last))
    drawn_minutes = sorted(rng.randint(start, end) for _ in range(count))
    return [datetime.fromtimestamp(minute * 60, UTC).astimezone(BRUSSELS) for minute in drawn_minutes]


def current(today: date, rng: Random) -> list[Report]:
    """Sixty reports of the year of `today`, received before that day: every site, some twice or together.

    On 1 January, when nothing can precede, they fall within the first hour. No former year reports their
    locations.
    """
    new_year = datetime(today.year, 1, 1, tzinfo=BRUSSELS)
    last = max(datetime.combine(today, time(), BRUSSELS), new_year + timedelta(hours=1))
    sites: list[Site] = [*SITES, *rng.sample(SITES, 12)]
    rng.shuffle(sites)
    subjects = [(places.make(site, 90_001 + n, rng),) for n, site in enumerate(sites)]
    both = [(*subjects[n], *subjects[n + 1]) for n in (3, 9)]
    again = rng.sample(subjects, 60 - len(subjects) - len(both))
    told = [*subjects, *both, *again]
    when = moments(new_year, last - timedelta(minutes=1), len(told), rng)
    return [
        drawn(f"{today.year}-{n:04}", at, each, rng)
        for n, (at, each) in enumerate(zip(when, told, strict=True), start=1)
    ]
