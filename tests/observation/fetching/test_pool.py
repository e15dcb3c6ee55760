"""The pool: workers that die, hang or lie are replaced, and hold nothing that is not theirs."""

import contextlib
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from maillon.decoding.frames import Frame, send
from maillon.decoding.helpers import Helper
from maillon.decoding.starting import Started
from maillon.observation.fetching.egress import Limits
from maillon.observation.fetching.fetched import Fetched
from maillon.observation.fetching.pool import Fetchers, fetched_by
from tests.observation.fetching.conftest import LIMITS, Net


def test_a_worker_that_is_killed_is_replaced_and_its_fetch_says_so(net: Net) -> None:
    limits = replace(LIMITS, patience=30, seconds=30)
    with (
        Fetchers(egress=net.egress, limits=limits, size=1, resolver=net.resolver) as fetchers,
        ThreadPoolExecutor(1) as threads,
    ):
        net.server.asked.clear()
        asked = threading.Event()
        net.server.behaviours["/waits"] = lambda line, _: asked.set() or (line.recv(1) and None)
        running = threads.submit(fetchers.fetch, "http://a.test/waits")
        assert asked.wait(30)
        (pid,) = fetchers.pids()
        os.kill(pid, signal.SIGKILL)
        page = running.result(30).page
        assert (page.outcome, page.reason) == ("failed", "worker_died")
        assert fetchers.fetch("http://a.test/text").page.outcome == "ok"
        assert fetchers.pids() != [pid]


def test_a_worker_that_hangs_is_ended_and_the_page_it_had_is_kept(net: Net) -> None:
    limits = replace(LIMITS, seconds=0.5)
    with Fetchers(egress=net.egress, limits=limits, size=1, resolver=net.resolver) as fetchers:
        fetched = fetchers.fetch("http://a.test/deep")  # the parser needs minutes for it
        assert (fetched.page.outcome, fetched.cut) == ("ok", "too_long")
        assert fetched.page.body == b"<div>" * 100_000
        assert fetchers.fetch("http://a.test/text").cut == ""


def test_a_page_that_takes_all_memory_ends_its_worker_alone(net: Net) -> None:
    assert net.fetch("/text").page.outcome == "ok"
    usual = _addresses(net.fetchers.pids()[0])
    limits = Limits(memory=usual + (24 << 20), page_bytes=120 << 20, total_bytes=400 << 20)
    with Fetchers(egress=net.egress, limits=limits, size=1, resolver=net.resolver) as fetchers:
        assert fetchers.fetch("http://a.test/endless").page.reason == "out_of_memory"
        assert fetchers.fetch("http://a.test/text").page.outcome == "ok"


