"""`maillon match`: files, archives and lists of hashes, matched with what the banks know."""

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from functools import partial
from pathlib import Path

import click

from maillon.kernel.clock import SystemClock
from maillon.kernel.errors import BadInput
from maillon.ops.declaring import open_to_operator
from maillon.ops.matching import telling
from maillon.ops.matching.asking import Asking, Engine
from maillon.ops.matching.lists import STDIN
from maillon.ops.matching.output import Asked, Output, Resumable, Unwritable
from maillon.ops.matching.running import Run
from maillon.ops.matching.summary import Ran
from maillon.ops.matching.summary import write as summarise
from maillon.ops.progress import progress
from maillon.settings import load

NOT_READ = 3
PROCESSORS = len(os.sched_getaffinity(0))


Opened = AbstractContextManager[tuple[Engine, Mapping[str, int]]]


@contextmanager
def local(folder: Path, threads: int, _: str | None) -> Iterator[tuple[Engine, Mapping[str, int]]]:
    """The index on this machine, and how many hashes of each type it holds."""
    from maillon.matching.index import Index  # it loads the kernels, of which --help needs none

    index = Index.open(folder, threads=threads)
    yield index, index.stats().types


@contextmanager
def ray(folder: Path, threads: int, address: str | None) -> Iterator[tuple[Engine, Mapping[str, int]]]:
    """The same index, over the Ray cluster whose head is at this address."""
    from maillon.ops.matching.cluster.engine import asking

    with asking(folder, address, threads=threads, say=partial(click.echo, err=True)) as engine:
        yield engine, engine.types


ENGINES: Mapping[str, Callable[[Path, int, str | None], Opened]] = {"local": local, "ray": ray}
FORMS: Mapping[str, telling.Form] = {"jsonl": telling.as_json, "table": telling.as_table}
file = click.Path(dir_okay=False, path_type=Path)


@click.command
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", type=click.Path(exists=True, allow_dash=True))
@click.option("--hashes/--files", "listed", default=None, help="Take every PATH for a list of hashes, or none for one.")
@click.option("--radius", type=click.IntRange(0, 64), help="How many bits a match may differ by; 31 unless told.")
@click.option("--format", "form", type=click.Choice(list(FORMS)), help="JSON Lines, or a table, as on a terminal.")
@click.option("--only-matches", is_flag=True, help="Leave out what was read and matches nothing.")
@click.option("--output", "to", type=file, help="Write to this file, readable by you alone.")
@click.option("--resume", is_flag=True, help="Go on with the --output of a run that was cut off.")
@click.option("--summary", type=file, help="Write a page with the figures to this file.")
@click.option("--threads", type=click.IntRange(1, 256), default=PROCESSORS, help="One for each processor unless told.")
@click.option("--engine", type=click.Choice(list(ENGINES)), default="local", show_default=True, help="What answers.")
@click.option(
    "--ray-address", envvar="RAY_ADDRESS", metavar="HOST:PORT", help="The head of the cluster of --engine ray."
)
@open_to_operator("it reads what whoever runs it may read, and the index of this machine; it shows no bank's hashes")
def command(
    paths: tuple[str, ...], listed: bool | None, radius: int | None, form: str | None, only_matches: bool,
    to: Path | None, resume: bool, summary: Path | None, threads: int, engine: str,
    ray_address: str | None,
) -> int:  # fmt: skip
    """Match each PATH: a file, a folder and all below it, an archive (zip, tar), a list of hashes, - for one on stdin.

    One line for each file or hash, with its matches. The exit code is 0 whatever was found, and 3 where something
    could not be read.
    """
    folder = load(os.environ).matching
    on_screen = to is None and sys.stdout.isatty()
    form = form or ("table" if on_screen else "jsonl")
    asked = {
        "paths": [path if path == STDIN else os.path.abspath(path) for path in paths], "--hashes": listed,
        "--radius": radius, "--format": form, "--only-matches": only_matches, "index": str(folder),
    }  # fmt: skip
    with (
        ENGINES[engine](folder, threads, ray_address) as (answering, held),
        closing(opened(to, asked, resume=resume)) as output,
        nullcontext() if on_screen else progress("read") as shown,
    ):
        if form == "table" and not output.begun:
            output.write([telling.heading()])
        asking = Asking(answering, radius=radius, threads=threads)
        run = Run(
            asking=asking, output=output, form=FORMS[form], threads=threads, only_matches=only_matches, listed=listed,
            advance=shown or (lambda _: None),
        )  # fmt: skip
        try:
            run.match(paths)
        except BrokenPipeError:  # whoever read has seen enough
            let_go()
            return 0
        except Unwritable:
            let_go()
            raise
        except KeyboardInterrupt:
            if to:
                click.echo(f"Cut off; the same with --resume goes on where {to} ends.", err=True)
            raise
    click.echo(output.tally.sentence(), err=True)
    if summary:
        summarise(summary, Ran(tally=output.tally, paths=paths, radius=radius, held=held, at=SystemClock().now()))
    return NOT_READ if output.tally.refused else 0


def let_go() -> None:
    """What is left to be written to standard output goes nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def opened(to: Path | None, asked: Asked, *, resume: bool) -> Output:
    """Where the lines go. Raises BadInput."""
    if to is not None:
        if resume and STDIN in asked["paths"]:
            raise BadInput("What came on standard input cannot be gone on with; save it as a file first.")
        return Resumable(to, asked, resume=resume)
    if resume:
        raise BadInput("--resume goes on with a file; name it with --output.")
    return Output(sys.stdout.buffer)
