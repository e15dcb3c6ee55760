"""The ways out: TLS with its problems on record, an egress proxy, Tor for onions alone."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest

from maillon.observation.fetching.egress import Egress, Synthetic
from maillon.observation.fetching.pool import Fetchers
from tests.observation.fetching import hostile
from tests.observation.fetching.certificates import FUTURE, PAST, certificate, context, pem
from tests.observation.fetching.conftest import LIMITS, NETWORKS, Net
from tests.observation.fetching.hostile import Server, serving
from tests.observation.fetching.sites import BEHAVIOURS, TEXT

HOSTS = ("good.test", "expired.test", "early.test", "own.test", "stranger.test", "wrong.test")


@pytest.fixture(scope="module")
def tls(net: Net, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Fetchers, Server]]:
    root = certificate("root", "root", authority=True)
    served = {
        "good.test": ("good.test", certificate("good.test", "root")),
        "expired.test": ("expired.test", certificate("expired.test", "root", PAST)),
        "early.test": ("early.test", certificate("early.test", "root", FUTURE)),
        "own.test": ("own.test", certificate("own.test", "own.test")),
        "stranger.test": ("stranger.test", certificate("stranger.test", "nobody")),
        "wrong.test": ("good.test", certificate("good.test", "root")),
    }
    net.zone.names |= {host: [["192.0.2.1"]] for host in HOSTS}
    secured = Server(BEHAVIOURS, context(tmp_path_factory.mktemp("tls"), served))
    with serving(secured, ["127.192.2.1"]) as server:
        ports = {80: net.server.port, 443: server.port}
        synthetic = Synthetic(networks=NETWORKS, ports=ports, authority=pem(root))
        limits = replace(LIMITS, seconds=10, patience=5)
        with Fetchers(egress=Egress(synthetic=synthetic), limits=limits, size=1, resolver=net.resolver) as fetchers:
            yield fetchers, server


@pytest.mark.parametrize(
    ("host", "found"),
    [
        ("good.test", "ok"),
        ("expired.test", "expired"),
        ("early.test", "not_yet_valid"),
        ("own.test", "self_signed"),
        ("stranger.test", "unknown_issuer"),
        ("wrong.test", "wrong_name"),
    ],
)
def test_what_is_wrong_with_tls_is_on_record_and_the_page_is_received(
    tls: tuple[Fetchers, Server], host: str, found: str
) -> None:
    page = tls[0].fetch(f"https://{host}/text").page
    assert (page.outcome, page.body, page.hops[0].tls) == ("ok", TEXT, found)
    assert (f"tls: {found}".encode() in page.warc) == (found != "ok")


def test_a_server_that_speaks_no_tls_is_said_to(net: Net) -> None:
    server = Server({})
    server.converse = lambda line: (line.sendall(b"hello?\r\n\r\n"), line.close())[1]  # type: ignore[method-assign]
    with serving(server, ["127.192.2.1"]):
        egress = Egress(synthetic=Synthetic(networks=NETWORKS, ports={443: server.port}))
        limits = replace(LIMITS, patience=5)
        with Fetchers(egress=egress, limits=limits, size=1, resolver=net.resolver) as fetchers:
            page = fetchers.fetch("https://a.test/text").page
    assert (page.outcome, page.reason) == ("failed", "tls_failed")


def test_a_referrer_does_not_leave_https_for_http(net: Net, tls: tuple[Fetchers, Server]) -> None:
    net.server.behaviours["/secure"] = hostile.saying(b"")
    tls[1].behaviours["/leads"] = hostile.leading("http://a.test/secure")
    net.server.asked.clear()
    page = tls[0].fetch("https://good.test/leads", "https://good.test/from").page
    assert [hop.tls for hop in page.hops] == ["ok", ""]
    assert "referer" not in net.server.of("/secure")[0].headers


@dataclass
class Proxy:
    """Lets everything through, and keeps what it was asked for."""

    kind: str
    asked: list[str] = field(default_factory=list)
    port: int = 0
    onward: tuple[str, int] = ("", 0)

    def converse(self, line: socket.socket) -> None:
        with line, contextlib.suppress(OSError):
            line.settimeout(20)
            host, port = self._tunnel(line) if self.kind == "http" else self._socks(line)
            self.asked.append(f"{host}:{port}")
            with socket.create_connection(self.onward if self.onward[0] else (host, port)) as out:
                line.sendall(b"HTTP/1.1 200 OK\r\n\r\n" if self.kind == "http" else b"\5\0\0\1\0\0\0\0\0\0")
                back = threading.Thread(target=_pour, args=(out, line), daemon=True)
                back.start()
                _pour(line, out)
                back.join()

    def _tunnel(self, line: socket.socket) -> tuple[str, int]:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += line.recv(1)
        host, _, port = head.decode().split(" ")[1].rpartition(":")
        return host, int(port)

    def _socks(self, line: socket.socket) -> tuple[str, int]:
        line.recv(2 + line.recv(2)[1] - 2)
        line.sendall(b"\5\0")
        kind = line.recv(4)[3]
        assert kind == 3, "Tor is told a name, never an address"
        name = line.recv(line.recv(1)[0]).decode()
        return name, int.from_bytes(line.recv(2), "big")


def _pour(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65_536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)


@contextlib.contextmanager
def _proxying(kind: str) -> Iterator[Proxy]:
    proxy = Proxy(kind)
    server = Server({})
    server.converse = proxy.converse  # type: ignore[method-assign]
    with serving(server, ["127.0.0.1"]):
        proxy.port = server.port
        yield proxy


def test_an_egress_proxy_is_told_the_checked_address_never_the_name(net: Net) -> None:
    with (
        _proxying("http") as proxy,
        Fetchers(
            egress=replace(net.egress, proxy=f"http://127.0.0.1:{proxy.port}"),
            limits=LIMITS,
            size=1,
            resolver=net.resolver,
        ) as fetchers,
    ):
        fetched = fetchers.fetch("http://a.test/page")
        assert [part.outcome for part in fetched.media] == ["ok", "ok", "ok", "ok", "refused"]
        assert fetched.page.hops[0].address == "192.0.2.1"
        assert set(proxy.asked) == {f"127.192.2.{n}:{net.server.port}" for n in (1, 2)}
        asked = len(proxy.asked)
        assert fetchers.fetch("http://inside.test/text").page.reason == "not_public"
        assert len(proxy.asked) == asked


def test_a_proxy_that_is_not_there_is_said_to(net: Net) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        gone = taken.getsockname()[1]
    egress = replace(net.egress, proxy=f"http://127.0.0.1:{gone}")
    with Fetchers(egress=egress, limits=LIMITS, size=1, resolver=net.resolver) as fetchers:
        page = fetchers.fetch("http://a.test/text").page
        assert (page.outcome, page.reason) == ("failed", "proxy_refused")


def test_an_onion_is_fetched_through_tor_and_named_to_nobody_else(net: Net) -> None:
    net.server.behaviours["/hidden"] = hostile.saying(b'<img src="/a.png"><img src="http://b.test/a.png">')
    with _proxying("socks") as tor:
        tor.onward = ("127.192.2.1", net.server.port)
        egress = replace(net.egress, tor=f"socks5://127.0.0.1:{tor.port}")
        with Fetchers(egress=egress, limits=LIMITS, size=1, resolver=net.resolver) as fetchers:
            net.server.asked.clear()
            asked = net.zone.asked.copy()
            fetched = fetchers.fetch("http://hidden.onion/hidden")
    assert fetched.page.outcome == "ok"
    assert fetched.page.hops[0].address == ""
    assert [one.outcome for one in fetched.media] == ["ok", "ok"]
    assert tor.asked == ["hidden.onion:80"]
    assert set(net.zone.asked - asked) == {"b.test A", "b.test AAAA"}
    inside, outside = net.server.of("/a.png")
    assert inside.headers["referer"] == "http://hidden.onion/hidden"
    assert (outside.at, outside.headers.get("referer")) == ("127.192.2.2", None)
