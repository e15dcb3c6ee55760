"""One address to its end: every redirect judged, resolved and connected to like the first, hop by hop."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from maillon.observation.fetching.asking import Answer, Asker
from maillon.observation.fetching.fetched import Hop, Kind, Tls
from maillon.observation.fetching.guard import Guard, Target, joined
from maillon.observation.fetching.kinds import is_html
from maillon.observation.fetching.refusals import Refusal, Stop
from maillon.observation.fetching.warc import Exchange

_REFRESH_SECONDS = 10
"""A page that sends on within so many seconds is a redirect: nobody came to read it."""
_HEAD_BYTES = 65_536
"""Where a page's own redirect is looked for."""
_TAG = re.compile(rb"<meta\s[^>]{0,4000}>", re.I)
_CONTENT = re.compile(r"content\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>\"']+))", re.I)
_DELAY_AND_URL = re.compile(r"\s*(\d{0,4})[\d.]*\s*[;,]?\s*(?:url\s*=\s*)?[\"']?([^\"']*)", re.I)


@dataclass(slots=True)
class Received:
    """Every exchange on the way, and the last answer; `reason` says why there is no more, "" if there is."""

    exchanges: list[Exchange]
    answer: Answer | None
    reason: str

    @property
    def hops(self) -> tuple[Hop, ...]:
        return tuple(exchange.hop for exchange in self.exchanges)


class Follower:
    """Asks, and goes where it is sent, under the limit of redirects. `now` gives aware moments."""

    def __init__(self, guard: Guard, asker: Asker, redirects: int, now: Callable[[], datetime]) -> None:
        self._guard, self._asker, self._redirects, self._now = guard, asker, redirects, now

    def follow(self, url: str, referrer: str, kind: Kind) -> Received:
        """Where `url` (absolute) leads. Never raises Stop.

        As browsers do, `referrer` stays the same over redirects; a page that sends on by itself becomes the referrer.
        """
        exchanges: list[Exchange] = []
        seen: set[str] = set()
        answer: Answer | None = None
        for _ in range(self._redirects + 1):
            try:
                target = self._guard.target(url)
                if target.url in seen:
                    raise Stop(Refusal.REDIRECT_LOOP, target.url)
            except Stop as stop:
                return self._refused(exchanges, url, referrer, stop)
            seen.add(target.url)
            answer = self._asker.ask(target, trimmed(referrer, target), kind, self._now())
            exchanges.append(answer.exchange)
            if answer.reason:
                return Received(exchanges, answer, answer.reason)
            try:
                url, referrer = self._led_on(answer, target, referrer, kind)
            except Stop as stop:
                return self._refused(exchanges, answer.exchange.hop.location, referrer, stop)
            if not url:
                return Received(exchanges, answer, "")
        return self._refused(exchanges, url, referrer, Stop(Refusal.TOO_MANY_REDIRECTS))

    def _led_on(self, answer: Answer, target: Target, referrer: str, kind: Kind) -> tuple[str, str]:
        if answer.location:
            return joined(target.url, answer.location), referrer
        onward = _refresh(answer) if kind == "page" else ""
        if not onward:
            return "", referrer
        hop = answer.exchange.hop
        answer.exchange.hop = Hop(hop.url, hop.referrer, hop.address, hop.status, onward[:8000], hop.tls, hop.at)
        return joined(target.url, onward), target.url

    def _refused(self, exchanges: list[Exchange], url: str, referrer: str, stop: Stop) -> Received:
        hop = Hop(url[:8000], referrer, "", None, "", Tls.NONE, self._now())
        notes = {"reason": str(stop.reason), "detail": stop.detail}
        return Received([*exchanges, Exchange(hop, notes=notes)], None, stop.reason)


def trimmed(referrer: str, target: Target) -> str:
    """What of `referrer` is sent to `target`: not from https to http, and an onion is named to nobody else."""
    if not referrer or (referrer.startswith("https:") and target.scheme == "http"):
        return ""
    host = referrer.split("/")[2].partition(":")[0].rstrip(".")
    return "" if host.endswith(".onion") and not target.onion else referrer


def _refresh(answer: Answer) -> str:
    """Where a page sends on by `<meta http-equiv=refresh>`, itself excepted; "" where it does not."""
    if not is_html(answer.mime):
        return ""
    header = (answer.headers or {}).get("refresh", "")
    begins = bytes(answer.whole[:_HEAD_BYTES])
    for content in (header, *_contents(begins)):
        found = _DELAY_AND_URL.match(content)
        if found and found[2].strip() and int(found[1] or 0) <= _REFRESH_SECONDS:
            return found[2].strip()
    return ""


def _contents(begins: bytes) -> list[str]:
    if b"refresh" not in begins.lower():
        return []
    tags = [tag[0].decode("utf-8", "replace") for tag in _TAG.finditer(begins) if b"refresh" in tag[0].lower()]
    return [found[1] or found[2] or found[3] or "" for tag in tags if (found := _CONTENT.search(tag))]
