"""What the sources say, from the files kept with the program and from files made here."""

import json
import random
import tomllib
from datetime import UTC, date, datetime
from importlib.metadata import files, version
from ipaddress import IPv4Address
from pathlib import Path

import maxminddb
import pytest
from mmdb_writer import MMDBWriter
from netaddr import IPSet

from maillon.kernel.errors import BadInput
from maillon.observation.conclude import Answer, Reason, Target, conclude
from maillon.observation.sources import DATA, Sources, UnreadableSource, describe

ROOT = ["193.0.14.129", "2001:7fd::1"]  # a root name server: of public record, and run from one country
LISTED = {row["name"]: row for row in tomllib.loads((DATA / "sources.toml").read_text())["source"]}
CDN = tomllib.loads((DATA / "cdn.toml").read_text())


def written(path: Path, **blocks: object) -> Path:
    writer = MMDBWriter(ip_version=6, ipv4_compatible=True)
    for block, record in blocks.items():
        writer.insert_network(IPSet([block]), record)
    writer.to_db_file(str(path))
    return path


def overlay(path: Path) -> Path:
    return written(
        path / "overlay.mmdb",
        **{
            "192.0.2.0/24": {"registry": "NL", "dbip": "NL", "asn": 64500, "network": "Polder", "cdn": False},
            "198.51.100.0/24": {"registry": "EU", "dbip": "BE", "asn": 64501, "network": "Drift", "cdn": True},
            "2001:db8::/33": {"registry": "NL", "dbip": "BE"},
            "193.0.14.0/24": {"registry": "BE", "dbip": "BE", "asn": 64502, "network": "Usurper"},
        },
    )


@pytest.mark.parametrize("ip", ROOT)
def test_two_kept_sources_and_the_network_speak_of_a_public_address(ip: str) -> None:
    seen = Sources().look(ip)
    assert seen.countries.keys() == {"registry", "dbip"}
    assert (seen.asn, seen.cdn) == (25152, False)
    assert seen.network
    assert "RIPE" in seen.network
    assert seen.data_dates.keys() == {"registry", "dbip", "asn"}


def test_an_ipv4_address_inside_an_ipv6_one_is_what_is_looked_up() -> None:
    plain, mapped = (Sources().look(ip) for ip in (ROOT[0], "::ffff:" + ROOT[0]))
    assert (mapped.countries, mapped.asn) == (plain.countries, plain.asn)


@pytest.mark.parametrize("ip", ["10.0.0.1", "127.0.0.1", "192.0.2.1", "2001:db8::1", "fe80::1", "::"])
def test_addresses_nobody_can_reach_are_not_looked_up(ip: str) -> None:
    seen = Sources().look(ip)
    assert (seen.countries, seen.asn, seen.network) == ({}, None, None)
    assert conclude(Target("url", "a.test"), Answer("ok", (ip,)), [seen]).reason is Reason.not_public


def test_what_is_no_address_is_refused() -> None:
    with pytest.raises(ValueError, match="not appear to be"):
        Sources().look("a.test")


def test_sources_agree_on_most_of_the_internet() -> None:
    draw, sources = random.Random(20261121), Sources()
    drawn = [str(IPv4Address(draw.getrandbits(32))) for _ in range(3_000)]
    both = [seen for seen in map(sources.look, drawn) if len(seen.countries) == 2]
    assert len(both) > 1_500
    assert sum(len(set(seen.countries.values())) == 1 for seen in both) > 0.8 * len(both)


def test_the_overlay_speaks_for_documentation_addresses_only(tmp_path: Path) -> None:
    sources = Sources(overlay=overlay(tmp_path))
    seen = sources.look("192.0.2.9")
    assert (seen.countries, seen.asn, seen.network) == ({"registry": "NL", "dbip": "NL"}, 64500, "Polder")
    assert sources.look("2001:db8::1").countries == {"registry": "NL", "dbip": "BE"}
    assert sources.look("2001:db8:ffff::1").countries == {}
    assert sources.look(ROOT[0]) == Sources().look(ROOT[0])


def test_a_region_is_no_country_and_a_delivery_network_is_marked(tmp_path: Path) -> None:
    seen = Sources(overlay=overlay(tmp_path)).look("198.51.100.1")
    assert (seen.countries, seen.cdn) == ({"dbip": "BE"}, True)


@pytest.mark.parametrize(
    ("record", "said"),
    [
        ({"country": {"iso_code": "BE"}}, {"own": "BE"}),
        ({"country_code": "BE"}, {"own": "BE"}),
        ({"country": "BE"}, {"own": "BE"}),
        ("BE", {"own": "BE"}),
        ({"country_code": "ZZ"}, {}),
        ({"country_code": "Belgium"}, {}),
        ({"city": "x"}, {}),
    ],
)
def test_a_file_of_the_operator_is_one_more_source(tmp_path: Path, record: object, said: dict[str, str]) -> None:
    own = written(tmp_path / "own.mmdb", **{"193.0.14.0/24": record})
    seen = Sources([own]).look(ROOT[0])
    assert seen.countries == {**Sources().look(ROOT[0]).countries, **said}
    assert seen.data_dates["own"] == max(info.data_date for info in Sources([own]).describe())


def test_a_name_taken_twice_or_kept_is_refused(tmp_path: Path) -> None:
    for paths in ([tmp_path / "dbip.mmdb"], [tmp_path / "a.mmdb", tmp_path / "b" / "a.mmdb"]):
        with pytest.raises(BadInput):
            Sources(paths)


def test_a_file_that_is_no_mmdb_is_named(tmp_path: Path) -> None:
    (tmp_path / "own.mmdb").write_text("no database")
    for path in (tmp_path / "own.mmdb", tmp_path / "missing.mmdb"):
        with pytest.raises(UnreadableSource, match=path.name):
            Sources([path]).look(ROOT[0])


def test_the_installed_registry_data_is_the_version_that_is_dated() -> None:
    assert LISTED["registry"]["version"] == version("iptocc")
    (bill,) = [file for file in files("iptocc") or () if file.name.endswith("cyclonedx.json")]
    built = json.loads(bill.read_text())["metadata"]["timestamp"]
    assert date.fromisoformat(built[:10]) == LISTED["registry"]["data_date"]


@pytest.mark.parametrize("name", ["dbip", "asn"])
def test_the_date_listed_is_the_date_of_the_file(name: str) -> None:
    row = LISTED[name]
    with maxminddb.open_database(DATA / row["file"]) as file:
        assert datetime.fromtimestamp(file.metadata().build_epoch, UTC).date() == row["data_date"]
    assert row["data_date"].strftime("%Y%m%d") in row["version"]


def test_every_source_is_described_with_date_and_licence(tmp_path: Path) -> None:
    infos = Sources(overlay=overlay(tmp_path)).describe()
    assert [info.name for info in infos] == ["registry", "dbip", "asn", "overlay"]
    assert all(info.licence and info.note for info in infos)
    assert describe() == [(info.name, info.data_date) for info in infos[:3]]


def test_every_delivery_network_listed_is_known_by_that_name() -> None:
    with maxminddb.open_database(DATA / "asn.mmdb") as file:
        known = dict(str(value).split(" ", 1) for _, value in file)
    for row in CDN["delivery"]:
        for number in row["asns"]:
            assert row["name"].lower() in known[str(number)].lower()
        assert row["source"]
        assert row["basis"] in ("read", "assumed")
