"""The dispatchers' peer: claims due rows of a bare table, one a transaction, until there are none."""

import os
import sys
from pathlib import Path

from bench.home import Home

CLAIM = """
UPDATE bench_claim SET state = 'done'
WHERE id = (SELECT id FROM bench_claim WHERE state = 'due' ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
"""


def main() -> None:
    home = Home(Path(os.environ["MAILLON_HOME"]), os.environ)
    with home.program() as connection:
        print("ready", flush=True)
        sys.stdin.readline()
        while connection.execute(CLAIM).rowcount:
            pass
        print("done", flush=True)


if __name__ == "__main__":
    main()
