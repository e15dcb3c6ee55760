"""Messages leave in order per partner and item; what is down delays only its own, and at last reaches a person."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from maillon.hotline.referral.services import queue_due
from maillon.kernel.errors import NotAllowed
from maillon.outbox.acting import acting, system_actor
from maillon.outbox.sql import Row
from maillon.partners.channels import Channel, ChannelFailed, Partner
from maillon.partners.envelope import Envelope
from maillon.partners.services import CLAIM, PAUSES, retry_stuck, send_due
from maillon.partners.stuck import stuck
from tests.factories.chain import a_case, assessed, events, read, says
from tests.factories.people import an_analyst, an_operator
from tests.factories.world import World

CLOCK = system_actor("hotline", "clock")


class Line:
    """A destination of the tests' own that can be down for some partners, and keeps what it was sent."""

    def __init__(self) -> None:
        self.sent: list[Envelope] = []
        self.down: set[str] = set()

    def reaches(self, partner: Partner) -> bool:
        return True

    def send(self, envelope: Envelope, partner: Partner, at: datetime) -> str:
        if partner.id in self.down:
            raise ChannelFailed(f"{partner.id} does not answer.")
        self.sent.append(envelope)
        return "taken"

    def numbers(self, partner: str) -> list[int]:
        return [envelope.number for envelope in self.sent if envelope.recipient == partner]


@pytest.fixture
def line() -> Line:
    return Line()


@pytest.fixture
def lines(line: Line) -> Mapping[str, Channel]:
    return {"local": line, "file": line}


def queued(world: World, *texts: str) -> list[UUID]:
    """Items settled as illegal, their referrals queued and nothing sent."""
    items = [a_case(world, in_state="waiting", text=text) for text in texts]
    for item in items:
        assessed(world, item, says("A"))
    world.hand_over()
    queue_due(by=CLOCK, at=world.now, skip_grace=True)
    return items


def go(world: World, lines: Mapping[str, Channel]) -> int:
    return send_due(house="hotline", channels=lines, clock=world.clock)


def messages() -> list[Row]:
    return read(
        "SELECT id, partner, state, attempts, due_at, error, item_id, number FROM partners_message ORDER BY number"
    )


def test_a_partner_that_is_down_delays_only_its_own(world: World, line: Line, lines: Mapping[str, Channel]) -> None:
    queued(world, "http://nl.test/1", "http://nl.test/2")
    line.down = {"inhope-nl"}
    assert go(world, lines) == 4
    assert {(row["partner"], row["state"]) for row in messages()} == {
        ("federal-police", "sent"), ("inhope-nl", "queued"),
    }  # fmt: skip
    assert [row["error"] for row in messages() if row["error"]] == ["inhope-nl does not answer."] * 2
    line.down = set()
    assert go(world, lines) == 0
    world.clock.at += PAUSES[0]
    assert go(world, lines) == 2
    assert line.numbers("inhope-nl") == line.numbers("federal-police") == [1, 2]


def test_of_one_item_to_one_partner_the_later_waits_for_the_earlier(
    world: World, line: Line, lines: Mapping[str, Channel]
) -> None:
    item, other = queued(world, "http://be.test/1", "http://be.test/2")
    line.down = {"federal-police"}
    go(world, lines)
    line.down = set()
    assessed(world, item, says("A", severity=5))
    world.hand_over()
    queue_due(by=CLOCK, at=world.now, skip_grace=True)
    first, second, *later = [row["item_id"] for row in messages()]
    assert ({first, second}, later) == ({item, other}, [item, item])
    begins = 1 if first == item else 2
    assert go(world, lines) == 0
    world.clock.at += PAUSES[0]
    while go(world, lines):
        pass
    assert [e.number for e in line.sent if e.body["item"]["ref"] == str(item)] == [begins, 3, 4]
    assert [e.kind for e in line.sent if e.body["item"]["ref"] == str(item)] == ["referral", "callback", "referral"]


def test_a_refusal_is_retried_after_growing_pauses_and_then_a_person_must_look(
    world: World, line: Line, lines: Mapping[str, Channel]
) -> None:
    queued(world, "http://be.test/1")
    line.down = {"federal-police"}
    for attempt, pause in enumerate(PAUSES, start=1):
        assert go(world, lines) == 1
        [row] = messages()
        assert (row["state"], row["attempts"], row["due_at"]) == ("queued", attempt, world.now + pause)
        world.clock.at += pause - timedelta(microseconds=1)
        assert go(world, lines) == 0
        world.clock.at += timedelta(microseconds=1)
    assert go(world, lines) == 1
    assert [row["state"] for row in messages()] == ["stuck"]
    world.wait(days=365)
    assert go(world, lines) == 0
    assert [row["body"]["error"] for row in events("message_stuck")] == ["federal-police does not answer."]
    with acting(CLOCK):
        assert stuck().messages == 1


def test_what_is_stuck_is_sent_once_a_person_says_so(world: World, line: Line, lines: Mapping[str, Channel]) -> None:
    queued(world, "http://be.test/1")
    line.down = {"federal-police"}
    for pause in (*PAUSES, timedelta()):
        go(world, lines)
        world.clock.at += pause
    line.down = set()
    with pytest.raises(NotAllowed):
        retry_stuck(reason="mended", by=an_analyst(), at=world.now)
    assert retry_stuck(reason="mended", by=an_operator(), at=world.now) == (1, 0)
    assert [event["body"] for event in events("retried")] == [{"messages": 1, "deliveries": 0, "reason": "mended"}]
    assert go(world, lines) == 1
    assert line.numbers("federal-police") == [1]
    assert [row["state"] for row in messages()] == ["sent"]


def test_a_claim_whose_worker_died_is_taken_again_and_not_before(
    world: World, line: Line, lines: Mapping[str, Channel]
) -> None:
    class Died(BaseException):
        """Not an error a channel may raise: the worker is gone."""

    class Deadly(Line):
        def send(self, envelope: Envelope, partner: Partner, at: datetime) -> str:
            raise Died

    queued(world, "http://be.test/1")
    with pytest.raises(Died):
        go(world, {"local": Deadly()})
    assert [row["state"] for row in messages()] == ["sending"]
    world.clock.at += CLAIM
    assert go(world, lines) == 0
    world.clock.at += timedelta(microseconds=1)
    assert go(world, lines) == 1
    assert line.numbers("federal-police") == [1]


def test_a_channel_that_is_gone_is_a_failure_like_another(world: World) -> None:
    queued(world, "http://be.test/1")
    assert go(world, {}) == 1
    assert [row["error"] for row in messages()] == ["There is no channel local."]


def test_numbers_have_no_gaps_per_partner(world: World, lines: Mapping[str, Channel]) -> None:
    queued(world, *(f"http://nl.test/{n}" for n in range(3)))
    numbers = [row["number"] for row in read("SELECT number FROM partners_message WHERE partner = 'inhope-nl'")]
    assert sorted(numbers) == [1, 2, 3]
