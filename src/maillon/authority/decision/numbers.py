"""The numbers of orders: the office, the year in Brussels, a serial without gaps."""

from datetime import datetime

from maillon.kernel.clock import brussels_day
from maillon.outbox.sql import one


def next_number(*, office: str, at: datetime) -> str:
    """The next number of the office's year, as `office-2026-7`.

    It is given once: whoever asks for another waits until this transaction is over, and takes it where it failed.
    """
    year = brussels_day(at).year
    found = one("SELECT decision_next_serial(%s, %s) AS serial", [office, year])
    assert found is not None
    return f"{office}-{year}-{found['serial']}"
