"""The worker: hands over, locates and sends what is due, until told to stop."""

import logging
import signal
import threading
from contextlib import closing

from django.db import InterfaceError, OperationalError, connection

from maillon.kernel.clock import SystemClock
from maillon.ops.installations import is_demo
from maillon.ops.work import Tally, tools, work_round
from maillon.settings import Settings

log = logging.getLogger("maillon.worker")

IDLE = 0.3  # seconds between two looks when nothing is due
BROKEN = 2.0  # seconds before trying again when the database is away


def run(settings: Settings) -> None:
    """Work in every house of `settings` until SIGTERM or Ctrl-C. A database that is away is waited for."""
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    while not stopping.is_set():
        try:
            _work(settings, stopping)
        except (OperationalError, InterfaceError) as error:
            log.warning("the database is away (%s); trying again", type(error).__name__)
            connection.close()
            stopping.wait(BROKEN)


def _work(settings: Settings, stopping: threading.Event) -> None:
    at_hand, tally = tools(settings, SystemClock(), demo=is_demo(), aside=True), Tally()
    with closing(at_hand):
        while not stopping.is_set():
            done = sum(work_round(house, at_hand, tally, go_on=True) for house in settings.houses)
            if not done:
                stopping.wait(IDLE)
