"""Work in bulk: files of reports and of the opinions on them, and the processes that do it."""

import random
from pathlib import Path

from maillon.demo.sites import SITES, Kind

HEAD = "reference,received_at,channel,language,url,remark\n"
OPINIONS_HEAD = "reference,user,scheme,version,code,severity,flags,reason,assessed_at\n"
HOSTS = [site.host for site in SITES if site.kind in (Kind.PLAIN, Kind.LITERAL, Kind.SOURCES_DISAGREE)]


def reports(path: Path, name: str, count: int, chance: random.Random) -> list[str]:
    """Write a file of `count` reports of few places, so that most are spoken of again; their references."""
    lines = []
    for n in range(count):
        url = f"https://{chance.choice(HOSTS)}/{chance.randrange(40)}"
        lines.append(f"{name}-{n},2026-02-02T10:00,web,fr,{url},\n")
    path.write_text(HEAD + "".join(lines))
    return [f"{name}-{n}" for n in range(count)]


def opinions(path: Path, references: list[str], chance: random.Random, user: str = "analyst-a") -> None:
    """Write a file with one analyst's opinion on each reference."""
    lines = []
    for reference in references:
        code = chance.choice("AABN")
        severity = "" if code == "N" else str(chance.randrange(2, 6))
        lines.append(f"{reference},{user},demo,1,{code},{severity},,,\n")
    path.write_text(OPINIONS_HEAD + "".join(lines))
