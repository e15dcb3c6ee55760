"""Registration data (RDAP, RFC 9082 and 9083): whom an address, a network or a name belongs to, and its abuse mailbox.

Which server answers for what stands in IANA's bootstrap files (RFC 9224), frozen in `data/rdap-bootstrap.json`. A
server is asked over HTTPS only, at an address that anybody on the internet can reach, and for a bounded answer within
a bounded time; a redirect is followed under the same conditions. `whoisit` reads the bootstrap files and the answers.
"""

import json
import re
import ssl
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpcore
from whoisit.bootstrap import BaseBootstrap
from whoisit.errors import BootstrapError, UnsupportedError
from whoisit.parser import parse

from maillon.kernel.errors import MaillonError
from maillon.observation.answers import FROZEN, REFRESHED, Answered, Kind
from maillon.observation.conclude import Answer
from maillon.observation.fetching.guard import may_connect

LONGEST_ANSWER = 1_000_000
"""Bytes of one answer."""
MOST_ENTITIES = 500
"""Persons and organisations in one answer: reading them takes time that grows with the square of their number."""
REDIRECTS = 3
LONGEST_WAIT = 6 * 3600
"""Seconds that a busy server may ask us to wait."""

_MAIL = re.compile(r"[^@\s<>,;:()\"\\]{1,64}@[^@\s<>,;:()\"\\]{1,188}", re.ASCII)

Names = Callable[[Sequence[str]], Mapping[str, Answer]]


class BadBootstrap(MaillonError):
    """The file that says which server answers for what cannot be read; refresh it."""


class Registries:
    """The servers of one installation. Thread-safe; `ask` works on the network and keeps nothing."""

    def __init__(
        self, bases: Callable[[Kind, str], Sequence[str]], names: Names, trusted: str = "", seconds: float = 5
    ):
        """bases: the servers that answer for something, best first. names: the resolver.

        trusted: an address such as `http://127.0.0.1:8080/` that may be asked without TLS and on loopback (the demo).
        seconds: for one question, redirects included.
        """
        self._bases, self._trusted, self._seconds = bases, trusted, seconds
        door = _origin(trusted) if trusted else ("", "", 0)
        self._pool = httpcore.ConnectionPool(
            ssl_context=ssl.create_default_context(), max_connections=16, network_backend=_Checked(names, door)
        )

    @classmethod
    def of(cls, home: Path, names: Names) -> "Registries":
        """The real ones, by the bootstrap that the installation refreshed last, else the frozen one.

        Raises BadBootstrap.
        """
        refreshed = home / REFRESHED
        return cls(_by_bootstrap(read_bootstrap(refreshed if refreshed.exists() else FROZEN)), names)

    @classmethod
    def demo(cls, base: str, names: Names, seconds: float = 5) -> "Registries":
        """One server at `base` answers for everything, without TLS and on loopback; for the demo and tests alone."""
        return cls(lambda kind, value: (base,), names, trusted=base, seconds=seconds)

    def ask(self, kind: Kind, value: str) -> Answered:
        """Whom to write to about abuse at `value`: an address, the number of a network, or a registered name."""
        bases = [base for base in self._bases(kind, value) if self._may_ask(base)]
        if not bases:
            return Answered("no_server")
        url = f"{bases[0].rstrip('/')}/{kind}/{value}"
        server, deadline = urlsplit(url).netloc, time.monotonic() + self._seconds
        try:
            status, headers, body = self._get(url, deadline)
        except _Refused:
            return Answered("refused", server)
        except _TooLong:
            return Answered("unreadable", server)
        except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, OSError):
            return Answered("silent", server)
        return _answered(kind, value, server, status, headers, body)

    def close(self) -> None:
        """Close the connections that are kept for the next question."""
        self._pool.close()

    def _get(self, url: str, deadline: float) -> tuple[int, Mapping[str, str], bytes]:
        for _ in range(REDIRECTS + 1):
            status, headers, body = self._once(url, deadline)
            if status not in (301, 302, 303, 307, 308) or not headers.get("location"):
                return status, headers, body
            url = urljoin(url, headers["location"])
            if not self._may_ask(url):
                raise _Refused
        raise _Refused

    def _once(self, url: str, deadline: float) -> tuple[int, Mapping[str, str], bytes]:
        left = max(deadline - time.monotonic(), 0.01)
        times = {"connect": left, "read": left, "write": left, "pool": left}
        asking = [("Host", urlsplit(url).netloc), ("Accept", "application/rdap+json"), ("User-Agent", "maillon")]
        with self._pool.stream("GET", url, headers=asking, extensions={"timeout": times}) as reply:
            headers = {name.decode("latin-1").lower(): text.decode("latin-1") for name, text in reply.headers}
            return reply.status, headers, b"".join(_bounded(reply.iter_stream(), deadline))

    def _may_ask(self, url: str) -> bool:
        if self._trusted and _origin(url) == _origin(self._trusted):
            return True
        return not self._trusted and urlsplit(url).scheme == "https"


