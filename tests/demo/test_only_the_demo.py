"""Only the demo's installation reaches loopback, and there the synthetic internet alone."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from maillon.demo import dns, hosts, synthetic
from maillon.kernel.clock import SystemClock
from maillon.observation.fetching.egress import Egress, Limits, Synthetic
from maillon.observation.fetching.fetched import Part
from maillon.observation.fetching.pool import Fetchers
from maillon.observation.fetching.refusals import Refusal
from maillon.ops.installations import become_demo, is_demo
from maillon.ops.work import way_out
from maillon.settings import Address, Settings, load

SITE = "north-gallery.test"
LIMITS = Limits(seconds=10)


class Demo(NamedTuple):
    """A home in which the demo's servers have laid down their mapping, and run."""

    settings: Settings
    mapping: Synthetic
    names: Address


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    home = tmp_path_factory.mktemp("home")
    with hosts.serve(home / "demo", at=SystemClock().now()) as mapping, dns.serve() as names:
        yield Demo(load({"MAILLON_HOME": str(home)}), mapping, Address(*names))


def fetched(demo: Demo, egress: Egress, *urls: str) -> list[Part]:
    with Fetchers(egress=egress, limits=LIMITS, size=1, resolver=demo.names) as fetchers:
        return [fetchers.fetch(url, "").page for url in urls]


def inward(demo: Demo) -> list[str]:
    """Addresses of this machine in several spellings, one of them a host of the synthetic internet's own."""
    port = demo.mapping.ports[80]
    twin = synthetic.twin("192.0.2.1")
    return [f"http://{name}:{port}/" for name in ("127.0.0.1", twin, "[::1]", "[::ffff:127.0.0.1]")] + [
        "http://127.0.0.1/",
        f"http://{twin}/",
        "http://[::1]/",
        "http://[::ffff:7f00:1]/",
        "http://inward-lane.test/",
    ]


def test_a_normal_installation_refuses_loopback_and_documentation_whatever_lies_in_its_home(demo: Demo) -> None:
    assert (demo.settings.home / "demo" / synthetic.FILE).exists()
    egress = way_out(demo.settings, demo=False)
    assert (egress.synthetic, egress.tor) == (None, None)
    urls = [f"http://{SITE}/", "http://192.0.2.1/", "http://198.51.100.1/", "http://203.0.113.1/", *inward(demo)]
    for url, part in zip(urls, fetched(demo, egress, *urls), strict=True):
        assert (part.outcome, part.body) == ("refused", b""), url
        assert part.reason in (Refusal.NOT_PUBLIC, Refusal.BAD_PORT), url


def test_the_demo_reaches_its_synthetic_internet_and_no_other_loopback(demo: Demo) -> None:
    egress = way_out(demo.settings, demo=True)
    assert egress.synthetic == demo.mapping
    page, *others = fetched(demo, egress, f"http://{SITE}/album/1", *inward(demo))
    assert (page.outcome, page.status) == ("ok", 200)
    assert page.hops[-1].address == "192.0.2.1"
    assert {part.outcome for part in others} == {"refused"}


@pytest.mark.usefixtures("houses")
def test_an_installation_is_the_demo_s_only_once_it_was_marked(tmp_path: Path) -> None:
    assert not is_demo()
    become_demo(empty=True)
    assert is_demo()
