"""Sockets to checked addresses: straight, through the egress proxy, or for an onion through Tor.

The proxy is told the checked address, never the name, so that it cannot look the name up again (CONNECT, RFC 9110
§9.3.6; it must allow it for every port that may be fetched). Tor alone is told a name, and only an onion's.
"""

import re
import socket
import time
from collections.abc import Callable
from urllib.parse import urlsplit

from socksio import ProtocolError, socks5

from maillon.observation.fetching.budget import Budget
from maillon.observation.fetching.egress import Egress
from maillon.observation.fetching.names import Door
from maillon.observation.fetching.refusals import Refusal, Stop

_ANSWER = 16 * 1024
"""Bytes that a proxy may say before it lets through."""


class Dialler:
    """Opens sockets for one fetch, within its time."""

    def __init__(self, budget: Budget, egress: Egress) -> None:
        self.budget = budget
        self._proxy, self._tor = _place(egress.proxy), _place(egress.tor)

    def dial(self, door: Door) -> socket.socket:
        """A socket that talks to `door`. Raises Stop."""
        if door.onion:
            return self._through(self._tor, _ask_tor, door)
        if self._proxy:
            return self._through(self._proxy, _ask_proxy, door)
        return self._connect((door.host, door.port), Refusal.NOT_REACHED)

    def _through(
        self, proxy: tuple[str, int] | None, ask: Callable[[socket.socket, Door], None], door: Door
    ) -> socket.socket:
        if proxy is None:
            raise Stop(Refusal.NO_TOR)
        line = self._connect(proxy, Refusal.PROXY_REFUSED)
        try:
            ask(line, door)
        except (OSError, ProtocolError) as error:
            line.close()
            raise Stop(Refusal.PROXY_REFUSED, str(error)) from None
        return line

    def _connect(self, place: tuple[str, int], otherwise: Refusal) -> socket.socket:
        try:
            line = socket.create_connection(place, self.budget.wait(time.monotonic()))
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError as error:
            raise Stop(otherwise, str(error)) from None
        return line


def _place(proxy: str | None) -> tuple[str, int] | None:
    parts = urlsplit(proxy or "")
    return (parts.hostname, parts.port) if parts.hostname and parts.port else None


def _ask_proxy(line: socket.socket, door: Door) -> None:
    host = f"[{door.host}]" if ":" in door.host else door.host
    line.sendall(f"CONNECT {host}:{door.port} HTTP/1.1\r\nHost: {host}:{door.port}\r\n\r\n".encode())
    said = b""
    while not said.endswith(b"\r\n\r\n"):
        byte = line.recv(1)  # not one byte of what the server says after it may be taken
        if not byte or len(said) > _ANSWER:
            raise ConnectionError("the proxy gave no answer")
        said += byte
    if not re.match(rb"HTTP/1\.[01] 2\d\d", said):
        raise ConnectionError(f"the proxy said {said[:80]!r}")


def _ask_tor(line: socket.socket, door: Door) -> None:
    talk = socks5.SOCKS5Connection()
    talk.send(socks5.SOCKS5AuthMethodsRequest([socks5.SOCKS5AuthMethod.NO_AUTH_REQUIRED]))
    line.sendall(talk.data_to_send())
    talk.receive_data(line.recv(2))
    talk.send(socks5.SOCKS5CommandRequest.from_address(socks5.SOCKS5Command.CONNECT, (door.host, door.port)))
    line.sendall(talk.data_to_send())
    reply = talk.receive_data(line.recv(_ANSWER))  # Tor says it whole, and nothing more before it is asked
    if not isinstance(reply, socks5.SOCKS5Reply) or reply.reply_code != socks5.SOCKS5ReplyCode.SUCCEEDED:
        raise ConnectionError("Tor could not connect")
