"""For whom a request counts."""

from ipaddress import ip_network

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maillon.web.reporter.address import source_of

unhurried = settings(deadline=None)

PROXIES = (ip_network("127.0.0.1"), ip_network("192.0.2.0/24"), ip_network("2001:db8:ffff::/48"))


def of(remote: str, forwarded: str = "", trusted: bool = True) -> bytes:
    return source_of(remote, forwarded, PROXIES if trusted else ())


def test_without_a_proxy_the_connection_counts_and_no_header_does() -> None:
    assert of("198.51.100.7", "203.0.113.9") == bytes([198, 51, 100, 7])
    assert of("127.0.0.1", "203.0.113.9", trusted=False) == bytes([127, 0, 0, 1])


def test_behind_a_proxy_the_last_hop_that_is_none_counts() -> None:
    assert of("127.0.0.1", "203.0.113.9") == bytes([203, 0, 113, 9])
    assert of("127.0.0.1", "10.0.0.1, 203.0.113.9, 192.0.2.5") == bytes([203, 0, 113, 9])


def test_what_a_visitor_writes_into_the_header_changes_nothing() -> None:
    for forged in ("198.51.100.1", "127.0.0.1", "nonsense", "192.0.2.1, 192.0.2.2"):
        assert of("127.0.0.1", f"{forged}, 203.0.113.9") == bytes([203, 0, 113, 9])


@pytest.mark.parametrize("unreadable", ["", "unknown", "_hidden", "999.1.1.1"])
def test_a_proxy_that_names_nobody_counts_itself(unreadable: str) -> None:
    assert of("192.0.2.5", unreadable) == bytes([192, 0, 2, 5])


def test_a_household_of_ipv6_is_one_source() -> None:
    assert of("2001:db8:1:2::1") == of("2001:db8:1:2:ffff::9") != of("2001:db8:1:3::1")
    assert len(of("2001:db8:1:2::1")) == 8


def test_each_circuit_of_an_onion_service_is_a_source() -> None:
    first, second = (of("127.0.0.1", f"fc00:dead:beef:4dad::{n}:1") for n in (1, 2))
    assert first != second


@pytest.mark.parametrize(
    "written", ["203.0.113.9", " 203.0.113.9 ", "203.0.113.9:4711", "::ffff:203.0.113.9", "[::ffff:203.0.113.9]:80"]
)
def test_however_an_address_is_written_it_is_the_same_source(written: str) -> None:
    assert of("127.0.0.1", written) == bytes([203, 0, 113, 9])


def test_a_connection_without_an_address_is_a_source_too() -> None:
    assert of("") == b""


@unhurried
@given(st.text(), st.text())
def test_nothing_is_ever_raised(remote: str, forwarded: str) -> None:
    assert len(of(remote, forwarded)) in (0, 4, 8, 16)
