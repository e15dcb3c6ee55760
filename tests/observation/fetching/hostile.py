"""Servers on loopback that behave as they should not, each behaviour named by the path that asks for it."""

import contextlib
import gzip
import socket
import ssl
import threading
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8
WEBM = b"\x1aE\xdf\xa3" + bytes(range(256)) * 4
PIECE = 16 * 1024 * 1024


@dataclass(frozen=True)
class Asked:
    """A request as it arrived: `at` is the server's own address."""

    at: str
    path: str
    headers: dict[str, str]


Behaviour = Callable[[socket.socket, Asked], bool | None]


@dataclass
class Server:
    """Listens on one port of several loopback addresses; `behaviours` by path, True from one keeps the line open."""

    behaviours: dict[str, Behaviour]
    context: ssl.SSLContext | None = None
    asked: list[Asked] = field(default_factory=list)
    lines: list[socket.socket] = field(default_factory=list)
    port: int = 0

    def of(self, path: str) -> list[Asked]:
        return [asked for asked in self.asked if asked.path == path]

    def converse(self, line: socket.socket) -> None:
        with contextlib.suppress(OSError, ValueError), contextlib.ExitStack() as stack:
            stack.enter_context(line)
            line.settimeout(20)
            if self.context:
                line = stack.enter_context(self.context.wrap_socket(line, server_side=True))
            while asked := _read(line):
                self.asked.append(asked)
                if not self.behaviours.get(asked.path, missing)(line, asked):
                    return


def _read(line: socket.socket) -> Asked | None:
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        byte = line.recv(1)
        if not byte:
            return None
        head += byte
    first, *rest = head.decode().splitlines()
    headers = dict(row.split(": ", 1) for row in rest if row)
    return Asked(line.getsockname()[0], first.split(" ")[1], {name.lower(): value for name, value in headers.items()})


@contextlib.contextmanager
def serving(server: Server, addresses: list[str]) -> Iterator[Server]:
    """Serve until the block ends; every address on the same port."""
    listeners = _listeners(addresses)
    server.port = listeners[0].getsockname()[1]
    threads = [threading.Thread(target=_accept, args=(one, server), daemon=True) for one in listeners]
    for thread in threads:
        thread.start()
    try:
        yield server
    finally:
        for listener in listeners:
            listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        for thread in threads:
            thread.join()
        for line in server.lines:
            with contextlib.suppress(OSError):
                line.close()


def _listeners(addresses: list[str]) -> list[socket.socket]:
    while True:
        listeners: list[socket.socket] = []
        try:
            for address in addresses:
                port = listeners[0].getsockname()[1] if listeners else 0
                listeners.append(socket.create_server((address, port), backlog=64))
            return listeners
        except OSError:  # the port is taken on one of them
            for listener in listeners:
                listener.close()


def _accept(listener: socket.socket, server: Server) -> None:
    while True:
        try:
            line, _ = listener.accept()
        except OSError:
            return
        server.lines.append(line)
        threading.Thread(target=server.converse, args=(line,), daemon=True).start()


def said(body: bytes, mime: str = "text/html", *more: str, status: str = "200 OK") -> bytes:
    """A whole answer."""
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {mime}", f"Content-Length: {len(body)}", *more]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def saying(body: bytes, mime: str = "text/html", *more: str, status: str = "200 OK") -> Behaviour:
    def behave(line: socket.socket, _: Asked) -> bool:
        line.sendall(said(body, mime, *more, status=status))
        return True

    return behave


def leading(to: str, status: str = "302 Found", *more: str) -> Behaviour:
    return saying(b"", "text/html", f"Location: {to}", *more, status=status)


def raw(*pieces: bytes) -> Behaviour:
    """Bytes as they are, then the end of the line."""

    def behave(line: socket.socket, _: Asked) -> None:
        for piece in pieces:
            line.sendall(piece)

    return behave


def missing(line: socket.socket, _: Asked) -> bool:
    line.sendall(said(b"nothing here", status="404 Not Found"))
    return True


def endless(line: socket.socket, _: Asked) -> None:
    line.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    while True:
        line.sendall(b"<p>and so on</p>" * 4096)


def endless_headers(line: socket.socket, _: Asked) -> None:
    line.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        line.sendall(b"X-More: and so on\r\n" * 1024)


def endless_interim(line: socket.socket, _: Asked) -> None:
    while True:
        line.sendall(b"HTTP/1.1 100 Continue\r\n\r\n" * 1024)


def dripping(line: socket.socket, _: Asked) -> None:
    line.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 100000\r\n\r\n")
    pause = threading.Event()
    while not pause.wait(0.05):
        line.sendall(b".")


def silent(line: socket.socket, _: Asked) -> None:
    line.recv(1)


def zeros(codings: str, mime: str = "text/html") -> Behaviour:
    """10 GiB of zeros in gzip, once or twice: one deflated block of 16 MiB, repeated."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    block = packer.compress(bytes(PIECE)) + packer.flush(zlib.Z_FULL_FLUSH)
    head = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"
    many = 10 * 1024**3 // PIECE

    def behave(line: socket.socket, _: Asked) -> None:
        said = f"HTTP/1.1 200 OK\r\nContent-Type: {mime}\r\nContent-Encoding: {codings}\r\nConnection: close\r\n\r\n"
        line.sendall(said.encode())
        if "," in codings:
            line.sendall(gzip.compress(head + block * many, 9))
            return
        line.sendall(head)
        for _ in range(many):
            line.sendall(block)

    return behave
