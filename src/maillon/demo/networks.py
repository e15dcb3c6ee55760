"""Fictitious networks and the blocks of documentation addresses they announce, by country.

Block number `i` is the `i`-th /28 of the three IPv4 documentation ranges together, and `2001:db8:<i>::/48`.
"""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

DOCUMENTATION_V4 = (
    IPv4Network("192.0.2.0/24"),
    IPv4Network("198.51.100.0/24"),
    IPv4Network("203.0.113.0/24"),
)
DOCUMENTATION_V6 = IPv6Network("2001:db8::/32")
_SMALL = tuple(small for wide in DOCUMENTATION_V4 for small in wide.subnets(new_prefix=28))


@dataclass(frozen=True, slots=True)
class Network:
    """A provider: its number, its name and the country in which the company is established."""

    asn: int
    name: str
    established: str


@dataclass(frozen=True, slots=True)
class Block:
    """Addresses of one network, with what each of the two sources says of them (`None`: it says nothing)."""

    index: int
    network: Network
    registry: str | None
    dbip: str | None
    cdn: bool = False

    @property
    def v4(self) -> IPv4Network:
        return _SMALL[self.index]

    @property
    def v6(self) -> IPv6Network:
        return IPv6Network((int(DOCUMENTATION_V6.network_address) + (self.index << 80), 48))

    @property
    def codes(self) -> frozenset[str]:
        """The countries that any source names for this block."""
        return frozenset(code for code in (self.registry, self.dbip) if code)

    def address(self, number: int) -> IPv4Address:
        """The IPv4 address of host `number`, 1 to 14."""
        return self.v4[number]

    def address6(self, number: int) -> IPv6Address:
        """The IPv6 address of host `number`, from 1."""
        return self.v6[number]


KESTREL = Network(64496, "Kestrel Hosting", "BE")
MEADOW = Network(64497, "Meadow Data", "BE")
POLDER = Network(64498, "Polder Racks", "NL")
LANTERN = Network(64499, "Lantern Networks", "BE")
ATELIER = Network(64500, "Atelier Serveurs", "FR")
ALDER = Network(64501, "Alder Cloud", "US")
LINDEN = Network(64502, "Linden Rechenzentrum", "DE")
TERRACE = Network(64503, "Terrace Systems", "LU")
PRAIRIE = Network(64504, "Prairie Servers", "US")
MAPLE = Network(64505, "Maple Colocation", "CA")
ORCHARD = Network(64506, "Orchard Net", "RO")
BIRCH = Network(64507, "Birch Telecom", "RU")
CEDAR = Network(64508, "Cedar Line", "JP")
LOTUS = Network(64509, "Lotus Exchange", "VN")
DRIFT = Network(64510, "Drift Delivery", "US")
BORDER = Network(64511, "Border Transit", "NL")

NETWORKS = (
    KESTREL, MEADOW, POLDER, LANTERN, ATELIER, ALDER, LINDEN, TERRACE,
    PRAIRIE, MAPLE, ORCHARD, BIRCH, CEDAR, LOTUS, DRIFT, BORDER,
)  # fmt: skip

BE_KESTREL = Block(0, KESTREL, "BE", "BE")
BE_MEADOW = Block(1, MEADOW, "BE", "BE")
NL_POLDER = Block(2, POLDER, "NL", "NL")
NL_LANTERN = Block(3, LANTERN, "NL", "NL")
FR_ATELIER = Block(4, ATELIER, "FR", "FR")
BE_ALDER = Block(5, ALDER, "BE", "BE")
DE_LINDEN = Block(6, LINDEN, "DE", "DE")
LU_TERRACE = Block(7, TERRACE, "LU", "LU")
US_PRAIRIE = Block(8, PRAIRIE, "US", "US")
CA_MAPLE = Block(9, MAPLE, "CA", "CA")
RO_ORCHARD = Block(10, ORCHARD, "RO", "RO")
RU_BIRCH = Block(11, BIRCH, "RU", "RU")
JP_CEDAR = Block(12, CEDAR, "JP", "JP")
VN_LOTUS = Block(13, LOTUS, "VN", "VN")
DELIVERY = Block(16, DRIFT, "US", "US", cdn=True)
NL_OR_DE = Block(17, BORDER, "NL", "DE")
BE_OR_NL = Block(18, BORDER, "BE", "NL")
REGISTRY_ONLY = Block(32, BORDER, "FR", None)
NO_SOURCE = Block(33, BORDER, None, None)

PLAIN = (
    BE_KESTREL, BE_MEADOW, NL_POLDER, NL_LANTERN, FR_ATELIER, BE_ALDER, DE_LINDEN,
    LU_TERRACE, US_PRAIRIE, CA_MAPLE, RO_ORCHARD, RU_BIRCH, JP_CEDAR, VN_LOTUS,
)  # fmt: skip
BLOCKS = (*PLAIN, DELIVERY, NL_OR_DE, BE_OR_NL, REGISTRY_ONLY, NO_SOURCE)
