"""What stands behind a rule that a decision rested on: its basis and source, found by its reference."""

import re
from typing import NamedTuple

from maillon.rules.table import BadTable, load

REFERENCE = re.compile(r"(?P<table>[a-z_]+)/(?P<index>\d+)@(?P<digest>[0-9a-f]+)")


class Ruling(NamedTuple):
    """`basis` is "read", "assumed", or "" where the row says something else today or the table is none of ours."""

    ref: str
    name: str
    basis: str
    source: str


def ruling(ref: str) -> Ruling:
    """The rule behind a reference such as `route/3@1f2e3d4c5b6a`."""
    found = REFERENCE.fullmatch(ref)
    if found is None:
        return Ruling(ref, ref, "", "")
    name = f"{found['table']}/{found['index']}"
    try:
        row = load(found["table"]).rows[int(found["index"]) - 1]
    except (BadTable, IndexError):
        return Ruling(ref, name, "", "")
    same = row.digest.startswith(found["digest"])
    return Ruling(ref, name, row.basis if same else "", row.source if same else "")
