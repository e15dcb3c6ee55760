"""A registry on loopback whose every behaviour, good or bad, is named by what is asked."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

MAIL = "abuse@hoster.test"


def entity(
    *roles: str, mail: str = "", name: str = "Desk", handle: str = "AB1-TEST", inner: Any = ()
) -> dict[str, Any]:
    """One entity with its jCard (RFC 7095)."""
    card: list[Any] = [["version", {}, "text", "4.0"], ["fn", {}, "text", name]]
    if mail:
        card.append(["email", {}, "text", mail])
    said = {"objectClassName": "entity", "handle": "AB1-TEST", "roles": list(roles), "vcardArray": ["vcard", card]}
    return {**said, "entities": list(inner)} if inner else said


def network(*entities: dict[str, Any]) -> dict[str, Any]:
    return {"objectClassName": "ip network", "handle": "NET-1", "ipVersion": "v4", "entities": list(entities)}


def number(*entities: dict[str, Any]) -> dict[str, Any]:
    return {"objectClassName": "autnum", "handle": "AS64500", "entities": list(entities)}


def domain(*entities: dict[str, Any]) -> dict[str, Any]:
    return {"objectClassName": "domain", "ldhName": "hoster.test", "entities": list(entities)}


class Registry(ThreadingHTTPServer):
    """`says` maps what is asked, such as `ip/192.0.2.1`, to an answer: a document, a status with headers, or bytes.

    What is not there is 404. `asked` keeps the questions in order.
    """

    daemon_threads = True

    def __init__(self) -> None:
        self.says: dict[str, Any] = {}
        self.asked: list[str] = []
        self.silent = threading.Event()
        super().__init__(("127.0.0.1", 0), Answering)

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/rdap/"


class Answering(BaseHTTPRequestHandler):
    server: Registry

    def do_GET(self) -> None:
        asked = self.path.removeprefix("/rdap/")
        self.server.asked.append(asked)
        said = self.server.says.get(asked)
        if said == "silence":
            self.server.silent.wait(30)
            return
        status, headers, body = 200, {}, b""
        if said is None:
            status = 404
        elif isinstance(said, dict):
            body = json.dumps(said).encode()
        elif isinstance(said, bytes):
            body = said
        else:
            status, headers = said
        self.send_response(status)
        for name, text in headers.items():
            self.send_header(name, text)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def serving() -> Iterator[Registry]:
    """A registry, served in a thread until the block ends."""
    with Registry() as registry:
        thread = threading.Thread(target=registry.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield registry
        finally:
            registry.silent.set()
            registry.shutdown()
            thread.join()
