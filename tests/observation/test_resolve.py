"""What `observation.resolve` promises, against a real name server on loopback."""

import asyncio
import socket
from collections.abc import Iterator

import pytest

from maillon.observation.resolve import ATTEMPTS, Answer, Endpoint, OnionName, resolve, resolve_many
from tests.observation.dnsserver import Behaviour, serving

BOTH = ("192.0.2.1", "2001:db8::1")


@pytest.fixture
def behaviour() -> Behaviour:
    return Behaviour()


@pytest.fixture
def server(behaviour: Behaviour) -> Iterator[Endpoint]:
    with serving(behaviour) as endpoint:
        yield endpoint


def ask(server: Endpoint, name: str) -> Answer:
    return resolve([name], resolver=server, timeout=0.5)[name]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("plain.test", Answer("ok", BOTH)),
        ("PLAIN.test.", Answer("ok", BOTH)),
        ("several.test", Answer("ok", ("192.0.2.1", "198.51.100.1"))),
        ("six.test", Answer("ok", ("2001:db8::6",))),
        ("empty.test", Answer("no_address")),
        ("missing.test", Answer("not_found")),
        ("failing.test", Answer("no_answer")),
        ("silent.test", Answer("no_answer")),
        ("alias.test", Answer("ok", BOTH, ("middle.test", "plain.test"))),
        ("dangling.test", Answer("not_found", (), ("missing.test",))),
        ("loop.test", Answer("no_address", (), ("pool.test", "loop.test"))),
        ("big.test", Answer("ok", tuple(f"192.0.2.{n}" for n in range(1, 101)))),
        ("flaky.test", Answer("ok", ("192.0.2.1",))),
        ("lost.test", Answer("ok", ("192.0.2.1",))),
        ("garbage.test", Answer("ok", ("192.0.2.1",))),
        ("halfway.test", Answer("no_answer", ("192.0.2.1",))),
    ],
)
def test_a_name_is_answered_as_the_server_says(server: Endpoint, name: str, expected: Answer) -> None:
    assert ask(server, name) == expected


@pytest.mark.parametrize("name", ["alias.test", "dangling.test", "loop.test"])
def test_aliases_come_out_the_same_where_the_resolver_follows_them(server: Endpoint, name: str) -> None:
    with serving(Behaviour(whole=True)) as following:
        assert ask(following, name) == ask(server, name)


@pytest.mark.parametrize("name", ["forged.test", "question.test"])
def test_an_answer_with_another_id_or_question_is_not_believed(server: Endpoint, name: str) -> None:
    assert ask(server, name) == Answer("ok", ("192.0.2.1",))


@pytest.mark.parametrize("name", ["silent.test", "failing.test"])
def test_a_question_is_put_a_bounded_number_of_times(server: Endpoint, behaviour: Behaviour, name: str) -> None:
    ask(server, name)
    assert behaviour.asked == {(name + ".", "A"): ATTEMPTS, (name + ".", "AAAA"): ATTEMPTS}


def test_more_names_than_fit_at_once_are_all_answered_once(server: Endpoint, behaviour: Behaviour) -> None:
    names = [f"n{n}.test" for n in range(300)] + ["plain.test", "plain.test"]
    answers = resolve(names, resolver=server)
    assert answers.keys() == set(names)
    assert answers.pop("plain.test").addresses == BOTH
    assert set(answers.values()) == {Answer("not_found")}
    assert sum(behaviour.asked.values()) == 2 * 301


def test_one_slow_name_does_not_hold_up_the_rest_of_its_batch(server: Endpoint) -> None:
    answers = resolve(["silent.test", "plain.test"], resolver=server, timeout=0.2)
    assert answers == {"silent.test": Answer("no_answer"), "plain.test": Answer("ok", BOTH)}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("192.0.2.7", Answer("ok", ("192.0.2.7",))),
        ("[2001:DB8::7]", Answer("ok", ("2001:db8::7",))),
        ("app.localhost", Answer("ok", ("127.0.0.1", "::1"))),
        ("a" * 64 + ".test", Answer("not_found")),
        ("a..test", Answer("not_found")),
        ("münchen.test", Answer("not_found")),
        ("", Answer("not_found")),
    ],
)
def test_what_needs_no_server_is_never_asked(
    server: Endpoint, behaviour: Behaviour, name: str, expected: Answer
) -> None:
    assert ask(server, name) == expected
    assert not behaviour.asked


@pytest.mark.parametrize("name", ["abc.onion", "ABC.Onion.", "www.abc.onion"])
def test_an_onion_name_never_reaches_dns(server: Endpoint, behaviour: Behaviour, name: str) -> None:
    with pytest.raises(OnionName):
        resolve(["plain.test", name], resolver=server)
    assert not behaviour.asked


def test_a_resolver_that_is_not_there_is_no_answer() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        nobody = taken.getsockname()
    answers = resolve([f"n{n}.test" for n in range(600)], resolver=nobody)
    assert set(answers.values()) == {Answer("no_answer")}


def test_every_question_carries_an_id_of_its_own_from_the_entropy_given(server: Endpoint) -> None:
    drawn: list[bytes] = []

    def entropy(count: int) -> bytes:
        drawn.append(len(drawn).to_bytes(count, "big"))
        return drawn[-1]

    asyncio.run(resolve_many(["plain.test", "six.test"], resolver=server, entropy=entropy))
    assert len(drawn) == 4
