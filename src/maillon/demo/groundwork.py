"""What the synthetic web stands on before it is served: where it listens, its ports, its certificates, its mapping."""

import socket
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

from maillon.demo import seals, synthetic
from maillon.demo.sites import SERVED_SITES, SITES
from maillon.demo.synthetic import HERE, Ports
from maillon.demo.zone import bench_addresses
from maillon.observation.fetching.egress import Synthetic


def names() -> list[str]:
    """Every name and literal address that a certificate is for."""
    return [*(site.host for site in (*SITES, *SERVED_SITES) if site.addresses), "*.bench.test"]


def addresses(bench: int = 0) -> list[str]:
    """The loopback addresses to listen on: a twin of each site's, and of the first `bench` names of the bench."""
    sites = (address for site in (*SITES, *SERVED_SITES) for address in site.addresses)
    measured = (str(address) for number in range(bench) for address in bench_addresses(number))
    return [HERE, *dict.fromkeys(map(synthetic.twin, (*sites, *measured)))]


def prepare(folder: Path, ports: Ports, *, at: datetime) -> Synthetic:
    """Lay down new certificates and the mapping to these ports; answers the mapping."""
    authority = seals.make(folder, names(), at=at)
    mapping = synthetic.synthetic(ports, authority=authority)
    synthetic.write(folder, mapping)
    return mapping


def free_ports() -> Ports:
    """Ports that are free on loopback just now."""
    with ExitStack() as held:
        probes = [held.enter_context(socket.socket()) for _ in Ports._fields]
        for probe in probes:
            probe.bind((HERE, 0))
        return Ports(*(int(probe.getsockname()[1]) for probe in probes))
