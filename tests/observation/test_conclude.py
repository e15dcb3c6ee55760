"""Which country is concluded, and for which reason: the whole truth table."""

from itertools import product

import pytest

from maillon.observation.conclude import (
    UNDETERMINED,
    Answer,
    Conclusion,
    Reason,
    Seen,
    Target,
    conclude,
    is_public,
)

URL = Target("url", "a.test")
ONE, TWO = "192.0.2.1", "2001:db8::1"
BE, NL = "BE", "NL"


def seen(ip: str, registry: str | None, dbip: str | None, cdn: bool = False) -> Seen:
    said = {"registry": registry, "dbip": dbip}
    return Seen(ip, {source: code for source, code in said.items() if code}, cdn=cdn)


# What two sources can say of one address of a public or documentation range, and what that alone comes to.
ADDRESS = {
    "be": ((BE, BE, False), BE, Reason.agreed),
    "nl": ((NL, NL, False), NL, Reason.agreed),
    "disagree": ((BE, NL, False), UNDETERMINED, Reason.sources_disagree),
    "registry_only": ((BE, None, False), UNDETERMINED, Reason.sources_silent),
    "dbip_only": ((None, NL, False), UNDETERMINED, Reason.sources_silent),
    "not_public": ((None, None, False), UNDETERMINED, Reason.not_public),
    "delivery": ((BE, BE, True), UNDETERMINED, Reason.delivery_network),
}
ORDER = [Reason.not_public, Reason.delivery_network, Reason.sources_disagree, Reason.sources_silent]


@pytest.mark.parametrize("what", ADDRESS)
def test_one_address_is_concluded_from_what_its_sources_say(what: str) -> None:
    said, country, reason = ADDRESS[what]
    assert conclude(URL, Answer("ok", (ONE,)), [seen(ONE, *said)]) == Conclusion(country, reason)


@pytest.mark.parametrize(("first", "second"), list(product(ADDRESS, ADDRESS)))
def test_two_addresses_agree_or_a_person_decides(first: str, second: str) -> None:
    (said1, country1, reason1), (said2, country2, reason2) = ADDRESS[first], ADDRESS[second]
    concluded = conclude(URL, Answer("ok", (ONE, TWO)), [seen(ONE, *said1), seen(TWO, *said2)])
    worst = next((reason for reason in ORDER if reason in (reason1, reason2)), None)
    if worst:
        assert concluded == Conclusion(UNDETERMINED, worst)
    elif country1 != country2:
        assert concluded == Conclusion(UNDETERMINED, Reason.several_countries)
    else:
        assert concluded == Conclusion(country1, Reason.agreed)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (None, Reason.no_answer),
        (Answer("no_answer"), Reason.no_answer),
        (Answer("no_answer", (ONE,)), Reason.no_answer),
        (Answer("not_found"), Reason.name_not_found),
        (Answer("no_address"), Reason.no_address),
    ],
)
def test_a_name_without_a_full_answer_has_no_country(answer: Answer | None, reason: Reason) -> None:
    assert conclude(URL, answer, [seen(ONE, BE, BE)]) == Conclusion(UNDETERMINED, reason)


def test_onions_and_handles_stand_nowhere() -> None:
    assert conclude(Target("onion", "a.onion"), None, []) == Conclusion(UNDETERMINED, Reason.onion)
    assert conclude(Target("handle", "app"), None, []) == Conclusion(UNDETERMINED, Reason.no_network_place)


@pytest.mark.parametrize("kind", ["url", "handle", "onion"])
@pytest.mark.parametrize("what", ADDRESS)
def test_what_a_person_stated_stands_above_every_source(kind: str, what: str) -> None:
    target = Target(kind, "a.test", stated="FR")  # type: ignore[arg-type]
    found = [seen(ONE, *ADDRESS[what][0])]
    assert conclude(target, Answer("ok", (ONE,)), found) == Conclusion("FR", Reason.stated_by_person)


def test_an_address_nobody_looked_at_leaves_the_country_open() -> None:
    silent = Conclusion(UNDETERMINED, Reason.sources_silent)
    assert conclude(URL, Answer("ok", (ONE, TWO)), [seen(ONE, BE, BE)]) == silent
    assert conclude(URL, Answer("ok", ()), []) == silent


def test_a_public_address_of_which_no_source_speaks_is_silence_not_privacy() -> None:
    assert conclude(URL, Answer("ok", ("193.0.14.129",)), [Seen("193.0.14.129")]).reason is Reason.sources_silent


def test_a_third_source_that_contradicts_two_is_a_disagreement() -> None:
    three = Seen(ONE, {"registry": BE, "dbip": BE, "own": NL})
    assert conclude(URL, Answer("ok", (ONE,)), [three]).reason is Reason.sources_disagree


@pytest.mark.parametrize(
    "ip",
    [
        "10.0.0.1", "127.0.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "192.88.99.1",
        "192.0.0.8", "192.0.2.1", "198.51.100.1", "203.0.113.1", "::1", "fe80::1", "fd00::1", "ff02::1",
        "2001:db8::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::",
    ],
)  # fmt: skip
def test_addresses_that_nobody_outside_can_reach_are_not_public(ip: str) -> None:
    assert not is_public(ip)


@pytest.mark.parametrize("ip", ["193.0.14.129", "2001:7fd::1", "::ffff:193.0.14.129", "64:ff9b::c100:e81"])
def test_addresses_of_the_internet_are_public(ip: str) -> None:
    assert is_public(ip)
