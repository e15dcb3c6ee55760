"""Floods: who is over the pace waits; nobody else does, and nobody is refused."""

import hashlib
import random
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maillon.web.reporter.pace import NOW, Pace, turn
from maillon.web.reporter.shaping import HARDEST, SENDING, Load, Shaper
from maillon.web.reporter.sources import Sources
from maillon.web.reporter.tickets import LIFE, Ticket, read, worked, written

unhurried = settings(deadline=None)

PACE = Pace(interval=10, burst=5, busy_burst=2, held=6)
FLOODER, QUIET, OTHER = b"\xc0\x00\x02\x01", b"\xc6\x33\x64\x07", b"\xcb\x00\x71\x09"
START = 1_000_000.0


def drawing(seed: int = 1) -> Callable[[int], bytes]:
    return random.Random(seed).randbytes


def a_shaper(pace: Pace = PACE) -> Shaper:
    return Shaper(pace, drawing())


def ask(
    shaper: Shaper,
    network: bytes,
    now: float,
    subject: str = "form",
    ticket: str = "",
    work: str = "",
    busy: bool = False,
) -> tuple[Ticket, str] | None:
    return shaper.ask(network=network, subject=subject, ticket=ticket, work=work, now=now, busy=busy)


def flood(shaper: Shaper, now: float, count: int = 100) -> list[tuple[Ticket, str]]:
    """So many requests of one source at one moment; what those that must wait are given."""
    answers = [ask(shaper, FLOODER, now, subject=f"flood {n}") for n in range(count)]
    return [answer for answer in answers if answer is not None]


def work_for(ticket: str, bits: int) -> str:
    """What a browser would find."""
    return next(str(n) for n in range(1 << (bits + 8)) if worked(ticket, str(n), bits))


def test_a_source_has_its_burst_at_once_and_then_its_pace() -> None:
    shaper = a_shaper()
    assert [ask(shaper, QUIET, START) for _ in range(PACE.burst)] == [None] * PACE.burst
    waited = ask(shaper, QUIET, START)
    assert waited is not None
    assert waited[0].ready == START + PACE.interval
    assert ask(shaper, QUIET, START + 100 * PACE.interval) is None


def test_while_the_site_is_busy_the_burst_is_smaller_and_a_first_report_still_passes() -> None:
    shaper = a_shaper()
    assert [ask(shaper, QUIET, START, busy=True) is None for _ in range(3)] == [True, True, False]
    assert ask(shaper, OTHER, START, busy=True) is None


@unhurried
@given(
    pauses=st.lists(st.floats(min_value=0, max_value=3600), min_size=1, max_size=30),
    busy=st.booleans(),
    crowd=st.integers(min_value=1, max_value=4),
)
def test_a_source_that_keeps_its_pace_never_waits_whatever_others_send(
    pauses: list[float], busy: bool, crowd: int
) -> None:
    """The flooders send a hundred times their pace; the quiet one goes on at exactly its own."""
    shaper, now = a_shaper(), START
    for pause in pauses:
        for flooder in range(crowd):
            for n in range(100):
                ask(shaper, bytes([10, 0, 0, flooder]), now + n * PACE.interval / 100, subject=str(n), busy=busy)
        now += max(pause, PACE.interval)
        assert ask(shaper, QUIET, now, busy=busy) is None


@unhurried
@given(count=st.integers(min_value=1, max_value=300), gap=st.floats(min_value=0, max_value=5))
def test_a_flood_passes_no_faster_than_its_pace(count: int, gap: float) -> None:
    shaper = a_shaper()
    passed = sum(ask(shaper, FLOODER, START + n * gap, subject=str(n)) is None for n in range(count))
    assert passed <= PACE.burst + count * gap / PACE.interval + 1


@unhurried
@given(due=st.floats(min_value=0, max_value=1e6), now=st.floats(min_value=0, max_value=1e6), busy=st.booleans())
def test_every_turn_comes_within_the_places_that_are_kept(due: float, now: float, busy: bool) -> None:
    place, after = turn(PACE, due=due, now=now, busy=busy)
    assert 0 <= place.wait <= PACE.held * PACE.interval
    assert after >= due
    assert (place == NOW) == (place.wait == 0)


def test_every_place_is_given_once_and_far_places_are_not_kept() -> None:
    waiting = [ticket for ticket, _text in flood(a_shaper(), START)]
    held = [ticket.ready for ticket in waiting if ticket.held]
    assert held == [START + n * PACE.interval for n in range(1, PACE.held + 1)]
    assert {ticket.ready for ticket in waiting if not ticket.held} == {START + PACE.held * PACE.interval}


def test_who_waited_passes_once_whatever_was_sent_meanwhile() -> None:
    shaper = a_shaper()
    ticket, text = flood(shaper, START)[0]
    flood(shaper, ticket.ready)
    subject = f"flood {PACE.burst}"
    assert ask(shaper, FLOODER, ticket.ready, subject, text) is None
    assert ask(shaper, FLOODER, ticket.ready, subject, text) is not None


def test_a_ticket_may_be_used_from_another_network() -> None:
    """A telephone that leaves the house keeps its place."""
    shaper = a_shaper()
    ticket, text = flood(shaper, START)[0]
    assert ask(shaper, FLOODER[:2] + b"xx", ticket.ready, f"flood {PACE.burst}", text) is None


