"""The fictitious sites of the demo world, and the places that are no name: addresses, handles, onions."""

from dataclasses import dataclass
from enum import StrEnum

from maillon.demo import networks as net
from maillon.demo.networks import Block


class Kind(StrEnum):
    """Why a site is in the table: the case of location that it shows."""

    PLAIN = "plain"
    ALIAS = "alias"
    ONLY_IPV6 = "only_ipv6"
    LITERAL = "literal"
    DELIVERY_NETWORK = "delivery_network"
    SOURCES_DISAGREE = "sources_disagree"
    SOURCE_SILENT = "source_silent"
    SEVERAL_COUNTRIES = "several_countries"
    NO_ADDRESS = "no_address"
    NAME_NOT_FOUND = "name_not_found"
    NO_REPLY = "no_reply"
    HANDLE = "handle"
    ONION = "onion"


NOT_LOCATED = frozenset(Kind) - {Kind.PLAIN, Kind.ALIAS, Kind.ONLY_IPV6, Kind.LITERAL}


@dataclass(frozen=True, slots=True)
class Site:
    """One place: its host as it stands in a canonical address, and the blocks its addresses lie in.

    `number` is the host number inside each block. `alias` is the chain of CNAMEs that leads from `host` to
    the name that bears the addresses.
    """

    host: str
    kind: Kind = Kind.PLAIN
    v4: tuple[Block, ...] = ()
    v6: tuple[Block, ...] = ()
    number: int = 1
    alias: tuple[str, ...] = ()

    @property
    def addresses(self) -> tuple[str, ...]:
        """Every address the name resolves to, IPv4 first."""
        four = (str(block.address(self.number)) for block in self.v4)
        return (*four, *(str(block.address6(self.number)) for block in self.v6))

    @property
    def codes(self) -> frozenset[str]:
        """Every country that any source names for any address of the site."""
        return frozenset(code for block in (*self.v4, *self.v6) for code in block.codes)

    @property
    def country(self) -> str:
        """The country that location must conclude: a code, or `undetermined`."""
        if self.kind in NOT_LOCATED or len(self.codes) != 1:
            return "undetermined"
        return next(iter(self.codes))

    @property
    def named(self) -> bool:
        """Whether a name server is asked about the host."""
        return self.kind not in {Kind.LITERAL, Kind.HANDLE, Kind.ONION}


def _plain(host: str, block: Block, number: int, *, v6: bool = False) -> Site:
    return Site(host, Kind.PLAIN, (block,), (block,) if v6 else (), number)


def _onion(words: str) -> str:
    # 56 letters of the base-32 alphabet, as in version 3; the padding shows that no key stands behind it.
    return words.ljust(55, "2") + "d.onion"


PLAIN_SITES = (
    _plain("north-gallery.test", net.BE_KESTREL, 1),
    _plain("canal-pictures.test", net.BE_KESTREL, 2, v6=True),
    _plain("market-square.test", net.BE_MEADOW, 1),
    _plain("hill-archive.test", net.BE_ALDER, 1, v6=True),
    _plain("silver-reed.test", net.NL_POLDER, 1),
    _plain("paper-boat.test", net.NL_POLDER, 2, v6=True),
    _plain("copper-lamp.test", net.NL_LANTERN, 1),
    _plain("xn--galerie-t-i4ab.test", net.FR_ATELIER, 1),
    _plain("blue-ledger.test", net.FR_ATELIER, 2, v6=True),
    _plain("stone-bridge.test", net.DE_LINDEN, 1),
    _plain("xn--schne-ecke-gcb.test", net.DE_LINDEN, 2, v6=True),
    _plain("vine-terrace.test", net.LU_TERRACE, 1),
    _plain("wide-prairie.test", net.US_PRAIRIE, 1, v6=True),
    _plain("image-shelf.test", net.US_PRAIRIE, 2),
    _plain("open-forum.test", net.US_PRAIRIE, 3),
    _plain("maple-board.test", net.CA_MAPLE, 1),
    _plain("orchard-share.test", net.RO_ORCHARD, 1),
    _plain("birch-upload.test", net.RU_BIRCH, 1),
    _plain("winter-album.test", net.RU_BIRCH, 2, v6=True),
    _plain("cedar-board.test", net.JP_CEDAR, 1),
    _plain("lotus-files.test", net.VN_LOTUS, 1),
)

