"""Killed between any two steps of import, assess, handover and send, the work is whole once it is run again.

All passages of all points: CRASH_ALL=1. Otherwise each point once, at a passage drawn by chance.
"""

import os
import random
import signal
from collections import Counter
from dataclasses import dataclass, field

import pytest

from tests.crash.audit import wrong
from tests.crash.installation import Installation
from tests.crash.runner_client import Runner, World
from tests.crash.scenario import CLAIMED, CLAIMS_OVER, CSV, DRAIN, STEPS, Step
from tests.crash.snapshot import Snapshot, difference

ALL = bool(os.environ.get("CRASH_ALL"))
SEED = 1
pytestmark = pytest.mark.timeout(0 if ALL else 300)


@dataclass
class Undisturbed:
    """The scenario run to its end once: the state before each step is kept, the state after it noted."""

    here: Installation
    runner: Runner
    points: dict[str, list[str]] = field(default_factory=dict)
    after: dict[str, Snapshot] = field(default_factory=dict)

    def run(self) -> None:
        for name, content in CSV.items():
            (self.here.home / f"{name}.csv").write_text(content)
        for step in STEPS:
            self.here.keep_as(kept(step))
            self.points[step.name] = self.runner.finish(step.words(self.here))
            self.after[step.name] = Snapshot(self.here)

    def sample(self) -> dict[str, list[tuple[str, int]]]:
        """Which passages of each step are tried: the point's name, and which of its passages, counted from 1."""
        chance, by_name = random.Random(SEED), dict[str, list[tuple[str, str, int]]]()
        for step, points in self.points.items():
            for name, times in Counter(points).items():
                by_name.setdefault(name, []).extend((step, name, n) for n in range(1, times + 1))
        chosen = [p for _, found in sorted(by_name.items()) for p in (found if ALL else [chance.choice(found)])]
        return {step.name: [(name, n) for where, name, n in chosen if where == step.name] for step in STEPS}


def kept(step: Step) -> str:
    return f"before {step.name}"


@pytest.fixture(scope="module")
def undisturbed(founded: World) -> Undisturbed:
    founded.here.go_back_to("new")
    found = Undisturbed(founded.here, founded.runner)
    found.run()
    return found


def test_the_scenario_does_what_it_is_for(undisturbed: Undisturbed) -> None:
    undisturbed.here.go_back_to(kept(STEPS[-1]))
    assert wrong(undisturbed.here, drained=True) == []
    channels = undisturbed.here.query(
        "SELECT channel, kind, count(*) FROM partners_message GROUP BY 1, 2 ORDER BY 1, 2"
    )
    assert {(channel, kind) for channel, kind, _ in channels} == {
        ("file", "callback"), ("file", "referral"),
        ("local", "acknowledgement"), ("local", "callback"), ("local", "referral"),
    }  # fmt: skip


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_killed_at_any_point_and_run_again_it_ends_as_if_undisturbed(undisturbed: Undisturbed, step: Step) -> None:
    here, runner = undisturbed.here, undisturbed.runner
    for name, n in undisturbed.sample()[step.name]:
        here.go_back_to(kept(step))
        words, where = step.words(here), f"{step.name}, passage {n} of {name}"
        code, points = runner.run(words, kill_at=(name, n))
        assert (code, points.count(name)) == (-signal.SIGKILL, n), where
        assert wrong(here, drained=False) == [], where
        runner.finish(words)
        if here.query(CLAIMED) != [(0,)]:
            runner.finish(CLAIMS_OVER)
        assert difference(undisturbed.after[step.name], Snapshot(here)) == "", where
        assert wrong(here, drained="drain" in step.name) == [], where


def test_what_is_drained_and_drained_again_stays_as_it_is(undisturbed: Undisturbed) -> None:
    here = undisturbed.here
    here.go_back_to(kept(STEPS[-1]))
    events = here.query("SELECT house, id, uid FROM outbox_event ORDER BY 1, 2")
    before = Snapshot(here)
    undisturbed.runner.finish(DRAIN)
    assert here.query("SELECT house, id, uid FROM outbox_event ORDER BY 1, 2") == events
    assert difference(before, Snapshot(here)) == ""