class _Refused(Exception):
    """The server's address may not be asked."""


class _TooLong(Exception):
    """The answer is longer, or takes longer, than any answer may."""


def _bounded(pieces: Iterator[bytes], deadline: float) -> Iterator[bytes]:
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > LONGEST_ANSWER:
            raise _TooLong
        if time.monotonic() > deadline:
            raise httpcore.ReadTimeout
        yield piece


class _Checked(httpcore.NetworkBackend):
    """Connects to the address that was judged, and to no other; `door` (scheme, host, port) alone is not judged."""

    def __init__(self, names: Names, door: tuple[str, str, int]) -> None:
        self._names, self._door, self._plain = names, door, httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore.NetworkStream:
        if (host, port) == self._door[1:]:
            return self._plain.connect_tcp(host, port, timeout, local_address, socket_options)
        addresses = self._addresses(host)
        if not addresses:
            raise httpcore.ConnectError(f"{host} has no address")
        if port != 443 or not all(may_connect(ip_address(one)) for one in addresses):
            raise _Refused
        return self._plain.connect_tcp(addresses[0], port, timeout, local_address, socket_options)

    def _addresses(self, host: str) -> Sequence[str]:
        try:
            return (str(ip_address(host.strip("[]"))),)
        except ValueError:
            return self._names([host]).get(host, Answer("no_answer")).addresses


def _origin(url: str) -> tuple[str, str, int]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)


def read_bootstrap(path: Path) -> BaseBootstrap:
    """The bootstrap in a file as `whoisit` saves it. Raises BadBootstrap."""
    found = BaseBootstrap()
    try:
        found.load_bootstrap_data(path.read_text(encoding="utf-8"), overrides=True)
    except (OSError, ValueError, TypeError, AttributeError, BootstrapError) as error:
        raise BadBootstrap(f"{path} is no RDAP bootstrap; run `maillon contacts bootstrap --refresh`.") from error
    return found


def _by_bootstrap(bootstrap: BaseBootstrap) -> Callable[[Kind, str], Sequence[str]]:
    def bases(kind: Kind, value: str) -> Sequence[str]:
        try:
            if kind == "domain":
                return list(bootstrap.get_dns_endpoints(value.rpartition(".")[2])[0])
            if kind == "autnum":
                found, listed = bootstrap.get_asn_endpoints(int(value))
            elif ":" in value:
                found, listed = bootstrap.get_ipv6_endpoints(ip_address(value))
            else:
                found, listed = bootstrap.get_ipv4_endpoints(ip_address(value))
        except (BootstrapError, UnsupportedError, ValueError):
            return ()
        return list(found) if listed else ()  # whoisit would ask any registry by chance

    return bases


def _answered(kind: Kind, value: str, server: str, status: int, headers: Mapping[str, str], body: bytes) -> Answered:
    if status == 404:
        return Answered("not_found", server, status)
    if status == 429:
        wait = headers.get("retry-after", "")
        return Answered("busy", server, status, wait=min(int(wait), LONGEST_WAIT) if wait.isdecimal() else 0)
    if status != 200:
        return Answered("failed", server, status)
    if body.count(b'"roles"') > MOST_ENTITIES:
        return Answered("unreadable", server, status)
    try:
        named = _abuse(kind, value, json.loads(body))
    except Exception:  # what a stranger wrote can break a reader in any way
        return Answered("unreadable", server, status)
    return Answered("found", server, status, *named) if named else Answered("no_mailbox", server, status)


def _abuse(kind: Kind, value: str, said: Any) -> tuple[str, str, str] | None:
    """Mailbox, name and handle of the first entity, however deep, whose role is abuse and that has a mailbox."""
    parsed = parse(_READER, kind, value, said)
    for entity in parsed["entities"].get("abuse", ()):
        for mail in entity.get("emails", ()):
            if _MAIL.fullmatch(mail):
                return mail, _line(entity.get("name", "")), _line(entity.get("handle", ""))
    return None


def _line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:200]


class _Reader:
    """What the parser asks of a bootstrap: objects may come without a handle, and no registry need be named."""

    def is_using_overrides(self) -> bool:
        return True

    def get_rir_name_by_endpoint_url(self, url: str) -> str:
        raise BootstrapError(url)


_READER = _Reader()
