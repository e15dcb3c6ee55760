"""`maillon`, with an index of which a part holds little. What it spawns reads this file too."""

import sys

from maillon.ops.matching.cluster import planning

planning.LARGEST = 120_000

if __name__ == "__main__":
    from maillon.ops.cli import main

    sys.exit(main(sys.argv[1:]))
