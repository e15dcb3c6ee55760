"""Connections to checked addresses, within time and size, with a copy of every byte that passed."""

import contextlib
import select
import socket
import ssl
import time
from typing import Any

import httpcore

from maillon.observation.fetching.dialling import Dialler
from maillon.observation.fetching.fetched import Tls
from maillon.observation.fetching.names import Door
from maillon.observation.fetching.refusals import Refusal, Stop

HEADER_BYTES = 64 * 1024
_CHUNK = 64 * 1024
_TRIED = 4
"""Addresses of one name that are tried."""

_PROBLEMS = {9: Tls.NOT_YET_VALID, 10: Tls.EXPIRED, 18: Tls.SELF_SIGNED, 62: Tls.WRONG_NAME, 64: Tls.WRONG_NAME}
_PROBLEMS |= dict.fromkeys((2, 19, 20, 21), Tls.UNKNOWN_ISSUER)
"""OpenSSL's numbers (x509_vfy.h) for what is wrong with a certificate."""


class Contexts:
    """TLS as it should be, and TLS with anybody, for servers that fail the first."""

    def __init__(self, authority: str = "") -> None:
        self.strict = httpcore.default_ssl_context()
        if authority:
            self.strict.load_verify_locations(cadata=authority)
        self.lax = ssl.create_default_context()
        self.lax.check_hostname, self.lax.verify_mode = False, ssl.CERT_NONE
        self.lax.minimum_version = ssl.TLSVersion.TLSv1
        self.lax.set_ciphers("ALL:@SECLEVEL=0")
        for context in (self.strict, self.lax):
            context.set_alpn_protocols(["http/1.1"])


class Tap:
    """What passed on a connection since the last request: bytes as sent and as received, and how many may come."""

    def __init__(self) -> None:
        self.sent = bytearray()
        self.received = bytearray()
        self.most, self.too_much = 4 * HEADER_BYTES, Refusal.HEADERS_TOO_LARGE
        self.began = 0.0

    def bound(self, most: int, too_much: Refusal) -> None:
        """Not more than `most` bytes, from now on and of what came already."""
        self.most, self.too_much = most, too_much
        if len(self.received) > most:
            raise Stop(too_much)


class Stream(httpcore.NetworkStream):
    """One connection; `dial` opens it anew to the same address, where TLS has to be tried without checks."""

    def __init__(self, dialler: Dialler, contexts: Contexts, door: Door, host: str) -> None:
        self._dialler, self._contexts, self._door, self._host = dialler, contexts, door, host
        self.address = door.address
        self.tls, self.tls_detail = Tls.NONE, ""
        self.tap = Tap()
        self._socket: socket.socket | ssl.SSLSocket = dialler.dial(door)

    def renew(self) -> None:
        """A new request begins."""
        self.tap = Tap()

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        tap, budget = self.tap, self._dialler.budget
        now = time.monotonic()
        self._socket.settimeout(budget.wait(now))
        try:
            data = self._socket.recv(min(max_bytes, _CHUNK))
        except TimeoutError:
            budget.wait(time.monotonic())
            raise Stop(Refusal.TOO_SLOW) from None
        except (OSError, ValueError) as error:
            raise Stop(Refusal.CUT_OFF, str(error)) from None
        tap.received += data
        if len(tap.received) > tap.most:
            raise Stop(tap.too_much)
        tap.began = tap.began or now
        took = now - tap.began
        if took > budget.limits.patience and len(tap.received) < took * budget.limits.rate:
            raise Stop(Refusal.TOO_SLOW)
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if not buffer:  # where a request ends
            return
        self.tap.sent += buffer
        self._socket.settimeout(self._dialler.budget.wait(time.monotonic()))
        try:
            self._socket.sendall(buffer)
        except TimeoutError:
            raise Stop(Refusal.TOO_SLOW) from None
        except OSError as error:  # its answer may have come before it closed
            raise httpcore.WriteError(str(error)) from None

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> "Stream":
        """TLS under `ssl_context`; where the other side's is not in order, without checks, and said so in `tls`."""
        try:
            self._wrap(ssl_context)
            self.tls = Tls.OK
        except ssl.SSLCertVerificationError as error:
            self.tls = _PROBLEMS.get(error.verify_code, Tls.UNVERIFIED)
            self.tls_detail = error.verify_message
        except (ssl.SSLError, ConnectionError) as error:
            self.tls, self.tls_detail = Tls.OUTDATED, str(error)
        except (OSError, ValueError) as error:
            raise self._no_tls(error) from None
        if self.tls is not Tls.OK:
            self._again()
        return self

    def _again(self) -> None:
        self.close()
        self._socket = self._dialler.dial(self._door)
        try:
            self._wrap(self._contexts.lax)
        except (OSError, ValueError) as error:
            raise self._no_tls(error) from None

    def _wrap(self, context: ssl.SSLContext) -> None:
        self._socket.settimeout(self._dialler.budget.wait(time.monotonic()))
        self._socket = context.wrap_socket(self._socket, server_hostname=self._host.rstrip("."))

    def _no_tls(self, error: Exception) -> Stop:
        self.close()
        return Stop(Refusal.TOO_SLOW if isinstance(error, TimeoutError) else Refusal.TLS_FAILED, str(error))

    def get_extra_info(self, info: str) -> Any:
        if info == "is_readable":
            ready = select.poll()
            ready.register(self._socket, select.POLLIN)
            return bool(ready.poll(0))
        return None


def opened(dialler: Dialler, contexts: Contexts, doors: list[Door], host: str) -> Stream:
    """A connection to the first of `doors` that answers. Raises Stop."""
    last = Stop(Refusal.NOT_REACHED)
    for door in doors[:_TRIED]:
        try:
            return Stream(dialler, contexts, door, host)
        except Stop as stop:
            if stop.reason is not Refusal.NOT_REACHED:
                raise
            last = stop
    raise last
