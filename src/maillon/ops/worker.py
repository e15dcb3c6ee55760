"""The worker: hands over, locates and sends what is due, until told to stop."""

import signal
import threading

from maillon.settings import Settings


def run(settings: Settings) -> None:
    """Work in every house of `settings` until SIGTERM or Ctrl-C."""
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    stopping.wait()
