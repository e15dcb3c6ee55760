"""The demo's name server answers over real UDP and TCP what the table of sites says."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator

import dns.flags
import dns.message
import dns.query
import dns.rcode
import dns.rdatatype
import dns.resolver
import pytest

from maillon.demo import zone
from maillon.demo.dns import serve
from maillon.demo.networks import BLOCKS
from maillon.demo.sites import SITES, Kind, Site
from maillon.kernel.errors import BadInput

Server = tuple[str, int]
ANSWERING = [site for site in SITES if site.named and site.kind is not Kind.NO_REPLY]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serve() as address:
        yield address


def ask(server: Server, name: str, kind: str = "A", *, tcp: bool = False) -> dns.message.Message:
    query = dns.message.make_query(name, kind)
    over = dns.query.tcp if tcp else dns.query.udp
    return over(query, server[0], port=server[1], timeout=5)


def addresses(reply: dns.message.Message) -> list[str]:
    wanted = (dns.rdatatype.A, dns.rdatatype.AAAA)
    return [rdata.to_text() for rrset in reply.answer if rrset.rdtype in wanted for rdata in rrset]


@pytest.mark.parametrize("tcp", [False, True], ids=["udp", "tcp"])
@pytest.mark.parametrize("site", ANSWERING, ids=lambda site: site.host)
def test_a_name_gives_the_addresses_of_its_site(server: Server, site: Site, tcp: bool) -> None:
    replies = [ask(server, site.host, kind, tcp=tcp) for kind in ("A", "AAAA")]
    assert sorted(addresses(replies[0]) + addresses(replies[1])) == sorted(site.addresses)
    missing = site.kind is Kind.NAME_NOT_FOUND
    assert {reply.rcode() for reply in replies} == {dns.rcode.NXDOMAIN if missing else dns.rcode.NOERROR}


def test_an_alias_is_answered_with_its_whole_chain(server: Server) -> None:
    reply = ask(server, "long-road.test")
    assert [rrset.name.to_text() for rrset in reply.answer] == [
        "long-road.test.",
        "www.long-road.test.",
        "host-6.kestrel-hosting.test.",
    ]


def test_a_resolver_follows_the_answers(server: Server) -> None:
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers, resolver.port = [server[0]], server[1]
    assert resolver.resolve("long-road.test.", "AAAA").canonical_name.to_text() == "host-6.kestrel-hosting.test."
    with pytest.raises(dns.resolver.NXDOMAIN):
        resolver.resolve("lost-signpost.test.", "A")
    with pytest.raises(dns.resolver.NoAnswer):
        resolver.resolve("empty-plot.test.", "A")


def test_an_unknown_name_does_not_exist_and_a_foreign_one_is_refused(server: Server) -> None:
    assert ask(server, "nobody-home.test").rcode() is dns.rcode.NXDOMAIN
    assert ask(server, "example.com").rcode() is dns.rcode.REFUSED


def test_case_and_other_types_are_handled(server: Server) -> None:
    reply = ask(server, "North-Gallery.TEST")
    assert addresses(reply) == ["192.0.2.1"]
    assert reply.flags & dns.flags.AA
    other = ask(server, "north-gallery.test", "HTTPS")
    assert (other.rcode(), other.answer) == (dns.rcode.NOERROR, [])


def test_a_bench_name_has_one_address_of_each_family_in_one_block(server: Server) -> None:
    for number in (0, 1, 13, 14, 123, 98_765, 199_999):
        four, six = zone.bench_addresses(number)
        name = f"n{number}.bench.test"
        assert addresses(ask(server, name)) == [str(four)]
        assert addresses(ask(server, name, "AAAA", tcp=True)) == [str(six)]
        (block,) = [block for block in BLOCKS if four in block.v4]
        assert six in block.v6
        assert block.registry == block.dbip
    assert ask(server, "nx.bench.test").rcode() is dns.rcode.NXDOMAIN


def test_a_silent_name_and_a_broken_packet_get_no_reply_and_harm_nobody(server: Server) -> None:
    silent = dns.message.make_query("slow-tide.test", "A").to_wire()
    last = dns.message.make_query("north-gallery.test", "A")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.settimeout(5)
        asking.connect(server)
        for packet in (silent, b"", b"\0" * 11, b"\xff" * 40, silent[:20], last.to_wire()):
            asking.send(packet)
        reply = dns.message.from_wire(asking.recv(512))
    assert reply.id == last.id


def test_one_conversation_over_tcp_takes_several_questions(server: Server) -> None:
    with socket.create_connection(server, timeout=5) as talk:
        for name in ("north-gallery.test", "silver-reed.test"):
            query = dns.message.make_query(name, "A")
            dns.query.send_tcp(talk, query)
            assert dns.query.receive_tcp(talk)[0].id == query.id


def test_it_listens_on_loopback_only() -> None:
    with pytest.raises(BadInput, match="loopback only"), serve("0.0.0.0"):
        pass


def test_a_port_in_use_is_refused(server: Server) -> None:
    with pytest.raises(OSError, match="in use"), serve(*server):
        pass


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_as_a_process_it_names_its_address_answers_and_ends_on_a_signal(number: signal.Signals) -> None:
    command = [sys.executable, "-m", "maillon.demo.dns", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=dict(os.environ)) as process:
        assert process.stdout is not None
        host, _, port = process.stdout.readline().split()[-1].rpartition(":")
        assert addresses(ask((host, int(port)), "north-gallery.test")) == ["192.0.2.1"]
        process.send_signal(number)
        assert process.wait(timeout=10) == 0
