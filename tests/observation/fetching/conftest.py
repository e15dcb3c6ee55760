"""One server, one name server and one pool of workers for all tests of fetching in a process."""

from collections.abc import Iterator
from typing import NamedTuple

import pytest

from maillon.observation.fetching.egress import Egress, Limits, Synthetic
from maillon.observation.fetching.fetched import Fetched
from maillon.observation.fetching.pool import Fetchers
from tests.observation.dnsserver import Behaviour
from tests.observation.dnsserver import serving as answering
from tests.observation.fetching.hostile import Server, serving
from tests.observation.fetching.sites import BEHAVIOURS, NAMES
from tests.observation.fetching.zone import Zone

LIMITS = Limits(
    seconds=4, page_bytes=1 << 20, image_bytes=1 << 20, video_bytes=2 << 20, redirects=4, media=6, patience=0.6
)
NETWORKS = {"192.0.2.0/24": "127.192.2.0/24", "198.51.100.0/24": "127.198.51.0/24"}


class Net(NamedTuple):
    """What answers, and who asks."""

    server: Server
    zone: Zone
    resolver: tuple[str, int]
    egress: Egress
    fetchers: Fetchers

    def fetch(self, path: str, referrer: str = "", host: str = "a.test") -> Fetched:
        self.server.asked.clear()
        return self.fetchers.fetch(f"http://{host}{path}", referrer)


@pytest.fixture(scope="session")
def net() -> Iterator[Net]:
    """Hosts at 192.0.2.1, .2 and 198.51.100.1, and at 127.0.0.1, which nobody may reach."""
    zone = Zone(NAMES)
    places = ["127.192.2.1", "127.192.2.2", "127.198.51.1", "127.0.0.1"]
    behaviour: Behaviour = zone  # type: ignore[assignment]  # answers like it
    with serving(Server(BEHAVIOURS), places) as server, answering(behaviour) as resolver:
        egress = Egress(synthetic=Synthetic(networks=NETWORKS, ports={80: server.port}))
        with Fetchers(egress=egress, limits=LIMITS, size=2, resolver=resolver) as fetchers:
            yield Net(server, zone, resolver, egress, fetchers)
