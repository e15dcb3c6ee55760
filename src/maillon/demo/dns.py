"""An authoritative name server on loopback, over UDP and TCP, that answers for the demo's sites.

`serve()` runs it in a thread; `python -m maillon.demo.dns --port N` as a process, ended by SIGTERM or Ctrl-C.
"""

import argparse
import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from ipaddress import ip_address
from typing import Any, cast

from maillon.demo.zone import Zone
from maillon.kernel.errors import BadInput

_TRIES = 20
_Started = tuple[tuple[str, int], Callable[[], object]]


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, zone: Zone) -> None:
        self._zone = zone

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        reply = self._zone.answer(data)
        if reply is not None:
            self._transport.sendto(reply, addr)


class NameServer:
    """The two sockets of one server, on one port."""

    def __init__(self, zone: Zone | None = None) -> None:
        self._zone = zone or Zone()
        self._tcp: asyncio.Server | None = None
        self._udp: asyncio.DatagramTransport | None = None

    async def start(self, host: str, port: int) -> tuple[str, int]:
        """Listen and answer the address; port 0 takes a free one.

        Raises BadInput off loopback, ValueError where `host` is no address, OSError where the port is taken.
        """
        if not ip_address(host).is_loopback:
            raise BadInput(f"the demo's name server answers on loopback only; give 127.0.0.1 or ::1, not {host}")
        tries = 1 if port else _TRIES
        while True:
            self._tcp = await asyncio.start_server(self._conversation, host, port)
            taken = int(self._tcp.sockets[0].getsockname()[1])
            try:
                self._udp, _ = await asyncio.get_running_loop().create_datagram_endpoint(
                    lambda: _Datagrams(self._zone), local_addr=(host, taken)
                )
                return host, taken
            except OSError:
                # A port free for TCP may be in use for UDP: another free one is tried.
                self._tcp.close()
                tries -= 1
                if not tries:
                    raise

    def stop(self) -> None:
        """Close both sockets; conversations under way are cut when the loop ends."""
        for socket in (self._udp, self._tcp):
            if socket:
                socket.close()

    async def _conversation(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                length = int.from_bytes(await reader.readexactly(2), "big")
                reply = self._zone.answer(await reader.readexactly(length))
                if reply is not None:
                    writer.write(len(reply).to_bytes(2, "big") + reply)
                    await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@contextmanager
def serve(host: str = "127.0.0.1", port: int = 0) -> Iterator[tuple[str, int]]:
    """Serve in a thread for the length of the block; gives the address. Raises as `NameServer.start` does."""
    started: Future[_Started] = Future()
    thread = threading.Thread(target=lambda: asyncio.run(_hold(host, port, started)), daemon=True)
    thread.start()
    address, end = started.result()
    try:
        yield address
    finally:
        end()
        thread.join()


async def _hold(host: str, port: int, started: Future[_Started]) -> None:
    server, ended, loop = NameServer(), asyncio.Event(), asyncio.get_running_loop()
    try:
        address = await server.start(host, port)
    except Exception as refusal:
        started.set_exception(refusal)
        return
    started.set_result((address, lambda: loop.call_soon_threadsafe(ended.set)))
    await ended.wait()
    server.stop()


async def _until_ended(host: str, port: int) -> None:
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    server = NameServer()
    host, port = await server.start(host, port)
    print(f"demo name server on {host}:{port}", flush=True)
    await ended.wait()
    server.stop()


def main() -> None:
    """Serve until a signal; the first line printed names the address."""
    parser = argparse.ArgumentParser(prog="python -m maillon.demo.dns", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="loopback address to listen on")
    parser.add_argument("--port", type=int, default=0, help="port, 0 for any free one")
    given = parser.parse_args()
    try:
        asyncio.run(_until_ended(given.host, given.port))
    except (BadInput, OSError, ValueError) as mistake:
        parser.exit(1, f"{mistake}\n")


if __name__ == "__main__":
    main()
