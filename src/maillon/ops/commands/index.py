"""`maillon index`: the hashes that files are matched with."""

import json
import os
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from maillon.kernel.errors import BadInput
from maillon.ops.declaring import open_to_operator
from maillon.ops.matching import lists
from maillon.ops.matching.lists import STDIN, Bad
from maillon.ops.matching.telling import printable
from maillon.ops.progress import Advance, progress
from maillon.settings import load

if TYPE_CHECKING:
    from maillon.matching.index import Index, Stats
    from maillon.ops.matching.entries import Gathered

LEFT_OUT = 3
LARGEST = (1 << 63) - 1
WHY = "it works on the folder of this machine's hashes; what was added and withdrawn stands in its journal"
PROCESSORS = len(os.sched_getaffinity(0))
FILES = click.Path(exists=True, dir_okay=False, allow_dash=True)
in_bank = click.option("--bank", required=True, metavar="NAME", help="The bank that knows them.")
of_type = click.option("--type", "kind", default="", metavar="TYPE", help="pdq, vpdq, md5, sha1 or sha256.")
skip_bad = click.option("--skip-bad", is_flag=True, help="Leave bad lines out, instead of doing nothing.")
threads = click.option(
    "--threads", type=click.IntRange(1, 256), default=PROCESSORS, help="One for each processor unless told."
)


@click.group(name="index")
def command() -> None:
    """Keep the hashes that files are matched with: what banks know, and the index of it."""


@command.command
@click.argument("files", nargs=-1, metavar="[FILE]...", type=FILES)
@in_bank
@of_type
@skip_bad
@open_to_operator(WHY)
def add(files: tuple[str, ...], bank: str, kind: str, skip_bad: bool) -> int:
    """Add the hashes of each FILE, or of standard input, to a bank.

    A line is hash[,entry[,quality]], or has the columns that a first line names: type, hash, entry, quality. A hash
    without an entry keeps the one that it has, or gets the next number of the bank. Where a line is bad, nothing is
    added.
    """
    from maillon.matching.changing import add as add_hashes
    from maillon.ops.matching.entries import first_free, numbered

    folder = load(os.environ).matching
    given = gathered(files or (STDIN,), kind, skip_bad)
    index = opened(folder)
    first = first_free(given, bank, index)
    for name, rows in given.rows.items():
        entries, first = numbered(rows, type=name, bank=bank, index=index, first=first)
        hashes = bytes(rows.hashes)
        add_hashes(folder, type=name, bank=bank, hashes=hashes, entries=entries, qualities=rows.qualities)
    counts = ", ".join(f"{len(rows):,} {name}" for name, rows in given.rows.items())
    click.echo(f"Added to {printable(bank)}: {counts or 'nothing'}.{left_out(given)}")
    return LEFT_OUT if given.bad else 0


@command.command
@click.argument("files", nargs=-1, metavar="[FILE]...", type=FILES)
@in_bank
@of_type
@click.option("--entry", "entries", type=click.IntRange(0, LARGEST), multiple=True, help="An entry; repeatable.")
@click.option("--hash", "hashes", metavar="HASH", multiple=True, help="A hash; repeatable.")
@skip_bad
@open_to_operator(WHY)
def withdraw(
    files: tuple[str, ...], bank: str, kind: str, entries: tuple[int, ...], hashes: tuple[str, ...], skip_bad: bool
) -> int:
    """Withdraw entries, or the hashes given here or in each FILE, from a bank: they match no more from now on.

    A line is hash[,entry[,quality]], as for add. The next build forgets what was withdrawn. The exit code is 3 where
    none of it stood in the bank.
    """
    from maillon.matching.changing import withdraw as withdraw_hashes
    from maillon.matching.index import Index
    from maillon.ops.matching.entries import halves

    if not (files or entries or hashes):
        raise BadInput("Say what is to be withdrawn: --entry, --hash, or a FILE of hashes.")
    folder = load(os.environ).matching
    index = Index.open(folder)
    if bank not in index.banks:
        raise BadInput(f"There is no bank {printable(bank)}; there are {', '.join(index.banks)}.")
    given = gathered(files, kind, skip_bad, every_type=True, further=hashes)
    gone = withdraw_hashes(folder, bank=bank, entries=entries, type=kind or None, index=index) if entries else 0
    for name, rows in given.rows.items():
        for found, known in halves(rows, name):
            gone += withdraw_hashes(folder, bank=bank, type=name, hashes=found, entries=known, index=index)
    click.echo(f"Withdrawn from {printable(bank)}: {gone:,}.{left_out(given)}")
    return LEFT_OUT if given.bad or not gone else 0


