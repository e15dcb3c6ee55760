"""Servers that do harm end one fetch, with its reason; the workers go on serving."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from maillon.observation.fetching.egress import Limits
from maillon.observation.fetching.pool import Fetchers
from tests.observation.fetching.conftest import Net
from tests.observation.fetching.hostile import PNG


@pytest.fixture(autouse=True)
def _still_serving(net: Net) -> Iterator[None]:
    yield
    assert net.fetch("/text").page.outcome == "ok"


@pytest.mark.parametrize(
    ("path", "outcome", "reason"),
    [
        ("/endless", "refused", "too_large"),
        ("/promised", "refused", "too_large"),
        ("/endless-headers", "refused", "headers_too_large"),
        ("/endless-interim", "refused", "headers_too_large"),
        ("/dripping", "failed", "too_slow"),
        ("/silent", "failed", "too_slow"),
        ("/closes", "failed", "cut_off"),
        ("/short", "failed", "cut_off"),
        ("/half-chunks", "failed", "cut_off"),
        ("/half-gzip", "failed", "cut_off"),
        ("/bad-chunks", "failed", "broken_answer"),
        ("/two-lengths", "failed", "broken_answer"),
        ("/long-length", "failed", "broken_answer"),
        ("/garbage", "failed", "broken_answer"),
        ("/not-gzip", "failed", "broken_answer"),
        ("/thrice", "refused", "unknown_coding"),
        ("/zstd", "refused", "unknown_coding"),
        ("/circle", "refused", "redirect_loop"),
        ("/step0", "refused", "too_many_redirects"),
        ("/to-loopback", "refused", "not_public"),
        ("/to-inside", "refused", "not_public"),
        ("/to-port", "refused", "bad_port"),
        ("/to-file", "refused", "bad_scheme"),
        ("/to-user", "refused", "user_named"),
        ("/to-nothing", "refused", "bad_address"),
    ],
)
def test_what_is_wrong_with_an_answer_is_its_reason(net: Net, path: str, outcome: str, reason: str) -> None:
    fetched = net.fetch(path)
    assert (fetched.page.outcome, fetched.page.reason, fetched.page.body) == (outcome, reason, b"")
    assert fetched.cut == ""
    assert fetched.page.hops
    assert fetched.page.warc
    assert all(asked.at != "127.0.0.1" for asked in net.server.asked)


@pytest.mark.parametrize(
    ("host", "outcome", "reason"),
    [
        ("127.0.0.1", "refused", "not_public"),
        ("localhost", "refused", "not_public"),
        ("inside.test", "refused", "not_public"),
        ("mixed.test", "refused", "not_public"),
        ("mixed6.test", "refused", "not_public"),
        ("203.0.113.1", "refused", "not_public"),
        ("nowhere.test", "failed", "name_not_found"),
        ("empty.test", "failed", "no_address"),
        ("nobody.test", "failed", "not_reached"),
    ],
)
def test_a_name_with_one_address_that_is_not_public_is_never_connected_to(
    net: Net, host: str, outcome: str, reason: str
) -> None:
    page = net.fetch("/text", host=host).page
    assert (page.outcome, page.reason) == (outcome, reason)
    assert net.server.asked == []


def test_media_at_refused_addresses_are_refused_and_the_page_stands(net: Net) -> None:
    fetched = net.fetch("/names-inside")
    assert fetched.page.outcome == "ok"
    assert [one.reason for one in fetched.media] == ["not_public", "not_public"]
    assert all(asked.at != "127.0.0.1" for asked in net.server.asked)


def test_a_name_that_answers_otherwise_later_is_connected_to_as_it_was_checked(net: Net) -> None:
    page = net.fetch("/page", host="rebinding.test")
    assert page.page.outcome == "ok"
    assert net.zone.asked["rebinding.test A"] == 1
    assert {asked.at for asked in net.server.asked if asked.headers["host"] == "rebinding.test"} == {"127.192.2.1"}
    again = net.fetch("/text", host="rebinding.test").page
    assert (again.reason, net.server.asked) == ("not_public", [])


def test_another_address_of_a_name_is_tried_where_the_first_does_not_answer(net: Net) -> None:
    assert net.fetch("/text", host="down.test").page.hops[0].address == "192.0.2.1"


def test_an_onion_is_never_asked_of_dns(net: Net) -> None:
    asked = net.zone.asked.total()
    page = net.fetch("/", host="abcdefghijklmnop.onion").page
    assert (page.outcome, page.reason) == ("refused", "no_tor")
    assert net.zone.asked.total() == asked


@pytest.mark.parametrize("path", ["/bomb", "/bomb.png", "/bomb-twice"])
def test_ten_gibibytes_of_zeros_are_refused_in_less_than_200_mebibytes(net: Net, path: str) -> None:
    with Fetchers(egress=net.egress, limits=Limits(), size=1, resolver=net.resolver) as fetchers:
        fetched = fetchers.fetch(f"http://a.test{path}")
        assert (fetched.page.outcome, fetched.page.reason) == ("refused", "decompression_bomb")
        (pid,) = fetchers.pids()
        assert _peak(pid) < 200 * 1024
        assert fetchers.fetch("http://a.test/a.png").media[0].body == PNG
        assert fetchers.pids() == [pid]


def _peak(pid: int) -> int:
    """The most memory that a process ever had, in KiB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1])
