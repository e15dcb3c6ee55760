"""The web of the synthetic internet: one process, listening on the loopback addresses that stand for its hosts.

`serve()` runs it in a thread; `python -m maillon.demo.hosts --folder F --ports HTTP HTTPS SOCKS` as a process, on what
`groundwork.prepare` laid down, ended by SIGTERM or Ctrl-C. It listens on addresses of 127.0.0.0/8 alone, one by one.
"""

import argparse
import asyncio
import signal
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import partial
from ipaddress import ip_address
from pathlib import Path

from maillon.demo import behaviours, onions, registry, replies, seals
from maillon.demo.groundwork import addresses, free_ports, prepare
from maillon.demo.synthetic import HERE, Ports
from maillon.kernel.errors import BadInput
from maillon.observation.fetching.egress import Synthetic

SEAL_OF = {"old-seal.test": seals.EXPIRED, "own-seal.test": seals.OWN, "other-seal.test": seals.OTHER}
_BACKLOG = 512
_TRIES = 20


class Hosts:
    """Every socket of the synthetic web, and the certificates it shows."""

    def __init__(self, folder: Path) -> None:
        self._servers: list[asyncio.Server] = []
        self._contexts = _contexts(folder / seals.FOLDER)

    async def start(self, listen: Sequence[str], ports: Ports) -> None:
        """Listen. Raises BadInput off loopback, OSError where a port is taken on one of the addresses."""
        for address in listen:
            if not ip_address(address).is_loopback:
                raise BadInput(f"the synthetic internet is served on loopback only, not at {address}")
        good = self._contexts[seals.GOOD]
        for talk, where, port, context in (
            (partial(_conversation, secure=False), listen, ports.http, None),
            (partial(_conversation, secure=True), listen, ports.https, good),
            (_through_tor, [HERE], ports.socks, None),
        ):
            self._servers.append(await asyncio.start_server(talk, list(where), port, ssl=context, backlog=_BACKLOG))

    def stop(self) -> None:
        """Close every socket; conversations under way are cut when the loop ends."""
        for server in self._servers:
            server.close()


def _contexts(folder: Path) -> Mapping[str, ssl.SSLContext]:
    found = {}
    for kind in (seals.GOOD, *SEAL_OF.values()):
        found[kind] = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        found[kind].load_cert_chain(folder / f"{kind}.pem")

    def choose(connection: ssl.SSLSocket | ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> None:
        connection.context = found[SEAL_OF.get(name or "", seals.GOOD)]

    found[seals.GOOD].sni_callback = choose
    return found


async def _conversation(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, secure: bool) -> None:
    try:
        while request := await replies.read(reader, secure=secure):
            reply = registry.answer(request) if request.host == HERE else behaviours.answer(request)
            await replies.send(writer, reply, body=request.method != "HEAD")
            if reply.closes:
                break
    except (OSError, ValueError, asyncio.LimitOverrunError, asyncio.CancelledError):
        pass  # a client that left or speaks something else, or the server ends
    finally:
        writer.close()


async def _through_tor(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        await onions.opened(reader, writer)
        await _conversation(reader, writer, secure=False)
    except (OSError, EOFError, ValueError, asyncio.CancelledError):
        pass  # nothing that is opened, or a client that left
    finally:
        writer.close()


@contextmanager
def serve(folder: Path, *, at: datetime, bench: int = 0) -> Iterator[Synthetic]:
    """Serve in a thread for the length of the block, on free ports; gives the mapping, laid down in `folder`."""
    started: Future[tuple[Synthetic, Callable[[], object]]] = Future()
    thread = threading.Thread(target=lambda: asyncio.run(_hold(folder, at, bench, started)), daemon=True)
    thread.start()
    mapping, end = started.result()
    try:
        yield mapping
    finally:
        end()
        thread.join()


async def _hold(
    folder: Path, at: datetime, bench: int, started: Future[tuple[Synthetic, Callable[[], object]]]
) -> None:
    ended, loop = asyncio.Event(), asyncio.get_running_loop()
    try:
        mapping, server = await _anywhere(folder, at, addresses(bench))
    except Exception as refusal:
        started.set_exception(refusal)
        return
    started.set_result((mapping, lambda: loop.call_soon_threadsafe(ended.set)))
    await ended.wait()
    server.stop()


async def _anywhere(folder: Path, at: datetime, listen: Sequence[str]) -> tuple[Synthetic, Hosts]:
    """A server on ports that are free on every one of its addresses."""
    for _ in range(_TRIES):
        ports = free_ports()
        mapping = prepare(folder, ports, at=at)
        server = Hosts(folder)
        with suppress(OSError):
            await server.start(listen, ports)
            return mapping, server
        server.stop()
    raise OSError("no port is free on every address of the synthetic internet")


async def _until_ended(folder: Path, ports: Ports, bench: int) -> None:
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    server = Hosts(folder)
    await server.start(addresses(bench), ports)
    print(f"synthetic internet on {HERE}, ports {', '.join(map(str, ports))}", flush=True)
    await ended.wait()
    server.stop()


def main() -> None:
    """Serve until a signal; the first line printed names the ports."""
    parser = argparse.ArgumentParser(prog="python -m maillon.demo.hosts", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="where the certificates were laid down")
    parser.add_argument(
        "--ports", type=int, nargs=3, required=True, metavar=("HTTP", "HTTPS", "SOCKS"), help="for 80, 443 and Tor's"
    )
    parser.add_argument("--bench", type=int, default=0, help="how many names of the bench are served too")
    given = parser.parse_args()
    try:
        asyncio.run(_until_ended(given.folder, Ports(*given.ports), given.bench))
    except (BadInput, OSError) as mistake:
        parser.exit(1, f"{mistake}\n")


if __name__ == "__main__":
    main()
