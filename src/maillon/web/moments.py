"""Moments as people read them: on the clock of Brussels, in the page's language; terms as the time that is left."""

from datetime import UTC, date, datetime

from babel.dates import format_date, format_skeleton
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillon.kernel.clock import BRUSSELS, brussels_day
from maillon.languages import locale_of

HOUR, DAY = 3600, 24 * 3600


def moment(at: datetime, language: str) -> str:
    """A day and a time, such as `12 May 2017, 14:05`."""
    return f"{format_date(brussels_day(at), 'd MMM y', locale=locale_of(language))}, {hour(at, language)}"


def hour(at: datetime, language: str) -> str:
    """A time of the day, such as `14:05`."""
    return str(format_skeleton("Hm", at, tzinfo=BRUSSELS, locale=locale_of(language)))


def day_text(day: date, language: str) -> str:
    """A day, such as `12 May 2017`."""
    return str(format_date(day, "d MMM y", locale=locale_of(language)))


def read_wall(day: str, time: str) -> datetime | None:
    """The moment of a day and a time as forms send them, on the clock of Brussels; None where they are none.

    The hour that the clock leaps over in March is none. Of the hour that comes twice in October it is the first.
    """
    try:
        wall = datetime.fromisoformat(f"{day}T{time}")
    except ValueError:
        return None
    if wall.tzinfo is not None:
        return None
    at = wall.replace(tzinfo=BRUSSELS)
    return at if at.astimezone(UTC).astimezone(BRUSSELS).replace(tzinfo=None) == wall else None


def month_name(text: str, language: str, form: str = "LLLL") -> str:
    """The name of a month written as `2017-05`, as it stands on its own; short with `LLL`."""
    return str(format_date(date.fromisoformat(f"{text}-01"), form, locale=locale_of(language)))


def left(due: datetime, now: datetime) -> str:
    """The time until a term, or since it."""
    seconds = (due - now).total_seconds()
    text = _("late by %(time)s") if seconds < 0 else _("%(time)s left")
    return text % {"time": length(abs(seconds))}


def length(seconds: float) -> str:
    """A length of time in its largest unit: minutes, hours under two days, else days; rounded down."""
    if seconds < HOUR:
        count = max(int(seconds // 60), 1)
        return ngettext("%(count)d minute", "%(count)d minutes", count) % {"count": count}
    if seconds < 2 * DAY:
        count = int(seconds // HOUR)
        return ngettext("%(count)d hour", "%(count)d hours", count) % {"count": count}
    count = int(seconds // DAY)
    return ngettext("%(count)d day", "%(count)d days", count) % {"count": count}