@command.command
@threads
@open_to_operator(WHY)
def build(threads: int) -> None:
    """Make the index anew, and forget what was withdrawn. Readers and writers go on meanwhile."""
    from maillon.matching.building import build as make
    from maillon.matching.near import warm

    with Stages() as stages:
        warm()  # so that no query has to wait for it
        built = make(load(os.environ).matching, progress=stages, threads=threads)
    click.echo(f"Built: {built.hashes:,} hashes, {size(built.bytes)}; {built.forgotten:,} forgotten.")


@command.command
@threads
@open_to_operator(WHY)
def verify(threads: int) -> None:
    """Read everything and check it: every sum, and that index and journal hold the same."""
    from maillon.matching.building import verify as check

    with Stages() as stages:
        stats = check(load(os.environ).matching, progress=stages, threads=threads)
    click.echo(f"Everything is as it was written: {sum(stats.types.values()):,} hashes.")


@command.command
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@open_to_operator(WHY)
def stats(form: str) -> None:
    """Say what the index holds, by type and by bank."""
    from maillon.matching.index import Index

    found = Index.open(load(os.environ).matching).stats()
    click.echo(json.dumps(found._asdict(), ensure_ascii=False, indent=2) if form == "json" else table(found))


def gathered(
    files: Iterable[str], kind: str, skip_bad: bool, *, every_type: bool = False, further: Iterable[str] = ()
) -> "Gathered":
    """All lines of these lists. Each bad one is told; raises BadInput where there is one that is not to be skipped."""
    from maillon.matching.hashes import type_named
    from maillon.ops.matching.entries import Gathered

    if kind:
        type_named(kind)
    found = Gathered(every_type)
    for name in files:
        found.take(name, lists.read(name, lists.added, type=kind))
    found.take("--hash", lists.parsed(enumerate(further, start=1), lists.added, type=kind))
    for name, bad in found.bad:
        click.echo(f"{printable(name)} line {bad.number}: {printable(bad.why)}", err=True)
    if found.bad and not skip_bad:
        raise BadInput(f"{plural(found.bad)}; nothing was done. Mend them, or leave them out with --skip-bad.")
    return found


def left_out(given: "Gathered") -> str:
    return f" {plural(given.bad)} left out." if given.bad else ""


def plural(bad: list[tuple[str, Bad]]) -> str:
    return f"{len(bad):,} bad line{'' if len(bad) == 1 else 's'}"


def opened(folder: Path) -> "Index | None":
    """None where nothing was ever added."""
    from maillon.matching.errors import NoIndex
    from maillon.matching.index import Index

    try:
        return Index.open(folder)
    except NoIndex:
        return None


class Stages:
    """Shows the progress of work that has several stages, one after the other."""

    def __init__(self) -> None:
        self._shown = ExitStack()
        self._what, self._done = "", 0
        self._advance: Advance = lambda _: None

    def __enter__(self) -> "Stages":
        return self

    def __exit__(self, *_: object) -> None:
        self._shown.close()

    def __call__(self, what: str, done: int, of: int) -> None:
        if what != self._what:
            self._shown.close()
            self._what, self._done = what, 0
            self._advance = self._shown.enter_context(progress(what, of))
        self._advance(done - self._done)
        self._done = done


def table(found: "Stats") -> str:
    """The figures for a reader."""
    rows = [("type", "hashes"), *found.types.items(), ("", ""), ("bank", "hashes"), *found.banks.items(), ("", "")]
    rows += [("in the built file", found.base), ("added since", found.tail), ("withdrawn since", found.withdrawn)]
    lines = [f"{printable(str(name)):<24}{_text(count):>16}".rstrip() for name, count in rows]
    return "\n".join([*lines, f"{'size of the file':<24}{size(found.bytes):>16}"])


def _text(cell: object) -> str:
    return f"{cell:,}" if isinstance(cell, int) else str(cell)


def size(count: int) -> str:
    """Bytes for a reader."""
    return f"{count / 1e6:,.1f} MB" if count < 1e9 else f"{count / 1e9:,.2f} GB"
