"""The synthetic registry answers as RFC 9083 says, and stays silent where its table says so."""

import json
from contextlib import closing
from pathlib import Path

import pytest

from maillon.demo import hosts, registry, synthetic
from maillon.demo import networks as net
from maillon.demo.replies import Request
from maillon.demo.sites import SITES
from maillon.kernel.clock import SystemClock
from maillon.observation.rdap import Registries


def asked(path: str) -> tuple[int, str]:
    """The status of a reply, and its text."""
    reply = registry.answer(Request(method="GET", host="127.0.0.1", path=f"/rdap/{path}"))
    return reply.status, b"".join(reply.pieces).decode()


def mails(path: str) -> list[str]:
    status, text = asked(path)
    return [word for word in text.split('"') if word.startswith("abuse@")] if status == 200 else []


@pytest.mark.parametrize("block", net.BLOCKS, ids=lambda block: f"{block.index}")
def test_both_families_of_a_block_say_the_same_of_their_network(block: net.Block) -> None:
    four, six = (asked(f"ip/{address}") for address in (block.address(1), block.address6(1)))
    assert four[0] == six[0]
    if four[0] == 200:
        assert json.loads(four[1])["entities"] == json.loads(six[1])["entities"]
        assert json.loads(four[1])["startAddress"] == str(block.v4[0])


def test_an_abuse_contact_is_found_with_addresses_number_or_registrar_or_nowhere() -> None:
    assert mails(f"ip/{net.BE_KESTREL.address(1)}") == ["abuse@kestrel-hosting.test"]
    assert mails(f"ip/{net.BE_MEADOW.address(1)}") == []
    assert mails(f"autnum/{net.MEADOW.asn}") == ["abuse@meadow-data.test"]
    assert mails(f"ip/{net.FR_ATELIER.address(1)}") == mails(f"autnum/{net.ATELIER.asn}") == []
    assert mails("domain/blue-ledger.test") == ["abuse@quiet-names.test"]
    assert not any(map(mails, (f"ip/{net.VN_LOTUS.address(1)}", f"autnum/{net.LOTUS.asn}", "domain/lotus-files.test")))


def test_what_is_not_registered_is_not_found_and_a_busy_registry_says_when() -> None:
    for path in (f"ip/{net.RU_BIRCH.address(1)}", "ip/192.0.2.250", "autnum/1", "domain/nobody-home.test", "x/1", ""):
        assert asked(path)[0] == 404, path
    for path in ("ip/127.0.0.1", "ip/nonsense", "autnum/x"):
        assert asked(path)[0] == 404, path
    assert asked(f"ip/{net.RO_ORCHARD.address(1)}")[0] == 429


def test_every_named_site_is_registered() -> None:
    assert {asked(f"domain/{site.host}")[0] for site in SITES if site.named} == {200}


def test_the_program_reads_its_answers_over_real_sockets(tmp_path: Path) -> None:
    with (
        hosts.serve(tmp_path, at=SystemClock().now()) as mapping,
        closing(Registries.demo(synthetic.registry(mapping), names=lambda names: {})) as registries,
    ):
        ask = registries.ask
        assert ask("ip", str(net.BE_KESTREL.address(1)))[:1] == ("found",)
        assert ask("ip", str(net.US_PRAIRIE.address6(9))).mail == "abuse@prairie-servers.test"
        assert ask("ip", str(net.BE_MEADOW.address(1))).outcome == "no_mailbox"
        assert ask("autnum", str(net.MEADOW.asn)).mail == "abuse@meadow-data.test"
        assert ask("domain", "blue-ledger.test").mail == "abuse@quiet-names.test"
        assert ask("ip", str(net.RU_BIRCH.address(1))).outcome == "not_found"
        busy = ask("ip", str(net.RO_ORCHARD.address(1)))
        assert (busy.outcome, busy.wait) == ("busy", registry.LATER)
