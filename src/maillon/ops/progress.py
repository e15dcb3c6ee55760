"""Progress of long work, on stderr: a bar on a terminal, a line every few seconds elsewhere."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

EVERY = 5.0  # seconds between two lines

Advance = Callable[[int], None]


@contextmanager
def progress(label: str, total: int | None = None) -> Iterator[Advance]:
    """Show how far the block has come; it calls what it is given with the number of things just done."""
    with bar(label, total) if sys.stderr.isatty() else lines(label, total) as advance:
        yield advance


@contextmanager
def bar(label: str, total: int | None) -> Iterator[Advance]:
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task(label, total=total)
        yield lambda count: shown.advance(task, count)


@contextmanager
def lines(label: str, total: int | None) -> Iterator[Advance]:
    done, said_at = 0, time.monotonic()
    goal = f" of {total:,}" if total is not None else ""

    def advance(count: int) -> None:
        nonlocal done, said_at
        done += count
        if time.monotonic() - said_at >= EVERY:
            said_at = time.monotonic()
            print(f"{label}: {done:,}{goal}", file=sys.stderr, flush=True)

    yield advance