@unhurried
@given(early=st.floats(min_value=0.01, max_value=PACE.interval))
def test_who_comes_early_keeps_the_place_and_gains_nothing(early: float) -> None:
    shaper = a_shaper()
    ticket, text = flood(shaper, START)[0]
    subject = f"flood {PACE.burst}"
    assert ask(shaper, FLOODER, ticket.ready - early, subject, text) == (ticket, text)
    assert ask(shaper, FLOODER, ticket.ready, subject, text) is None


def test_a_ticket_is_no_good_for_another_form() -> None:
    shaper = a_shaper()
    (ticket, text), *_ = flood(shaper, START)
    moved = ask(shaper, FLOODER, ticket.ready, "another form", text)
    assert moved is not None
    assert moved[0].id != ticket.id
    assert read(text, "another form") is None


@unhurried
@given(place=st.integers(min_value=0, max_value=3), text=st.text(max_size=12))
def test_a_ticket_that_was_changed_is_none(place: int, text: str) -> None:
    parts = written(Ticket("0a", 5, 16, True), "form").split(".")
    forged = ".".join([*parts[:place], text, *parts[place + 1 :]])
    assert read(forged, "form") is None or text == parts[place]


@unhurried
@given(st.text())
def test_no_text_is_a_ticket_by_chance(text: str) -> None:
    assert read(text, "form") is None


def test_a_ticket_that_was_not_used_is_forgotten() -> None:
    shaper = a_shaper()
    ticket, text = flood(shaper, START)[0]
    late = ticket.ready + LIFE
    flood(shaper, late)
    assert ask(shaper, FLOODER, late, f"flood {PACE.burst}", text) is not None


def test_work_replaces_waiting_once_and_for_its_own_form() -> None:
    shaper = a_shaper()
    (ticket, text), *_ = flood(shaper, START)
    subject, work = f"flood {PACE.burst}", work_for(text, ticket.bits)
    assert ask(shaper, FLOODER, START, "another form", text, work) is not None
    assert ask(shaper, FLOODER, START, subject, text, "not the work") == (ticket, text)
    assert ask(shaper, FLOODER, START, subject, text, work) is None
    assert ask(shaper, FLOODER, START, subject, text, work) is not None


def test_the_further_over_the_pace_the_harder_the_work() -> None:
    bits = [ticket.bits for ticket, _text in flood(a_shaper(SENDING), START, 300)]
    assert bits == sorted(bits)
    assert bits[0] < bits[-1] <= HARDEST


@unhurried
@given(work=st.text(max_size=20), bits=st.integers(min_value=1, max_value=20))
def test_work_is_what_its_definition_says(work: str, bits: int) -> None:
    digest = hashlib.sha256(f"ticket:{work}".encode()).digest()
    zeros = 256 - int.from_bytes(digest, "big").bit_length()
    assert worked("ticket", work, bits) == (bool(work) and zeros >= bits)


@pytest.mark.parametrize("hours", [0, 1])
def test_a_source_is_known_over_a_change_of_keys(hours: int) -> None:
    sources = Sources(drawing())
    sources.note(QUIET, START, START + 9000)
    assert sources.due(QUIET, START + 3600 * hours + 3599) == START + 9000


def test_a_source_is_forgotten_after_two_changes_of_keys() -> None:
    sources = Sources(drawing())
    sources.note(QUIET, START, START + 9_000_000)
    sources.due(OTHER, START + 3600)
    assert sources.due(QUIET, START + 7200) == START + 7200
    assert len(sources) == 0


def test_long_silence_forgets_everything() -> None:
    sources = Sources(drawing())
    sources.note(QUIET, START, START + 9_000_000)
    sources.due(OTHER, START + 7200)
    assert len(sources) == 0


def test_nothing_that_is_remembered_tells_the_address() -> None:
    sources = Sources(drawing())
    for source in (QUIET, OTHER):
        sources.note(source, START, START + 10)
    kept = repr(vars(sources)).encode("unicode_escape")
    assert all(source not in kept and repr(source).encode() not in kept for source in (QUIET, OTHER))
    assert hashlib.sha256(QUIET).digest()[:16] not in sources._due


@unhurried
@given(st.lists(st.integers(min_value=0, max_value=500), max_size=400))
def test_memory_is_bounded_and_who_is_over_the_pace_is_forgotten_last(who: list[int]) -> None:
    sources = Sources(drawing(), most=50)
    sources.note(FLOODER, START, START + 1e6)
    for n, one in enumerate(who):
        sources.note(one.to_bytes(4, "big"), START + n, START + n)
        assert len(sources) <= 50
    assert sources.due(FLOODER, START + 500) == START + 1e6


def test_memory_is_bounded_even_where_everybody_is_over_the_pace() -> None:
    sources = Sources(drawing(), most=50)
    for n in range(500):
        sources.note(n.to_bytes(4, "big"), START, START + 1e6)
        assert len(sources) <= 50


def test_the_site_is_busy_only_while_many_are_being_stored() -> None:
    load = Load(most=2)
    with load.one_more():
        assert not load.busy
        with load.one_more():
            assert load.busy
    assert not load.busy
