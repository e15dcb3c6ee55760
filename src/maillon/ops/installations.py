"""The installation's own row: whether this is the demo world."""

from collections.abc import Sequence

from maillon.kernel.errors import BadInput
from maillon.outbox.acting import acting, system_actor
from maillon.outbox.sql import one, run


def is_demo() -> bool:
    """Whether this installation holds the demo world, where lists are printed openly."""
    found = one("SELECT demo FROM outbox_installation WHERE id = 1")
    return bool(found and found["demo"])


def become_demo(*, empty: bool) -> None:
    """Mark the installation as the demo world, for good. Raises BadInput where it holds anything already."""
    if not empty and not is_demo():
        raise BadInput("This installation holds reports already; the demo needs one of its own (set MAILLON_HOME).")
    run("UPDATE outbox_installation SET demo = true WHERE id = 1")


def finish_demo() -> None:
    """Note that the demo world is whole, so that a second `maillon demo` has nothing to do."""
    run("UPDATE outbox_installation SET demo_whole = true WHERE id = 1")


def is_finished_demo() -> bool:
    """Whether the demo world was brought in to its end."""
    found = one("SELECT demo_whole FROM outbox_installation WHERE id = 1")
    return bool(found and found["demo_whole"])


WAITING = {
    "drafts wait out their grace": "SELECT count(*) AS n FROM referral_referral WHERE state = 'drafted'",
    "lookups are asked again later": "SELECT count(*) AS n FROM observation_lookup WHERE state <> 'done'",
    "messages are tried again later": "SELECT count(*) AS n FROM partners_message WHERE state IN ('queued', 'sending')",
    "messages are stuck and need a person": "SELECT count(*) AS n FROM partners_message WHERE state = 'stuck'",
    "handovers are tried again later": "SELECT count(*) AS n FROM outbox_delivery WHERE state = 'due'",
    "handovers are stuck and need a person": "SELECT count(*) AS n FROM outbox_delivery WHERE state = 'stuck'",
    "referrals need a person to state a country": (
        "SELECT count(*) AS n FROM referral_referral WHERE state = 'undecided'"
    ),
}


def waiting(houses: Sequence[str]) -> dict[str, int]:
    """What is not due now but not finished either, over all `houses`; only what there is."""
    counts: dict[str, int] = {}
    for house in houses:
        with acting(system_actor(house, "clerk")):
            for kind, statement in WAITING.items():
                found = one(statement)
                counts[kind] = counts.get(kind, 0) + (found["n"] if found else 0)
    return {kind: count for kind, count in counts.items() if count}
