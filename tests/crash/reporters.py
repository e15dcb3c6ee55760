"""Reporters at the public form who do not give up: the same form is sent again until a receipt is shown.

Each form has a number in its remark, so that a report stored twice is seen. Each request comes from a network of its
own: what is tested is that nothing is lost, not the pace of one source.
"""

import http.client
import random
import re
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import count
from urllib.parse import urlencode

from maillon.settings import Address

RECEIPT = re.compile(r'<p class="code"><code>([0-9A-Z-]{20,30})</code></p>')
TOKEN = re.compile(r'name="form" value="([^"]+)"')
REMARK = "neutral sentence number {}"
PATIENCE = 10.0  # seconds for one answer
PLACES = 200
AWAY = (0, 500, 502, 503, 504)
"""Answers after which one tries again; 0 is none."""
_asked = count(1)


@dataclass
class Crowd:
    """All the reporters, and what they were shown: `shown` receipt by form number, `unsure` the forms given up."""

    site: Address
    wanted: int
    shown: dict[int, str] = field(default_factory=dict)
    unsure: set[int] = field(default_factory=set)
    failed: list[str] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def go_on(self) -> bool:
        return not self.stopping.is_set() and len(self.shown) < self.wanted

    def report(self, seed: int) -> None:
        """One reporter's life."""
        chance, line = random.Random(seed), Line(self.site)
        with closing(line):
            while self.go_on():
                if not self.one(line, chance):
                    return

    def one(self, line: "Line", chance: random.Random) -> bool:
        """One form from its reading over to its receipt; False where it is time to stop."""
        number = next(self.numbers)
        told = {
            "locations": f"https://n{number % PLACES}.crash.test/{number % 7}",
            "remark": REMARK.format(number),
        }
        token = line.token(told, self.stopping)
        if token is None:
            return False
        self.send(line, chance, number, {**told, "form": token, "reviewed": "1"})
        return True

    def send(self, line: "Line", chance: random.Random, number: int, fields: dict[str, str]) -> None:
        """Send one form until its receipt is shown; now and then somebody gives up instead."""
        language = ("fr", "nl", "de", "en")[number % 4]
        while True:
            status, page = line.ask(f"/report/{language}/send/", fields)
            if status == 200 and (found := RECEIPT.search(page)):
                self.shown[number] = found[1]
                return
            if status not in AWAY:
                self.failed.append(f"form {number}: {status}")
                self.unsure.add(number)
                return
            if self.stopping.is_set() or chance.random() < 0.02:
                self.unsure.add(number)
                return
            self.stopping.wait(chance.uniform(0.02, 0.2))


class Line:
    """One connection to the site, opened again whenever it breaks."""

    def __init__(self, site: Address) -> None:
        self.site = site
        self.connection: http.client.HTTPConnection | None = None

    def ask(self, path: str, fields: dict[str, str]) -> tuple[int, str]:
        """The status and the page; status 0 where the line broke before the whole answer was there."""
        if self.connection is None:
            self.connection = http.client.HTTPConnection(*self.site, timeout=PATIENCE)
        headers = {"X-Forwarded-For": source_of(next(_asked)), "Content-Type": "application/x-www-form-urlencoded"}
        try:
            self.connection.request("POST", path, urlencode(fields), headers)
            answer = self.connection.getresponse()
            return answer.status, answer.read().decode()
        except (OSError, http.client.HTTPException):
            self.close()
            return 0, ""

    def close(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def token(self, told: dict[str, str], stopping: threading.Event) -> str | None:
        """The token of the form that is read over before it is sent; None where it is time to stop."""
        while not stopping.is_set():
            _status, page = self.ask("/report/fr/review/", told)
            if found := TOKEN.search(page):
                return found[1]
            stopping.wait(0.05)
        return None


def source_of(number: int) -> str:
    """An address of a network that no other request comes from."""
    return f"2001:db8:{number >> 16:x}:{number & 0xFFFF:x}::1"


@contextmanager
def reporting(crowd: Crowd, reporters: int, seed: int) -> Iterator[None]:
    """So many reporters at once for the length of the block; after it everybody has gone home."""
    threads = [threading.Thread(target=crowd.report, args=(seed * 1000 + n,)) for n in range(reporters)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        crowd.stopping.set()
        for thread in threads:
            thread.join(2 * PATIENCE)
        assert not any(thread.is_alive() for thread in threads)


def opened(site: Address, receipts: list[str], at_once: int) -> list[str]:
    """Which of the receipts do not open their report."""
    waiting, closed, lock = iter(receipts), list[str](), threading.Lock()

    def look() -> None:
        line = Line(site)
        while True:
            with lock:
                receipt = next(waiting, "")
            if not receipt:
                line.close()
                return
            deadline = time.monotonic() + 6 * PATIENCE
            while (status := line.ask("/report/en/follow/", {"receipt": receipt})[0]) in AWAY:
                if time.monotonic() > deadline:
                    break
                time.sleep(0.1)
            if status != 200:
                closed.append(f"{receipt}: {status}")

    threads = [threading.Thread(target=look) for _ in range(at_once)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return closed
