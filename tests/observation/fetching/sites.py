"""What the servers of the tests say, by path, and where the names lead."""

import base64
import gzip
import zlib

import brotli

from tests.observation.fetching import hostile
from tests.observation.fetching.hostile import PNG, WEBM, Behaviour, leading, raw, saying

PAGE = (
    b'<!doctype html><title>A title</title><body><h1>Some words</h1><img src="/a.png"><img src="a.png#again">'
    b'<video poster="/poster.png"><source src="//b.test/film.webm"></video>'
    b'<img src="data:image/png;base64,' + base64.b64encode(PNG) + b'"><img src="/gone.png">'
)
SCRIPTS = (
    b"<!doctype html><title>A</title><body><div id=app></div><noscript>Turn it on</noscript><script src=/x.js></script>"
)
TEXT = b"<!doctype html><title>T</title><p>words</p>"
CHUNKS = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"


def _deflated(data: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


CODED = {
    "gzip": gzip.compress(TEXT),
    "deflate": zlib.compress(TEXT),
    "deflate ": _deflated(TEXT),
    "br": brotli.compress(TEXT),
    "gzip, br": brotli.compress(gzip.compress(TEXT)),
}

BEHAVIOURS: dict[str, Behaviour] = {
    "/page": saying(PAGE),
    "/a.png": saying(PNG, "image/png"),
    "/poster.png": saying(PNG, "application/octet-stream"),
    "/film.webm": saying(WEBM, "video/webm"),
    "/gone.png": saying(TEXT, status="404 Not Found"),
    "/scripts": saying(SCRIPTS),
    "/empty": saying(b""),
    "/plain": saying(b"words of a note", "text/plain"),
    "/text": saying(TEXT),
    "/cookie": leading("/text", "302 Found", "Set-Cookie: a=b; Path=/"),
    "/cookies": saying(b'<img src="/a.png">', "text/html", "Set-Cookie: a=b; Path=/"),
    **{f"/{status}": leading("/text", f"{status} There") for status in (301, 302, 303, 307, 308)},
    "/far": leading("http://b.test/text"),
    "/refresh": saying(b"<meta content='0; URL=/text' http-equiv='refresh'>"),
    "/later": saying(b'<meta http-equiv=refresh content="600;url=/text"><p>words'),
    "/circle": leading("/circle2"),
    "/circle2": leading("/circle"),
    **{f"/step{n}": leading(f"/step{n + 1}") for n in range(9)},
    "/to-loopback": leading("http://127.0.0.1/text"),
    "/to-inside": leading("http://inside.test/text"),
    "/to-port": leading("http://b.test:8080/text"),
    "/to-file": leading("file:///etc/hosts"),
    "/to-user": leading("http://me@b.test/text"),
    "/to-nothing": leading("http://"),
    "/names-inside": saying(b'<img src="http://127.0.0.1/a.png"><img src="http://inside.test/a.png">words'),
    "/endless": hostile.endless,
    "/endless-headers": hostile.endless_headers,
    "/endless-interim": hostile.endless_interim,
    "/dripping": hostile.dripping,
    "/silent": hostile.silent,
    "/bomb": hostile.zeros("gzip"),
    "/bomb.png": hostile.zeros("gzip", "image/png"),
    "/bomb-twice": hostile.zeros("gzip, gzip"),
    "/thrice": saying(TEXT, "text/html", "Content-Encoding: gzip, gzip, gzip"),
    "/zstd": saying(TEXT, "text/html", "Content-Encoding: zstd"),
    "/not-gzip": saying(TEXT, "text/html", "Content-Encoding: gzip"),
    "/half-gzip": saying(gzip.compress(TEXT)[:-12], "text/html", "Content-Encoding: gzip"),
    **{f"/{name.replace(', ', '-').strip()}{len(name)}": saying(body, "text/html", f"Content-Encoding: {name}")
       for name, body in CODED.items()},
    "/promised": raw(b"HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\nwords"),
    "/short": raw(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5000\r\n\r\nwords"),
    "/two-lengths": raw(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nwords"),
    "/long-length": raw(b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\nwords"),
    "/chunks": raw(CHUNKS + b"5\r\nwords\r\n4;x=y\r\nmore\r\n0\r\n\r\n"),
    "/bad-chunks": raw(CHUNKS + b"zz\r\nwords\r\n0\r\n\r\n"),
    "/half-chunks": raw(CHUNKS + b"500\r\nwords"),
    "/until-closed": raw(b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n<p>words"),
    "/interim": raw(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + hostile.said(TEXT)),
    "/closes": raw(),
    "/garbage": raw(b"\0\1\2 this is no answer\r\n\r\n"),
    "/deep": saying(b"<div>" * 100_000),
    "/latin": saying("<p>caf\xe9".encode("latin-1"), "text/html; charset=ISO-8859-1"),
    "/japanese": saying("<meta charset=shift_jis><p>\u65e5\u672c".encode("cp932")),
    "/many": saying(b"".join(b'<img src="/a.png?%d">' % n for n in range(40))),
    "/film": saying(WEBM, "video/webm"),
}  # fmt: skip

NAMES = {
    "a.test": [["192.0.2.1"]],
    "b.test": [["192.0.2.2"]],
    "c.test": [["198.51.100.1"]],
    "inside.test": [["127.0.0.1"]],
    "mixed.test": [["192.0.2.1", "10.0.0.1"]],
    "mixed6.test": [["192.0.2.1", "::1"]],
    "empty.test": [[]],
    "rebinding.test": [["192.0.2.1"], ["127.0.0.1"]],
    "down.test": [["192.0.2.200", "192.0.2.1"]],
    "nobody.test": [["192.0.2.200"]],
}
