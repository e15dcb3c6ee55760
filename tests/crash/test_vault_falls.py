"""Killed between any two steps of keeping or purging evidence, the vault and the books agree once it is run again."""

import signal
from collections import Counter
from uuid import uuid4

from tests.crash.runner_client import World
from tests.crash.vaulting import files

OBJECTS, TOMBSTONES = "SELECT count(*) FROM evidence_object", "SELECT count(*) FROM evidence_tombstone"
WRAPS, ENDED = "SELECT count(*) FROM evidence_wrap", "SELECT counts->'purged'->'objects' FROM evidence_purge"


def count(world: World, statement: str) -> int:
    [[found]] = world.here.query(statement)
    return int(found)


def killed(world: World, words: tuple[str, ...], point: str, n: int) -> None:
    code, points = world.runner.run(words, kill_at=(point, n))
    assert (code, points.count(point)) == (-signal.SIGKILL, n), (point, world.runner.said)


def passages(points: list[str]) -> list[tuple[str, int]]:
    """The last passage of each point."""
    return list(Counter(points).items())


def test_a_fetch_killed_at_any_point_leaves_no_half_object(world: World) -> None:
    vault = world.here.home / "vault"
    world.runner.finish(("act", "vault-keys"))
    points = world.runner.finish(("act", "vault-keep", str(uuid4())))
    assert {"vault: drafted", "vault: renamed", "vault: stored", "keep: begun", "keep: written"} <= set(points)
    for n, (point, passage) in enumerate(passages(points), start=1):
        words = ("act", "vault-keep", str(uuid4()))
        killed(world, words, point, passage)
        assert count(world, OBJECTS) == 2 * n, point
        world.runner.finish(words)
        world.runner.finish(("act", "vault-sweep"))
        assert (count(world, OBJECTS), count(world, WRAPS)) == (2 * n + 2, 6 * n + 6), point
        assert len(files(vault)) == 2 * n + 2, point


def test_a_purge_killed_at_any_point_goes_on_where_it_was(world: World) -> None:
    vault = world.here.home / "vault"
    world.runner.finish(("act", "vault-keys"))
    world.runner.finish(("act", "vault-keep", str(uuid4())))
    points = world.runner.finish(("act", "vault-purge"))
    assert {"purge: begun", "purge: taken", "purge: bytes deleted", "purge: buried", "purge: ended"} <= set(points)
    for n, (point, passage) in enumerate(passages(points), start=2):
        world.runner.finish(("act", "vault-keep", str(uuid4())))
        killed(world, ("act", "vault-purge"), point, passage)
        world.runner.finish(("act", "vault-purge"))
        world.runner.finish(("act", "vault-sweep"))
        assert files(vault) == [], point
        assert (count(world, OBJECTS), count(world, WRAPS), count(world, TOMBSTONES)) == (0, 0, 2 * n), point
        assert world.here.query(ENDED + " WHERE ended_at IS NOT NULL") == [(2,)] * n, point
        assert count(world, "SELECT count(*) FROM outbox_event WHERE kind = 'evidence_purged'") == n, point
