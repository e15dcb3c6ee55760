"""What a fetch, a clock and an operator do with the vault, as acts that the runner's children can do."""

from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from maillon.evidence.checking import check_vault, sweep
from maillon.evidence.opening import demo_recipients, open_vault
from maillon.evidence.purging import purge
from maillon.evidence.recipients import recipients
from maillon.evidence.services import keep
from maillon.evidence.vault import Thing
from maillon.items.captures import forget
from maillon.kernel.clock import FixedClock, SystemClock
from maillon.ops.installation import current
from maillon.outbox.acting import Actor, acting, system_actor

OPERATOR = Actor("hotline", "operator", "child-focus", frozenset({"operator"}))
FETCHER, CLOCK = system_actor("hotline", "fetcher"), system_actor("hotline", "clock")
KEPT = datetime.fromisoformat("2026-02-03T10:00:00+00:00")
EXPIRED = FixedClock(KEPT + timedelta(days=400))


def vault_keys() -> None:
    demo_recipients(settings=current(), by=OPERATOR, at=SystemClock().now())


def vault_keep(item: str) -> None:
    """What one fetch of `item` keeps: two objects."""
    things = [Thing(UUID(item), "image", word * 100) for word in (b"one ", b"two ")]
    sealed = open_vault(current()).seal_all("hotline", things, recipients("hotline"))
    with acting(FETCHER):
        keep(sealed=sealed, by=FETCHER, at=KEPT)


def vault_purge() -> None:
    purge(vault=open_vault(current()), forget=forget, by=CLOCK, clock=EXPIRED)


def vault_sweep() -> None:
    """Two hours later what nobody wrote down is gone, and everything else is as it was put there."""
    later = FixedClock(SystemClock().now() + timedelta(hours=2))
    sweep(vault=open_vault(current()), houses=("hotline",), clock=later)
    found = check_vault(vault=open_vault(current()), by=OPERATOR)
    assert (found.missing, found.changed) == ((), ())


def files(vault: Path) -> list[Path]:
    return [path for path in vault.rglob("*") if path.is_file()]
