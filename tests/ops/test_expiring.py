"""Once a day the vault is rid of what is past its term and of what nobody wrote down."""

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from maillon.evidence.vault import Vault
from maillon.kernel.clock import FixedClock, SystemClock
from maillon.observation.fetches import request_fetch
from maillon.ops.expiring import Sweeping, purge_daily
from tests.factories.chain import read, reported
from tests.factories.people import an_analyst
from tests.factories.vaults import AVault, a_vault
from tests.factories.world import World

TERM = timedelta(days=366)


def never() -> Vault:
    raise AssertionError("the vault is opened")


def objects() -> int:
    return int(read("SELECT count(*) AS n FROM evidence_object WHERE purge_id IS NULL")[0]["n"])


def test_what_is_past_its_term_is_purged_once_a_day(world: World, tmp_path: Path) -> None:
    kept = a_vault(tmp_path / "vault", world.now)
    assert purge_daily("hotline", vault=never, clock=world.clock) == 0
    kept.keep(uuid4(), [b"a", b"b"], world.now)
    assert purge_daily("hotline", vault=never, clock=world.clock) == 0
    world.clock.at += TERM
    assert purge_daily("hotline", vault=lambda: kept.vault, clock=world.clock) == 2
    assert objects() == 0
    kept.keep(uuid4(), [b"c"], world.now - TERM)
    assert purge_daily("hotline", vault=never, clock=world.clock) == 0
    world.clock.at += timedelta(days=1)
    assert purge_daily("hotline", vault=lambda: kept.vault, clock=world.clock) == 1


def test_what_nobody_wrote_down_is_swept_once_a_day_where_something_was_ever_fetched(
    world: World, tmp_path: Path
) -> None:
    kept, clock = a_vault(tmp_path / "vault", world.now), FixedClock(SystemClock().now() + timedelta(hours=2))
    kept.seal(uuid4(), b"never written down")
    sweeping = Sweeping(("hotline",))
    assert sweeping.sweep_daily("hotline", vault=never, clock=clock) == 0
    request_fetch(item_id=reported(world), purpose="assess", by=an_analyst(), at=world.now)
    assert sweeping.sweep_daily("hotline", vault=never, clock=clock) == 0
    assert swept(kept, Sweeping(("hotline",)), clock) == 1
    clock.at += timedelta(days=1)
    kept.seal(uuid4(), b"neither was this")
    clock.at += timedelta(days=1)
    assert swept(kept, sweeping, clock) == 1
    assert swept(kept, sweeping, clock) == 0
    assert list(kept.store.list()) == []


def swept(kept: AVault, sweeping: Sweeping, clock: FixedClock) -> int:
    return sweeping.sweep_daily("hotline", vault=lambda: kept.vault, clock=clock)
