"""The process that runs commands in forked children, and what is asked of it; see `runner.py`."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.crash.installation import ACCOUNTS, Installation

ROOT = Path(__file__).parents[2]
TRAINED = ("--from", "2017-05-13", "--until", "2099-01-01")


@dataclass
class Runner:
    """One such process. `said` is what the last command printed."""

    process: subprocess.Popen[str]
    said: str = field(default="", init=False)

    def run(self, words: Sequence[str], kill_at: tuple[str, int] | None = None) -> tuple[int, list[str]]:
        """The exit code (a negative signal number where it was killed) and the crash points passed."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        print(json.dumps({"words": list(words), "kill_at": kill_at}), file=self.process.stdin, flush=True)
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        self.said = answer["said"]
        return answer["code"], answer["points"]

    def finish(self, words: Sequence[str]) -> list[str]:
        """Run a command that must succeed; the crash points passed."""
        code, points = self.run(words)
        assert code == 0, (words, self.said)
        return points


@dataclass(frozen=True)
class World:
    """An installation and the runner of its commands."""

    here: Installation
    runner: Runner


@contextmanager
def runner_in(here: Installation) -> Iterator[Runner]:
    """A runner of the installation's commands, and its accounts."""
    words = (sys.executable, str(Path(__file__).with_name("runner.py")))
    environ = {**here.environ, "PYTHONPATH": os.pathsep.join((here.environ["PYTHONPATH"], str(ROOT)))}
    process = subprocess.Popen(words, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        runner = Runner(process)
        for name, house, organisation, role in ACCOUNTS:
            runner.finish(("user", "add", name, "--house", house, "--organisation", organisation, "--role", role))
            if "analyst" in role:
                runner.finish(("user", "train", name, "--course", "first-analysis", *TRAINED))
        yield runner
    finally:
        process.communicate()
