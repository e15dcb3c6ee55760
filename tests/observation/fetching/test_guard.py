"""Which addresses are asked for and connected to."""

from ipaddress import ip_address

import pytest

from maillon.observation.fetching.egress import Egress, Synthetic
from maillon.observation.fetching.guard import Guard, joined, may_connect
from maillon.observation.fetching.refusals import Refusal, Stop

STRANGE = (
    # what Python 3.11 calls global
    *("64:ff9b::7f00:1", "2002:7f00:1::", "192.88.99.1", "192.0.0.8", "224.0.0.1"),
    *("::ffff:127.0.0.1", "169.254.169.254", "100.64.0.1"),
    # private, this machine, this network
    *("127.0.0.1", "127.255.255.254", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "0.0.0.0", "0.1.2.3"),
    *("::1", "::", "fc00::1", "fd12:3456::1", "fe80::1", "fe80::1%eth0", "fec0::1"),
    # documentation, benchmarking, protocols, relays, reserved
    *("192.0.2.1", "198.51.100.1", "203.0.113.1", "198.18.0.1", "198.19.255.255", "192.0.0.1", "192.0.0.170"),
    *("192.31.196.1", "192.52.193.1", "192.175.48.1", "240.0.0.1", "255.255.255.255", "239.255.255.255", "233.252.0.1"),
    *("2001:db8::1", "3fff::1", "2001:2::1", "2001:10::1", "2001:20::1", "100::1", "ff02::1", "ff0e::1", "5f00::1"),
    # an IPv4 address inside, public or not
    *("::ffff:8.8.8.8", "::8.8.8.8", "::127.0.0.1", "64:ff9b::8.8.8.8", "64:ff9b:1::7f00:1", "64:ff9b:1::808:808"),
    *("2002:808:808::1", "2001::1", "2001:0:808:808::80ff:fffe", "2620:4f:8000::1", "::ffff:0:7f00:1"),
    *("2a00::5efe:7f00:1", "2a00::200:5efe:a00:1", "4000::1", "::ffff:0:0"),
)
PUBLIC = ("8.8.8.8", "1.1.1.1", "172.32.0.1", "100.128.0.1", "192.0.1.1", "198.20.0.1", "2a00:1450::1", "2606:4700::1")


@pytest.mark.parametrize("address", STRANGE)
def test_an_address_that_is_not_an_ordinary_public_one_is_not_connected_to(address: str) -> None:
    assert not may_connect(ip_address(address))
    with pytest.raises(Stop) as stop:
        Guard(Egress()).door(address, 80)
    assert stop.value.reason is Refusal.NOT_PUBLIC


@pytest.mark.parametrize("address", PUBLIC)
def test_an_ordinary_public_address_is_connected_to_itself(address: str) -> None:
    assert Guard(Egress()).door(address, 443) == (address, 443)


@pytest.mark.parametrize(
    "spelled", ["2130706433", "0x7f000001", "0x7f.1", "017700000001", "0177.0.0.1", "127.1", "[::ffff:7f00:1]", "[::1]"]
)
def test_every_spelling_of_an_address_is_the_same_address(spelled: str) -> None:
    guard = Guard(Egress())
    target = guard.target(f"http://{spelled}/")
    assert ip_address(target.host) in (ip_address("127.0.0.1"), ip_address("::ffff:127.0.0.1"), ip_address("::1"))
    with pytest.raises(Stop):
        guard.door(target.host, target.port)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://a.test:8080/", Refusal.BAD_PORT),
        ("https://a.test:22/", Refusal.BAD_PORT),
        ("http://a.test:0/", Refusal.BAD_PORT),
        ("ftp://a.test/", Refusal.BAD_SCHEME),
        ("file:///etc/hosts", Refusal.BAD_SCHEME),
        ("javascript:1", Refusal.BAD_SCHEME),
        ("ws://a.test/", Refusal.BAD_SCHEME),
        ("http://a@b.test/", Refusal.USER_NAMED),
        ("http://:secret@b.test/", Refusal.USER_NAMED),
        ("http://a.test:80@b.test/", Refusal.USER_NAMED),
        ("http://a.onion/", Refusal.NO_TOR),
        ("http://a.b.onion./", Refusal.NO_TOR),
        ("http://A.ONION/", Refusal.NO_TOR),
        ("http://", Refusal.BAD_ADDRESS),
        ("a.test", Refusal.BAD_ADDRESS),
        ("http://a b/", Refusal.BAD_ADDRESS),
        ("http://1.2.3.4.5/", Refusal.BAD_ADDRESS),
        ("http://a.test:99999/", Refusal.BAD_ADDRESS),
        ("http://a*b.test/", Refusal.BAD_ADDRESS),
        ("http://" + "a." * 200 + "test/", Refusal.BAD_ADDRESS),
        ("http://a.test/" + "a" * 9000, Refusal.BAD_ADDRESS),
    ],
)
def test_an_address_that_must_not_be_asked_for_is_refused_with_its_reason(url: str, reason: Refusal) -> None:
    with pytest.raises(Stop) as stop:
        Guard(Egress()).target(url)
    assert stop.value.reason is reason


def test_one_parser_says_what_is_asked_for() -> None:
    target = Guard(Egress()).target("HTTP://Ex%41mple.TEST:80/a b/../c?d#e")
    assert (target.url, target.host, target.port, target.path) == (
        "http://example.test/c?d",
        "example.test",
        80,
        "/c?d",
    )
    assert Guard(Egress()).target("http://bücher.test/").host == "xn--bcher-kva.test"


def test_an_onion_is_asked_for_only_where_there_is_tor() -> None:
    assert Guard(Egress(tor="socks5://127.0.0.1:9050")).target("http://a.onion/").onion


def test_only_the_synthetic_networks_are_reached_and_only_at_their_twins() -> None:
    networks = {"192.0.2.0/24": "127.192.2.0/24", "2001:db8:7::/112": "127.7.0.0/16"}
    guard = Guard(Egress(synthetic=Synthetic(networks=networks, ports={80: 8080})))
    assert guard.door("192.0.2.7", 80) == ("127.192.2.7", 8080)
    assert guard.door("192.0.2.7", 443) == ("127.192.2.7", 443)
    assert guard.door("2001:db8:7::102", 80) == ("127.7.1.2", 8080)
    for address in ("127.192.2.7", "127.0.0.1", "198.51.100.1", "10.0.0.1", "2001:db8:8::1", "::ffff:192.0.2.7"):
        with pytest.raises(Stop):
            guard.door(address, 80)


@pytest.mark.parametrize(
    ("reference", "address"),
    [
        ("c", "http://a.test/b/c"),
        ("/c", "http://a.test/c"),
        ("//c.test/d", "http://c.test/d"),
        ("\\\\c.test\\d", "http://c.test/d"),
        ("?e", "http://a.test/b/page?e"),
        (" \tht\ntp://c.test/ ", "http://c.test/"),
        ("HTTPS:\\\\c.test", "https://c.test/"),
        ("", "http://a.test/b/page"),
    ],
)
def test_a_reference_is_joined_as_a_browser_does(reference: str, address: str) -> None:
    assert joined("http://a.test/b/page", reference) == address
