"""What people do on the pages, as acts that the runner's children can do."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from maillon.access.queries import find_actor
from maillon.hotline.analysis.claiming import claim_next, give_back_all
from maillon.hotline.analysis.filters import Wanted
from maillon.hotline.analysis.services import Stated, assess, override_urgency, undo_opinion
from maillon.hotline.intake.queries import report_items
from maillon.hotline.intake.services import NewReport, receive_reports
from maillon.items.addresses import find
from maillon.kernel.clock import SystemClock
from maillon.ops.installation import current, prepare
from maillon.outbox.acting import Actor, acting, system_actor
from maillon.outbox.deliveries import dispatch
from maillon.outbox.sql import one
from tests.crash import vaulting

NEWS = datetime.fromisoformat("2026-02-03T10:00:00+00:00")
MANAGER = Actor("hotline", "manager", "child-focus", frozenset({"manager"}))


def claim(person: str) -> None:
    assert claim_next(wanted=Wanted(), by=_who(person), at=SystemClock().now()) is not None


def decide(person: str, reference: str, code: str, severity: str) -> None:
    said = Stated(
        scheme="demo", version="1", code=code, severity=int(severity), flags=frozenset(), reason="looked at it"
    )
    who = _who(person)
    assess(
        item_id=_item(reference), report_id=None, stated=said, assessed_at=None, person=who, person_kind="hotline",
        by=who, at=SystemClock().now(),
    )  # fmt: skip


def undo(person: str, reference: str) -> None:
    """At most a second after the opinion, whenever that was, and never ahead of the machine's clock."""
    item, who = _item(reference), _who(person)
    with acting(who):
        found = one(
            "SELECT max(recorded_at) AS at FROM analysis_assessment WHERE item_id = %s AND person = %s", [item, person]
        )
    assert found is not None
    undo_opinion(item_id=item, by=who, at=min(SystemClock().now(), found["at"] + timedelta(seconds=1)))


def give_back(person: str) -> None:
    give_back_all(by=_who(person), at=SystemClock().now())


def danger(reference: str, url: str) -> None:
    """Another report of a place known already, which states that somebody is in danger."""
    report = NewReport(
        reference=reference, received_at=NEWS, channel="web", language="fr", text=url, remark="",
        locations=find(url).locations, stated=("danger_now",),
    )  # fmt: skip
    receive_reports(reports=[report], by=_who("operator"), at=SystemClock().now())


def override(reference: str) -> None:
    with acting(MANAGER):
        case = one("SELECT id FROM analysis_case WHERE item_id = %s ORDER BY round DESC LIMIT 1", [_item(reference)])
    assert case is not None
    override_urgency(case_id=case["id"], urgency=2, reason="a call", by=MANAGER, at=SystemClock().now())


def hand_over() -> None:
    """Everything that was recorded reaches its handlers; nothing is sent."""
    while dispatch(house="hotline", clock=SystemClock()).done:
        pass


ACTS: dict[str, Callable[..., None]] = {
    "claim": claim,
    "decide": decide,
    "undo": undo,
    "give-back": give_back,
    "danger": danger,
    "override": override,
    "hand-over": hand_over,
    "vault-keys": vaulting.vault_keys,
    "vault-keep": vaulting.vault_keep,
    "vault-purge": vaulting.vault_purge,
    "vault-sweep": vaulting.vault_sweep,
}


def act(words: Sequence[str]) -> int:
    """Do one of them."""
    prepare(current())
    ACTS[words[0]](*words[1:])
    return 0


def _who(name: str) -> Actor:
    return find_actor(house="hotline", name=name)


def _item(reference: str) -> UUID:
    with acting(system_actor("hotline", "reader")):
        found = report_items(reference=reference)
    assert found is not None
    return found[1][0]
