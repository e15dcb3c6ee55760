"""`python -m bench.search.reader FOLDER`: another process that looks hashes up, and says when one came or went.

It reads lines: `in` or `out`, a hash, and asks the index again and again until it matches, or matches no more. It
answers `asking` before the first look, and the time (time.monotonic) after the last.
"""

import sys
import time
from pathlib import Path

from maillon.matching.index import Index

PAUSE = 0.001


def main() -> None:
    index = Index.open(Path(sys.argv[1]))
    print("open", flush=True)
    for line in sys.stdin:
        wanted, text = line.split()
        print("asking", flush=True)
        while bool(index.match("pdq", text, radius=0)) != (wanted == "in"):
            time.sleep(PAUSE)
        print(time.monotonic(), flush=True)


if __name__ == "__main__":
    main()