ODD_SITES = (
    Site("moved-house.test", Kind.ALIAS, (net.NL_POLDER,), number=5, alias=("host-5.polder-racks.test",)),
    Site(
        "long-road.test",
        Kind.ALIAS,
        (net.BE_KESTREL,),
        (net.BE_KESTREL,),
        number=6,
        alias=("www.long-road.test", "host-6.kestrel-hosting.test"),
    ),
    Site("lost-signpost.test", Kind.NAME_NOT_FOUND, alias=("gone.lotus-exchange.test",)),
    Site("new-street.test", Kind.ONLY_IPV6, v6=(net.CA_MAPLE,), number=7),
    Site("new-lane.test", Kind.ONLY_IPV6, v6=(net.BE_MEADOW,), number=8),
    Site(str(net.NL_POLDER.address(9)), Kind.LITERAL, (net.NL_POLDER,), number=9),
    Site(f"[{net.US_PRAIRIE.address6(9)}]", Kind.LITERAL, v6=(net.US_PRAIRIE,), number=9),
    Site("fast-mirror.test", Kind.DELIVERY_NETWORK, (net.DELIVERY,), (net.DELIVERY,), number=1),
    Site("quick-cache.test", Kind.DELIVERY_NETWORK, (net.DELIVERY,), number=2),
    Site("border-post.test", Kind.SOURCES_DISAGREE, (net.NL_OR_DE,), number=1),
    Site("river-mouth.test", Kind.SOURCES_DISAGREE, (net.BE_OR_NL,), number=1),
    Site("half-map.test", Kind.SOURCE_SILENT, (net.REGISTRY_ONLY,), number=1),
    Site("blank-map.test", Kind.SOURCE_SILENT, (net.NO_SOURCE,), number=1),
    Site("two-towns.test", Kind.SEVERAL_COUNTRIES, (net.FR_ATELIER,), (net.DE_LINDEN,), number=3),
    Site("twin-harbour.test", Kind.SEVERAL_COUNTRIES, (net.BE_MEADOW, net.US_PRAIRIE), number=4),
    Site("empty-plot.test", Kind.NO_ADDRESS),
    Site("no-such-place.test", Kind.NAME_NOT_FOUND),
    Site("slow-tide.test", Kind.NO_REPLY),
    Site("chatapp", Kind.HANDLE),
    Site("meetapp", Kind.HANDLE),
    Site(_onion("madeupquietgarden"), Kind.ONION),
    Site(_onion("madeupsilentpond"), Kind.ONION),
)

SITES = (*PLAIN_SITES, *ODD_SITES)
"""What the demo's reports are about."""


def _served(host: str, block: Block, number: int) -> Site:
    return Site(host, Kind.PLAIN, (block,), number=number)


SERVED_SITES = (
    _served("origin.fast-mirror.test", net.RO_ORCHARD, 10),
    _served("crossroads.test", net.DE_LINDEN, 10),
    _served("far-gate.test", net.US_PRAIRIE, 10),
    _served("side-door.test", net.LU_TERRACE, 10),
    _served("round-about.test", net.FR_ATELIER, 10),
    _served("inward-lane.test", net.VN_LOTUS, 10),
    _served("slow-drip.test", net.CA_MAPLE, 10),
    _served("silent-hall.test", net.CA_MAPLE, 11),
    _served("long-scroll.test", net.US_PRAIRIE, 11),
    _served("endless-road.test", net.US_PRAIRIE, 12),
    _served("folded-paper.test", net.RU_BIRCH, 10),
    _served("odd-label.test", net.JP_CEDAR, 10),
    _served("short-measure.test", net.JP_CEDAR, 11),
    _served("torn-page.test", net.NL_POLDER, 10),
    _served("loose-chunks.test", net.NL_POLDER, 11),
    _served("babble.test", net.NL_LANTERN, 10),
    _served("blank-canvas.test", net.BE_ALDER, 10),
    _served("old-seal.test", net.BE_MEADOW, 10),
    _served("own-seal.test", net.BE_MEADOW, 11),
    _served("other-seal.test", net.BE_MEADOW, 12),
)
"""Further hosts of the synthetic internet, which no report of the demo's files names."""
