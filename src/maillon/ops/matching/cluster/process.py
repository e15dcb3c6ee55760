"""The process that asks the cluster. It ends with the one that began it, and knows no name of what is matched."""

import os
import signal
from multiprocessing import parent_process
from multiprocessing.connection import Connection, wait
from pathlib import Path
from threading import Thread

from maillon.kernel.errors import MaillonError
from maillon.matching.index import Index
from maillon.ops.matching.cluster.connecting import FILES, connected
from maillon.ops.matching.cluster.engine import Begun


def main(asker: Connection, folder: Path, address: str, threads: int) -> None:
    """Answer (type, hashes, radius) with what is found, or why it is not; sentences for the user go before."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever asks is told, and ends this
    os.environ |= {name: os.path.abspath(os.environ[name]) for name in FILES if os.environ.get(name)}
    os.chdir("/")
    Thread(target=_end_with_parent, daemon=True).start()
    said = os.dup(2)
    for stream in (1, 2):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream)  # Ray prints what it likes; the output is not its own
    try:
        index = Index.open(folder, threads=threads)
        begun = Begun(index.banks, index.stats().types)
        with connected(address) as nodes:
            from maillon.ops.matching.cluster.sharded import sharded  # with Ray, once its settings are made

            index = sharded(index, nodes, asker.send)
            asker.send(begun)
            while True:
                type, hashes, radius = asker.recv()
                asker.send(index.search(type, hashes, radius=radius, threads=threads))
    except MaillonError as refusal:
        asker.send(refusal)
    except (EOFError, BrokenPipeError):
        pass  # nobody asks any more
    except BaseException:
        os.dup2(said, 2)
        raise


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