def _addresses(pid: int) -> int:
    """The address space of a process, in bytes."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")


def test_several_threads_are_served_at_once_by_as_many_workers(net: Net) -> None:
    with ThreadPoolExecutor(6) as threads:
        fetched = list(threads.map(lambda _: net.fetchers.fetch("http://a.test/text"), range(12)))
    assert {one.page.outcome for one in fetched} == {"ok"}
    assert len(net.fetchers.pids()) <= net.fetchers.size == 2


def test_workers_end_with_the_process_that_started_them_and_both_are_started_again(net: Net) -> None:
    with Fetchers(egress=net.egress, limits=LIMITS, size=1, resolver=net.resolver) as fetchers:
        assert fetchers.fetch("http://a.test/text").page.outcome == "ok"
        (pid,) = fetchers.pids()
        parent = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
        with _watched(pid):
            os.kill(parent, signal.SIGKILL)
        assert fetchers.fetch("http://a.test/text").page.outcome == "ok"
        assert fetchers.pids() != [pid]


@contextlib.contextmanager
def _watched(pid: int) -> Iterator[None]:
    """The block must end the process."""
    handle = os.pidfd_open(pid)
    yield
    poll = select.poll()
    poll.register(handle)
    assert poll.poll(30_000)
    os.close(handle)


def test_closing_ends_every_process(net: Net) -> None:
    fetchers = Fetchers(egress=net.egress, limits=LIMITS, size=1, resolver=net.resolver)
    assert fetchers.fetch("http://a.test/text").page.outcome == "ok"
    (pid,) = fetchers.pids()
    with _watched(pid):
        fetchers.close()


LIES: dict[str, bytes | Frame] = {
    "no frame": b"\xff\xff\xff\xff and so on",
    "no json": b"\0\0\0\5abcde",
    "another shape": Frame({"hello": 1}),
    "a part that is none": Frame({"part": [1, 2, 3], "hops": [], "within": None}, (b"",)),
    "a kind that is none": Frame({"part": ["sound", "u", "", 200, ""], "hops": [], "within": None}, (b"", b"")),
    "a reason that is none": Frame({"part": ["page", "u", "why", 200, ""], "hops": [], "within": None}, (b"", b"")),
    "a status that is none": Frame({"part": ["page", "u", "", 2, ""], "hops": [], "within": None}, (b"", b"")),
    "a body beyond the end": Frame({"part": ["page", "u", "", 200, ""], "hops": [], "within": [5, 9]}, (b"abc", b"")),
    "a body before the start": Frame(
        {"part": ["page", "u", "", 200, ""], "hops": [], "within": [-5, 3]}, (b"abc", b"")
    ),
    "a hop that is none": Frame({"part": ["page", "u", "", 200, ""], "hops": [[1] * 7], "within": None}, (b"", b"")),
    "a text without end": Frame({"summary": {"needs_scripts": False, "text": "a" * 60_000, "named": 0}}),
    "no page": Frame({"summary": {"needs_scripts": False, "text": "", "named": 0}}),
    "an end that is none": Frame({"ended": "why"}),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_worker_that_says_what_it_should_not_is_not_believed(lie: str) -> None:
    said = LIES[lie]

    def speak(answers: int) -> None:
        if isinstance(said, bytes):
            os.write(answers, said)
        else:
            send(answers, said)

    assert _heard(speak).page.reason == "worker_garbled"


def test_a_worker_that_never_stops_talking_is_not_believed() -> None:
    part = Frame({"part": ["page", "u", "", 200, ""], "hops": [], "within": None}, (b"warc", b"body"))
    fetched = _heard(lambda answers: [send(answers, part) for _ in range(10)] and None)
    assert fetched.cut == "worker_garbled"
    assert len(fetched.media) < 10


def _heard(speak: Callable[[int], None]) -> Fetched:
    """What the parent makes of a worker that says this."""
    orders_out, orders = os.pipe()
    answers, answers_in = os.pipe()
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        worker = Helper(Started(process.pid, os.pidfd_open(process.pid), orders, answers))
        send(answers_in, Frame({"ready": process.pid}))
        speak(answers_in)
        fetched = fetched_by(worker, "http://a.test/", "", replace(LIMITS, media=3))
        assert worker.spoilt
        worker.end()
    for descriptor in (orders_out, answers_in):
        os.close(descriptor)
    return fetched


def test_a_worker_can_open_no_file_program_process_database_or_other_socket(net: Net, tmp_path: Path) -> None:
    key = tmp_path / "keys" / "secret"
    key.parent.mkdir()
    key.write_text("a key")
    with socket.socket(socket.AF_UNIX) as database, socket.create_server(("127.0.0.1", 0)) as other:
        database.bind(str(tmp_path / ".s.PGSQL.5432"))
        database.listen()
        asked = {
            "read": [str(key), "/etc/passwd", "/proc/1/environ", f"/proc/{os.getpid()}/environ", str(Path(__file__))],
            "write": [str(tmp_path / "new"), str(key)],
            "connect": [str(tmp_path / ".s.PGSQL.5432")],
            "tcp": [["127.0.0.1", other.getsockname()[1]]],
        }
        probed = net.fetchers.probe(asked)
    if not net.fetchers.landlock():
        pytest.skip("this kernel has no Landlock, and the pool says so")
    assert probed.pop("environment") in ("", "LC_CTYPE")
    assert set(probed.values()) == {"PermissionError"}
    assert len(probed) == 8 + 9
    assert net.fetch("/text").page.outcome == "ok"
