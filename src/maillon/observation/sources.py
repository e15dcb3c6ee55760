"""What independent offline sources say of an IP address: countries, network, and how old each answer is.

`registry` (iptocc) says to which country a registry assigned the block; `dbip` (DB-IP Lite) in which it is used;
`asn` which network announces it. The operator's own country files (MMDB) each speak as one more source. A demo
overlay speaks in the names of `registry`, `dbip` and `asn`, for documentation addresses only. Which networks deliver
for others says `delivering`.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cache
from importlib.metadata import version
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from pathlib import Path
from typing import Any, NamedTuple

import maxminddb
from iptocc import country_code

from maillon.kernel.errors import BadInput, MaillonError
from maillon.observation.conclude import Seen as Seen
from maillon.observation.conclude import inner, is_public
from maillon.observation.delivering import deliverer_of

DATA = Path(__file__).parent / "data"
_DOCUMENTATION = (
    IPv4Network("192.0.2.0/24"),
    IPv4Network("198.51.100.0/24"),
    IPv4Network("203.0.113.0/24"),
    IPv6Network("2001:db8::/32"),
)
_COUNTRY = re.compile(r"[A-Z]{2}")
_NO_COUNTRY = frozenset({"EU", "AP", "XX", "ZZ", "A1", "A2", "O1", "T1"})
"""Codes that databases give where they know no single country."""


class UnreadableSource(MaillonError):
    """A location file is missing or is no MMDB."""


class UndatedSource(MaillonError):
    """The installed registry data has no row in `sources.toml`, so nobody can say how old it is."""


class SourceInfo(NamedTuple):
    """One source, for people: `licence` and `note` are sentences or parts of one."""

    name: str
    data_date: date
    licence: str
    note: str


class Sources:
    """The sources of one installation; files are memory-mapped on first use, once per process."""

    def __init__(self, extra: Sequence[Path] = (), overlay: Path | None = None) -> None:
        """extra: the operator's country files, each named by its file name without ending, which must be free.

        Raises BadInput for a name that is taken.
        """
        self._extra = {path.stem: path for path in extra}
        taken = {"registry", "dbip", "asn"} & self._extra.keys()
        if taken or len(self._extra) < len(extra):
            raise BadInput("every location file needs a name of its own, other than registry, dbip or asn; rename one")
        self._overlay = overlay

    def look(self, ip: str) -> Seen:
        """What all sources say of `ip`, which may be IPv4 or IPv6; addresses nobody can reach are not looked up.

        Of an IPv4 address inside an IPv6 one (mapped, 6to4, Teredo, NAT64) the IPv4 is looked up.
        Raises ValueError if `ip` is no address; UnreadableSource; UndatedSource.
        """
        address = inner(ip)
        if self._overlay and is_documentation(ip):
            return _overlaid(ip, address, self._overlay)
        dates = self._dates()
        if not is_public(ip):
            return Seen(ip, data_dates=dates)
        text = str(address)
        countries = {name: code for name, said in self._said(text) if (code := _country(said))}
        number, _, network = str(_open(DATA / "asn.mmdb").get(text) or "").partition(" ")
        asn = int(number) if number else None
        behind = deliverer_of(address, asn)
        return Seen(
            ip,
            countries,
            asn,
            network or None,
            behind is not None,
            dates,
            behind.name if behind else "",
            behind is not None and behind.anycast,
        )

    def describe(self) -> list[SourceInfo]:
        """Every source with the date of its data. Raises as `look` does."""
        infos = [SourceInfo(row["name"], row["data_date"], row["licence"], row["says"]) for row in _listed().values()]
        infos += [
            SourceInfo(name, _built(path), "the operator's", f"country, from {path.name}")
            for name, path in self._extra.items()
        ]
        if self._overlay:
            infos.append(SourceInfo("overlay", _built(self._overlay), "fictitious", "documentation addresses only"))
        return infos

    def _said(self, ip: str) -> Iterator[tuple[str, object]]:
        yield "registry", country_code(ip)
        yield "dbip", _open(DATA / "dbip-country.mmdb").get(ip)
        for name, path in self._extra.items():
            yield name, _open(path).get(ip)

    def _dates(self) -> Mapping[str, date]:
        return {name: row["data_date"] for name, row in _listed().items()} | {
            name: _built(path) for name, path in self._extra.items()
        }


def is_documentation(ip: str) -> bool:
    """Whether `ip` lies in a range kept for documentation (RFC 5737, RFC 3849), where the demo's world stands."""
    return any(inner(ip) in block for block in _DOCUMENTATION)


def describe() -> list[tuple[str, date]]:
    """Name and data date of each source that comes with the program."""
    return [(info.name, info.data_date) for info in Sources().describe()]


def _overlaid(ip: str, address: IPv4Address | IPv6Address, path: Path) -> Seen:
    found = _open(path).get(str(address))
    record: dict[str, Any] = found if isinstance(found, dict) else {}
    countries = {name: code for name in ("registry", "dbip") if (code := _country(record.get(name)))}
    built = _built(path)
    behind = deliverer_of(address, record.get("asn"))
    return Seen(
        ip,
        countries,
        record.get("asn"),
        record.get("network"),
        bool(record.get("cdn")) or behind is not None,
        {"registry": built, "dbip": built, "asn": built},
        behind.name if behind else str(record.get("network") or "") if record.get("cdn") else "",
        bool(record.get("anycast")) or (behind is not None and behind.anycast),
    )


def _country(said: object) -> str | None:
    """The country in a record, as DB-IP (`country_code`) and MaxMind (`country.iso_code`) shape it."""
    if isinstance(said, dict):
        said = said.get("country_code") or said.get("country")
        if isinstance(said, dict):
            said = said.get("iso_code")
    if not isinstance(said, str) or said in _NO_COUNTRY or not _COUNTRY.fullmatch(said):
        return None
    return said


@cache
def _open(path: Path) -> maxminddb.Reader:
    try:
        return maxminddb.open_database(path)
    except (OSError, maxminddb.InvalidDatabaseError) as error:
        raise UnreadableSource(f"{path} cannot be read as a location file (MMDB); give another one") from error


@cache
def _built(path: Path) -> date:
    return datetime.fromtimestamp(_open(path).metadata().build_epoch, UTC).date()


@cache
def _listed() -> Mapping[str, Mapping[str, Any]]:
    rows = tomllib.loads((DATA / "sources.toml").read_text())["source"]
    listed = {row["name"]: row for row in rows}
    installed = version("iptocc")
    if listed["registry"]["version"] != installed:
        raise UndatedSource(f"iptocc {installed} has no date in sources.toml; add its version and data_date")
    return listed
