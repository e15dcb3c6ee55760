"""One question and one answer of HTTP/1.1, as plain as they can be: a server that misbehaves must write every byte."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a server is told; `host` is without port, `path` with its query, `referrer` empty where none was sent."""

    method: str
    host: str
    path: str
    referrer: str = ""
    secure: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a server says. `pieces` go out as they are, each after `pause` seconds.

    Where `closes` is set the connection ends after the last piece, whatever the headers promised.
    """

    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    pieces: Iterable[bytes] = ()
    pause: float = 0.0
    closes: bool = False


def whole(body: bytes, mime: str = "text/html; charset=utf-8", *, status: int = 200, **headers: str) -> Reply:
    """An honest reply: one body, its type, its length. Underscores of `headers` stand for hyphens."""
    told = tuple((name.replace("_", "-"), text) for name, text in headers.items())
    length = ("Content-Length", str(len(body)))
    return Reply(status=status, headers=(("Content-Type", mime), length, *told), pieces=(body,))


def odd(*pieces: bytes, mime: str = "text/html; charset=utf-8", **headers: str) -> Reply:
    """A reply that is not what it says: its headers are taken as given, and the connection ends after it."""
    told = tuple((name.replace("_", "-"), text) for name, text in headers.items())
    return Reply(headers=(("Content-Type", mime), *told), pieces=pieces, closes=True)


async def read(reader: asyncio.StreamReader, *, secure: bool) -> Request | None:
    """The next question on a connection; None where it ended. Raises ValueError where it is none of HTTP."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    line, *rest = head[:-4].decode("latin-1").split("\r\n")
    method, path, _version = line.split(" ")
    headers = {name.lower(): text.strip() for name, _, text in (each.partition(":") for each in rest)}
    host = headers.get("host", "").lower()
    bare = host if host.endswith("]") else host.rsplit(":", 1)[0]
    return Request(method=method, host=bare, path=path, referrer=headers.get("referer", ""), secure=secure)


async def send(writer: asyncio.StreamWriter, reply: Reply, *, body: bool = True) -> None:
    """Write the reply, without its pieces where `body` is not asked for."""
    head = [f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}"]
    head += [f"{name}: {text}" for name, text in reply.headers]
    head += ["Connection: close"] if reply.closes else []
    writer.write("\r\n".join([*head, "", ""]).encode("latin-1"))
    for piece in reply.pieces if body else ():
        if reply.pause:
            await asyncio.sleep(reply.pause)
        writer.write(piece)
        await writer.drain()
    await writer.drain()
