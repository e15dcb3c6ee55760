"""A stand-in for Tor: SOCKS 5 (RFC 1928) that opens onion addresses alone, and answers for them itself."""

import asyncio
import struct

SUFFIX = ".onion"
_VERSION, _NO_SIGN_IN, _CONNECT, _NAME = 5, 0, 1, 3
_DONE, _NOT_ALLOWED, _UNKNOWN = 0, 2, 7


class NotOpened(ValueError):
    """What was asked for is not opened; the client was told."""


async def opened(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> tuple[str, int]:
    """Talk to a client until its connection stands: the onion address and port that it speaks to from now on.

    Raises NotOpened for every other address, ValueError where the client does not speak SOCKS 5.
    """
    version, methods = await reader.readexactly(2)
    if version != _VERSION:
        raise ValueError("not SOCKS 5")
    await reader.readexactly(methods)
    writer.write(bytes((_VERSION, _NO_SIGN_IN)))
    _version, command, _, kind = await reader.readexactly(4)
    if command != _CONNECT or kind != _NAME:
        raise NotOpened(_say(writer, _UNKNOWN))
    name = (await reader.readexactly((await reader.readexactly(1))[0])).decode("ascii")
    (port,) = struct.unpack("!H", await reader.readexactly(2))
    if not name.endswith(SUFFIX):
        raise NotOpened(_say(writer, _NOT_ALLOWED))
    _say(writer, _DONE)
    return name, port


def _say(writer: asyncio.StreamWriter, code: int) -> str:
    writer.write(bytes((_VERSION, code, 0, 1)) + bytes(6))
    return f"SOCKS reply {code}"
