"""The overlay says of every demo address what the table of blocks says; all lie in documentation ranges."""

from ipaddress import ip_address
from pathlib import Path

import maxminddb
import pytest

from maillon.demo import overlay
from maillon.demo.networks import BLOCKS, DOCUMENTATION_V4, DOCUMENTATION_V6, NETWORKS
from maillon.demo.sites import SITES


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> maxminddb.Reader:
    return maxminddb.open_database(overlay.write(tmp_path_factory.mktemp("overlay") / "demo.mmdb"))


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: f"{block.index}-{block.network.name}")
def test_both_families_of_a_block_read_back(reader: maxminddb.Reader, block: overlay.Block) -> None:
    expected = {"asn": block.network.asn, "network": block.network.name, "cdn": block.cdn}
    expected |= {key: code for key, code in (("registry", block.registry), ("dbip", block.dbip)) if code is not None}
    for address in (block.address(1), block.address(14), block.address6(1), block.address6(9999)):
        assert reader.get(str(address)) == expected


def test_an_address_outside_the_blocks_is_unknown(reader: maxminddb.Reader) -> None:
    assert reader.get("192.0.2.250") is None
    assert reader.get("127.0.0.1") is None
    assert reader.get("2001:db8:ffff::1") is None


def test_blocks_do_not_overlap() -> None:
    assert len({block.v4 for block in BLOCKS}) == len({block.v6 for block in BLOCKS}) == len(BLOCKS)


def test_only_documentation_addresses_names_and_numbers_are_used() -> None:
    for site in SITES:
        if site.named:
            assert all(name.endswith(".test") for name in (site.host, *site.alias))
        for text in site.addresses:
            address = ip_address(text)
            assert any(address in wide for wide in (*DOCUMENTATION_V4, DOCUMENTATION_V6))
    assert [network.asn for network in NETWORKS] == list(range(64496, 64512))


def test_a_rewritten_overlay_leaves_no_unfinished_file(tmp_path: Path) -> None:
    overlay.write(tmp_path / "demo.mmdb")
    overlay.write(tmp_path / "demo.mmdb")
    assert [path.name for path in tmp_path.iterdir()] == ["demo.mmdb"]
