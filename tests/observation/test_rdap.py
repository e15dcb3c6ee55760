"""Registries are asked with caution, and what they answer is read whatever it is."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from maillon.observation.answers import FROZEN, REFRESHED
from maillon.observation.conclude import Answer
from maillon.observation.rdap import LONGEST_ANSWER, BadBootstrap, Registries, read_bootstrap
from tests.observation.rdapserver import MAIL, Registry, domain, entity, network, number, serving


@pytest.fixture(scope="module")
def served() -> Iterator[Registry]:
    with serving() as registry:
        yield registry


@pytest.fixture
def registry(served: Registry) -> Registry:
    served.says, served.asked = {}, []
    return served


def no_names(names: Sequence[str]) -> Mapping[str, Answer]:
    return {}


@pytest.fixture
def registries(registry: Registry) -> Registries:
    return Registries.demo(registry.base, no_names, seconds=2)


ABUSE = entity("abuse", mail=MAIL, name="Abuse Desk")


@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        ("ip", "192.0.2.1", network(entity("registrant"), ABUSE)),
        ("ip", "2001:db8::1", network(ABUSE)),
        ("autnum", "64500", number(entity("registrant", inner=[entity("technical", inner=[ABUSE])]))),
        ("domain", "hoster.test", domain(entity("registrar", name="Names", inner=[ABUSE]))),
        ("domain", "hoster.test", {**domain(ABUSE), "links": [{"rel": "related", "href": "http://192.0.2.1/"}]}),
    ],
)
def test_the_mailbox_of_the_role_abuse_is_found_however_deep(
    registry: Registry, registries: Registries, kind: str, value: str, said: object
) -> None:
    registry.says[f"{kind}/{value}"] = said
    found = registries.ask(kind, value)  # type: ignore[arg-type]
    assert (found.outcome, found.mail, found.name, found.handle) == ("found", MAIL, "Abuse Desk", "AB1-TEST")
    assert registry.asked == [f"{kind}/{value}"]


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        (network(), "no_mailbox"),
        (network(entity("registrant", mail=MAIL)), "no_mailbox"),
        (network(entity("abuse")), "no_mailbox"),
        (network(entity("abuse", mail="two words@hoster.test")), "no_mailbox"),
        (network(entity("abuse", mail="<script>@hoster.test")), "no_mailbox"),
        (network(entity("abuse", mail="a" * 300 + "@hoster.test")), "no_mailbox"),
        (None, "not_found"),
        ((500, {}), "failed"),
        ((503, {}), "failed"),
        (b"{", "unreadable"),
        (b"[1, 2]", "unreadable"),
        (b"\xff\xfe", "unreadable"),
        (b'{"objectClassName": "nameserver"}', "unreadable"),
        (b'{"objectClassName": "ip network", "entities": "none"}', "unreadable"),
        (b"[" * 100_000, "unreadable"),
        (b" " * (LONGEST_ANSWER + 1), "unreadable"),
        (json.dumps(network(*[entity("abuse")] * 501)).encode(), "unreadable"),
        ("silence", "silent"),
        ((302, {"Location": "https://192.0.2.7/rdap/ip/192.0.2.1"}), "refused"),
        ((302, {"Location": "file:///etc/hostname"}), "refused"),
    ],
    ids=str,
)
def test_whatever_is_answered_comes_to_an_outcome(
    registry: Registry, registries: Registries, said: object, outcome: str
) -> None:
    registry.says["ip/192.0.2.1"] = said
    found = registries.ask("ip", "192.0.2.1")
    assert (found.outcome, found.mail) == (outcome, "")
    assert registry.asked == ["ip/192.0.2.1"]


def test_a_redirect_within_the_registry_is_followed_and_a_loop_is_not(
    registry: Registry, registries: Registries
) -> None:
    registry.says["ip/192.0.2.1"] = (302, {"Location": "/rdap/ip/192.0.2.0/24"})
    registry.says["ip/192.0.2.0/24"] = network(ABUSE)
    assert registries.ask("ip", "192.0.2.1").mail == MAIL
    registry.says["ip/192.0.2.2"] = (302, {"Location": "/rdap/ip/192.0.2.2"})
    assert registries.ask("ip", "192.0.2.2").outcome == "refused"


@pytest.mark.parametrize(("said", "wait"), [("120", 120), ("", 0), ("soon", 0), ("9" * 12, 6 * 3600)])
def test_a_busy_registry_says_when_it_may_be_asked_again(
    registry: Registry, registries: Registries, said: str, wait: int
) -> None:
    registry.says["ip/192.0.2.1"] = (429, {"Retry-After": said} if said else {})
    found = registries.ask("ip", "192.0.2.1")
    assert (found.outcome, found.wait) == ("busy", wait)


def test_nobody_listening_is_silence(registry: Registry) -> None:
    with serving() as gone:
        base = gone.base
    assert Registries.demo(base, no_names, seconds=2).ask("ip", "192.0.2.1").outcome == "silent"


# Outside the demo


@pytest.mark.parametrize(
    "base", ["http://registry.test/", "http://127.0.0.1:{port}/rdap/", "ftp://registry.test/", "https:///"]
)
def test_outside_the_demo_nothing_is_asked_without_tls(registry: Registry, base: str) -> None:
    real = Registries(lambda kind, value: [base.format(port=registry.server_port)], no_names, seconds=2)
    assert real.ask("ip", "192.0.2.1").outcome in ("no_server", "silent", "refused")
    assert registry.asked == []


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "::1", "10.0.0.1", "169.254.169.254", "::ffff:127.0.0.1", "192.0.2.1"]
)
def test_a_registry_whose_name_leads_inside_is_not_connected_to(address: str) -> None:
    def inward(names: Sequence[str]) -> Mapping[str, Answer]:
        return {name: Answer("ok", ("193.0.14.129", address)) for name in names}

    real = Registries(lambda kind, value: ["https://registry.test/"], inward, seconds=2)
    assert real.ask("ip", "192.0.2.1").outcome == "refused"


def test_a_registry_whose_name_is_not_found_is_silent() -> None:
    real = Registries(lambda kind, value: ["https://registry.test/"], no_names, seconds=2)
    assert real.ask("ip", "192.0.2.1").outcome == "silent"


# Which registry answers for what


def test_the_frozen_bootstrap_names_registries_over_tls(tmp_path: Path) -> None:
    asked: list[str] = []

    def names(wanted: Sequence[str]) -> Mapping[str, Answer]:
        asked.extend(wanted)
        return {}

    real = Registries.of(tmp_path, names)
    for kind, value in (("ip", "193.0.14.129"), ("ip", "2001:7fd::1"), ("autnum", "25152")):
        assert real.ask(kind, value).server == "rdap.db.ripe.net"  # type: ignore[arg-type]
    assert set(asked) == {"rdap.db.ripe.net"}
    for kind, value in (("ip", "192.0.2.1"), ("autnum", "64500"), ("domain", "hoster.test"), ("domain", "test")):
        assert real.ask(kind, value).outcome == "no_server"  # type: ignore[arg-type]


def test_the_frozen_files_are_those_of_iana_each_with_its_day() -> None:
    said = json.loads(FROZEN.read_text())
    for name in ("asn", "dns", "ipv4", "ipv6"):
        assert said[name]["publication"]
        assert len(said[name]["services"]) >= 5


def test_what_the_installation_refreshed_goes_before_the_frozen_file(tmp_path: Path) -> None:
    said = json.loads(FROZEN.read_text())
    said["asn"]["services"] = [[["64500-64510"], ["https://numbers.test/rdap/"]]]
    (tmp_path / REFRESHED).write_text(json.dumps(said))
    assert Registries.of(tmp_path, no_names).ask("autnum", "64500").server == "numbers.test"


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"timestamp": 1}', '{"timestamp": 1, "asn": {"services": 3}}'])
def test_a_bootstrap_that_cannot_be_read_is_refused_with_a_sentence(tmp_path: Path, text: str) -> None:
    path = tmp_path / REFRESHED
    path.write_text(text)
    with pytest.raises(BadBootstrap, match="--refresh"):
        read_bootstrap(path)
