"""The synthetic internet over real sockets: each host answers, or misbehaves, as its table says."""

import asyncio
import http.client
import io
import os
import signal
import socket
import ssl
import subprocess
import sys
import zlib
from collections.abc import Iterator
from ipaddress import ip_address, ip_network
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import httpcore
import pytest
from PIL import Image

from maillon.demo import behaviours, groundwork, hosts, pages, pictures, synthetic
from maillon.demo.replies import Request
from maillon.demo.sites import SERVED_SITES, SITES, Kind, Site
from maillon.kernel.clock import SystemClock
from maillon.kernel.errors import BadInput
from maillon.observation.fetching.egress import Synthetic

AT = SystemClock().now()  # certificates are held against the machine's own clock
GZIP_HEADER = 10  # bytes, RFC 1952
SERVED = {site.host: site for site in (*SITES, *SERVED_SITES) if site.addresses}


class Said(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def mapping(folder: Path) -> Iterator[Synthetic]:
    with hosts.serve(folder, at=AT, bench=3) as laid:
        yield laid


def ask(mapping: Synthetic, host: str, path: str = "/", method: str = "GET", **headers: str) -> Said:
    """One question to the first address of a host, as the mapping leads there."""
    talk = http.client.HTTPConnection(synthetic.twin(SERVED[host].addresses[0]), mapping.ports[80], timeout=5)
    try:
        talk.request(method, path, headers={"Host": host, **headers})
        reply = talk.getresponse()
        return Said(reply.status, dict(reply.headers), reply.read())
    finally:
        talk.close()


def test_every_documentation_network_has_a_loopback_network_of_its_own_and_of_its_size() -> None:
    served = [ip_network(network) for network in synthetic.TWINS.values()]
    assert all(network.subnet_of(ip_network("127.0.0.0/8")) for network in served)
    assert not any(one.overlaps(two) for n, one in enumerate(served) for two in served[:n])
    for network, stand_in in synthetic.TWINS.items():
        assert network.num_addresses == stand_in.num_addresses
        assert synthetic.twin(str(network[17])) == str(stand_in[17])
    with pytest.raises(KeyError):
        synthetic.twin("127.0.0.1")


def test_what_is_laid_down_is_what_is_read(folder: Path, mapping: Synthetic, tmp_path: Path) -> None:
    assert synthetic.read(folder) == mapping
    assert synthetic.read(tmp_path) is None
    assert all(seal.stat().st_mode & 0o077 == 0 for seal in (folder / "seals").iterdir())


@pytest.mark.parametrize("site", SERVED.values(), ids=lambda site: site.host)
def test_every_address_of_a_site_accepts_connections_on_both_ports(mapping: Synthetic, site: Site) -> None:
    for address in site.addresses:
        for port in (mapping.ports[80], mapping.ports[443]):
            socket.create_connection((synthetic.twin(address), port), timeout=5).close()


@pytest.mark.parametrize("strange", ["0.0.0.0", "192.0.2.1", "::"])
def test_it_never_listens_beyond_loopback(folder: Path, mapping: Synthetic, strange: str) -> None:
    with pytest.raises(BadInput, match="loopback only"):
        asyncio.run(hosts.Hosts(folder).start([strange], synthetic.Ports(0, 0, 0)))
    assert all(ip_address(address).is_loopback for address in groundwork.addresses(bench=40))


def test_a_page_names_pictures_which_are_there(mapping: Synthetic) -> None:
    page = ask(mapping, "north-gallery.test", "/album/3").body.decode()
    named = [part.split('"')[0] for part in page.split('<img src="')[1:]]
    assert len(named) >= 2
    for path in named:
        reply = ask(mapping, "north-gallery.test", path)
        assert Image.open(io.BytesIO(reply.body)).size == pictures.SIZE
        assert reply.headers["Content-Type"].startswith("image/")


def test_the_same_address_says_the_same_twice_and_hosts_differ(mapping: Synthetic) -> None:
    paths = ["/album/3", "/img/1.jpg", "/clip/1.mp4"]
    first, second, other = (
        [ask(mapping, host, path).body for path in paths]
        for host in ("north-gallery.test", "north-gallery.test", "image-shelf.test")
    )
    assert first == second
    assert not set(first) & set(other)
    shared = {ask(mapping, host, "/shared/squares.jpg").body for host in ("image-shelf.test", "paper-boat.test")}
    assert len(shared) == 1


def test_a_redirect_leads_over_several_hosts_to_a_page(mapping: Synthetic) -> None:
    host, passed = "moved-house.test", list[str]()
    while (reply := ask(mapping, host, "/album/9")).status != 200:
        passed.append(host)
        host = reply.headers["Location"].split("/")[2]
    assert passed == ["moved-house.test", "crossroads.test", "far-gate.test"]
    assert b"<img" in reply.body
    assert len({SERVED[name].country for name in (*passed, host)}) == 3


def test_pictures_are_shown_to_who_comes_from_the_forum_only(mapping: Synthetic) -> None:
    assert b"<img" not in ask(mapping, "side-door.test", "/page/1").body
    assert b"<img" in ask(mapping, "side-door.test", "/page/1", Referer="http://open-forum.test/topic/1").body


def test_a_front_says_what_its_origin_says(mapping: Synthetic) -> None:
    front, origin = (ask(mapping, host, "/album/4") for host in ("fast-mirror.test", "origin.fast-mirror.test"))
    assert front.body == origin.body
    assert "Via" in front.headers
    assert (SERVED["fast-mirror.test"].country, SERVED["origin.fast-mirror.test"].country) == ("undetermined", "RO")


def test_a_page_of_scripts_shows_nothing_without_them(mapping: Synthetic) -> None:
    body = ask(mapping, "cedar-board.test", "/thread/1").body
    assert b"<script" in body
    assert b"<p>" not in body


def test_a_loop_comes_back_and_an_inward_one_leads_to_this_machine(mapping: Synthetic) -> None:
    assert ask(mapping, "round-about.test", "/right").headers["Location"] == "/left"
    assert ask(mapping, "round-about.test", "/left").headers["Location"] == "/right"
    assert ask(mapping, "inward-lane.test", "/x").headers["Location"] == "http://127.0.0.1/x"


@pytest.mark.parametrize(
    ("host", "path", "error"),
    [
        ("short-measure.test", "/", http.client.IncompleteRead),
        ("torn-page.test", "/img/1.jpg", http.client.IncompleteRead),
        ("loose-chunks.test", "/", http.client.IncompleteRead),
        ("babble.test", "/", http.client.HTTPException),
    ],
)
def test_broken_servers_break_off(mapping: Synthetic, host: str, path: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        ask(mapping, host, path)


def test_types_are_lied_about(mapping: Synthetic) -> None:
    picture, page = (ask(mapping, "odd-label.test", path) for path in ("/unlabelled/1", "/img/1.png"))
    assert (picture.headers["Content-Type"][:9], picture.body[:4]) == ("text/html", b"\x89PNG")
    assert (page.headers["Content-Type"], page.body[:9]) == ("image/png", b"<!doctype")


def test_a_folded_page_unfolds_to_what_its_path_says(mapping: Synthetic) -> None:
    body = ask(mapping, "folded-paper.test", "/folded/3").body
    assert len(body) < behaviours.MIB // 50
    unpacked = zlib.decompressobj(-zlib.MAX_WBITS).decompress(body[GZIP_HEADER:])
    assert (len(unpacked), unpacked.strip(b"\0")) == (3 * behaviours.MIB, b"")


def test_an_endless_page_and_a_dripping_one_go_on(mapping: Synthetic) -> None:
    endless = behaviours.answer(Request(method="GET", host="endless-road.test", path="/"))
    assert sum(map(len, islice(endless.pieces, 100))) > 6 * behaviours.MIB
    dripping = behaviours.answer(Request(method="GET", host="slow-drip.test", path="/"))
    assert dripping.pause > 0
    assert {len(piece) for piece in dripping.pieces} == {1}


def test_a_page_of_the_bench_weighs_what_it_should() -> None:
    page = pages.padded("seed", ["/img/0.jpg"], behaviours.PAGE_BYTES)
    assert len(page) == behaviours.PAGE_BYTES
    assert page.count(b"<img") == 1


@pytest.mark.parametrize(
    ("host", "wrong"),
    [
        ("north-gallery.test", ""),
        ("old-seal.test", "expired"),
        ("own-seal.test", "self-signed"),
        ("other-seal.test", "Hostname mismatch"),
    ],
)
def test_certificates_are_good_or_wrong_in_one_way(mapping: Synthetic, host: str, wrong: str) -> None:
    trust = ssl.create_default_context(cadata=mapping.authority)
    with socket.create_connection((synthetic.twin(SERVED[host].addresses[0]), mapping.ports[443]), timeout=5) as plain:
        if not wrong:
            trust.wrap_socket(plain, server_hostname=host).close()
            return
        with pytest.raises(ssl.SSLCertVerificationError, match=wrong):
            trust.wrap_socket(plain, server_hostname=host)


def test_a_head_has_no_body_and_other_methods_are_refused(mapping: Synthetic) -> None:
    assert ask(mapping, "north-gallery.test", "/album/3", "HEAD").body == b""
    assert ask(mapping, "north-gallery.test", "/album/3", "POST").status == 405


ONION = next(site.host for site in SITES if site.kind is Kind.ONION)


def through_tor(mapping: Synthetic, name: str) -> int:
    """What the stand-in for Tor answers (RFC 1928) to who wants to be connected with `name`."""
    with socket.create_connection(("127.0.0.1", mapping.ports[synthetic.SOCKS]), timeout=5) as talk:
        talk.sendall(b"\5\1\0")
        assert talk.recv(2) == b"\5\0"
        talk.sendall(b"\5\1\0\3" + bytes([len(name)]) + name.encode() + b"\0\x50")
        return talk.recv(10)[1]


def test_the_stand_in_for_tor_opens_onion_addresses_alone(mapping: Synthetic) -> None:
    with httpcore.SOCKSProxy(synthetic.tor(mapping).encode()) as through:
        reply = through.request("GET", f"http://{ONION}/page/1")
    assert (reply.status, b"<img" in reply.content) == (200, True)
    assert through_tor(mapping, ONION) == 0
    assert {through_tor(mapping, name) for name in ("north-gallery.test", "127.0.0.1", "localhost")} == {2}


def test_every_further_host_misbehaves_and_every_misbehaving_host_is_there() -> None:
    special = {*behaviours.BEHAVIOURS, *hosts.SEAL_OF, "origin.fast-mirror.test"}
    assert {site.host for site in SERVED_SITES} <= special <= set(SERVED)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_as_a_process_it_answers_and_ends_on_a_signal(tmp_path: Path, number: signal.Signals) -> None:
    ports = groundwork.free_ports()
    laid = groundwork.prepare(tmp_path, ports, at=AT)
    command = [sys.executable, "-m", "maillon.demo.hosts", "--folder", str(tmp_path), "--ports", *map(str, ports)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=dict(os.environ)) as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        assert ask(laid, "north-gallery.test").status == 200
        process.send_signal(number)
        assert process.wait(timeout=10) == 0
