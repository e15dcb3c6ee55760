"""What a partner refuses reaches a person within a term, who sends it to the police or closes it; neither is lost."""

from uuid import UUID

import pytest

from maillon.hotline.referral.overview import running_referrals
from maillon.hotline.referral.services import escalate_late, settle_refused
from maillon.kernel.errors import BadInput, ForbiddenStep, NotAllowed, NotFound
from maillon.outbox.acting import acting, system_actor
from maillon.outbox.sql import Row
from tests.factories.chain import a_case, a_referral, assessed, events, located_elsewhere, referrals_of, says
from tests.factories.people import a_manager, a_senior, an_analyst
from tests.factories.telling import refusal
from tests.factories.world import World

WHY = "The page is not in our country."


def sent_abroad(world: World) -> tuple[UUID, Row]:
    """An item hosted where a hotline is, sent there; and that referral."""
    item = a_case(world, in_state="settled", text="http://nl.test/a")
    world.drain()
    return item, abroad(item)


def abroad(item: UUID) -> Row:
    return next(row for row in referrals_of(item) if row["partner"].startswith("inhope") and not row["recalls"])


def police(item: UUID) -> list[tuple[str, str]]:
    """The item's referrals to the federal police: why, and how far they are."""
    found = [row for row in referrals_of(item) if row["partner"] == "federal-police"]
    return [(row["purpose"], row["state"]) for row in found]


def resolve(row: Row, how: str, world: World) -> None:
    settle_refused(referral_id=row["id"], how=how, reason="nobody else can act", by=a_manager(), at=world.now)


def test_a_refusal_reaches_a_person_with_the_partners_reason_and_a_term(world: World) -> None:
    item, row = sent_abroad(world)
    refusal(world, row, reason=WHY)
    refused = abroad(item)
    assert refused["state"] == "refused"
    assert refused["due_at"] > world.now
    [event] = events("referral_refused")
    assert (event["body"]["refusal"], event["body"]["partner"]) == (WHY, "inhope-nl")
    with acting(system_actor("hotline", "reader")):
        assert running_referrals(at=world.now)["refused"].total == 1


def test_a_refusal_nobody_answers_is_late_and_escalated(world: World) -> None:
    _item, row = sent_abroad(world)
    refusal(world, row)
    world.wait(days=4)
    assert escalate_late(by=system_actor("hotline", "clock"), at=world.now) > 0
    told = [e["body"] for e in events("referral_late") if e["body"]["referral"] == str(row["id"])]
    assert [(body["state"], body["to"]) for body in told][-1] == ("refused", "manager")


def test_the_same_refusal_counts_once_and_one_after_an_acknowledgement_not_at_all(world: World) -> None:
    _item, row = sent_abroad(world)
    refusal(world, row)
    refusal(world, row)
    assert len(events("referral_refused")) == 1
    done = a_referral(world, in_state="acknowledged")
    [acknowledged] = [r for r in referrals_of(done) if r["partner"] == "federal-police"]
    refusal(world, acknowledged)
    assert referrals_of(done)[0]["state"] == "acknowledged"


def test_nobody_refuses_what_went_to_another(world: World) -> None:
    item, row = sent_abroad(world)
    refusal(world, row, sender="inhope-fr")
    assert abroad(item)["state"] == "sent"


def test_a_refused_referral_goes_to_the_federal_police_instead_and_stays_there(world: World) -> None:
    item, row = sent_abroad(world)
    refusal(world, row)
    resolve(row, "police", world)
    world.drain()
    assert abroad(item)["state"] == "resolved"
    assert ("action", "sent") in police(item)
    located_elsewhere(world, item, "NL")  # what the rules wanted before is wanted again: the person's word stands
    world.drain()
    assert ("action", "sent") in police(item)
    assert len(referrals_of(item)) == len({r["id"] for r in referrals_of(item)}) == len(police(item)) + 1


def test_one_that_is_closed_goes_to_nobody_and_asks_nobody_any_more(world: World) -> None:
    item, row = sent_abroad(world)
    refusal(world, row)
    before = police(item)
    resolve(row, "closed", world)
    world.drain()
    closed = abroad(item)
    assert (closed["state"], closed["due_at"], closed["reason"]) == ("resolved", None, "nobody else can act")
    assert police(item) == before


@pytest.mark.parametrize("how", ["", "police", "closed"])
def test_what_was_refused_is_called_back_all_the_same(world: World, how: str) -> None:
    item, row = sent_abroad(world)
    refusal(world, row)
    if how:
        resolve(row, how, world)
        world.drain()
    assessed(world, item, says("N"))
    assessed(world, item, says("N"), an_analyst(2))
    world.drain()
    called_back = {r["partner"] for r in referrals_of(item) if r["recalls"] and r["state"] in ("queued", "sent")}
    assert called_back == {"inhope-nl", "federal-police"}
    assert abroad(item)["state"] == "recalled"


def test_what_holds_no_longer_when_it_would_be_sent_instead_is_not(world: World) -> None:
    item, row = sent_abroad(world)
    refusal(world, row)
    resolve(row, "police", world)
    assessed(world, item, says("N"))
    assessed(world, item, says("N"), an_analyst(2))
    world.drain()
    assert ("action", "sent") not in police(item)


def test_what_the_police_refused_is_not_sent_to_it_again(world: World) -> None:
    item = a_referral(world, in_state="sent")
    [row] = [r for r in referrals_of(item) if r["partner"] == "federal-police"]
    refusal(world, row)
    with pytest.raises(ForbiddenStep, match="was sent this item"):
        resolve(row, "police", world)
    resolve(row, "closed", world)


def test_only_what_was_refused_is_settled_by_who_may_and_for_a_reason(world: World) -> None:
    _item, row = sent_abroad(world)
    with pytest.raises(ForbiddenStep):
        resolve(row, "closed", world)
    refusal(world, row)
    id, at = row["id"], world.now
    with pytest.raises(NotAllowed):
        settle_refused(referral_id=id, how="closed", reason="so", by=an_analyst(), at=at)
    with pytest.raises(BadInput, match="reason"):
        settle_refused(referral_id=id, how="closed", reason=" ", by=a_senior(), at=at)
    with pytest.raises(BadInput, match="choose from"):
        settle_refused(referral_id=id, how="again", reason="so", by=a_senior(), at=at)
    with pytest.raises(NotFound):
        settle_refused(referral_id=UUID(int=1), how="closed", reason="so", by=a_senior(), at=at)
    assert events("referral_resolved") == []
