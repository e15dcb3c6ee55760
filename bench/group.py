"""Measure one group in this process, whose environment names its installation; prints a line of JSON per figure."""

import json
import os
import sys
from dataclasses import asdict
from importlib import import_module
from pathlib import Path

from bench.home import Home


def main() -> None:
    group, size, folder = sys.argv[1:]
    home = Home(Path(folder), dict(os.environ))
    for measured in import_module(f"bench.{group}").measure(home, size):
        print(json.dumps(asdict(measured)), flush=True)


if __name__ == "__main__":
    main()
