"""A process that decodes may die, hang, lie or be taken over: it reaches nothing, and the next question is answered."""

import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from maillon.decoding.frames import Frame
from maillon.decoding.helpers import HelperFailed, Helpers
from maillon.decoding.pool import Decoders
from maillon.decoding.shapes import Reason, Undecodable
from tests.decoding.hostile import WAYS
from tests.decoding.pictures import encoded, pattern

PROGRAM = "tests.decoding.hostile"
IMAGE = encoded(pattern(64, 48), "PNG")


@pytest.fixture(scope="module")
def hostile() -> Iterator[Decoders]:
    with Decoders(size=1, program=PROGRAM) as pool:
        yield pool


@pytest.fixture(scope="module")
def helpers() -> Iterator[Helpers]:
    pool = Helpers(program=PROGRAM, size=1, asked_bytes=1 << 20, answer_bytes=1 << 20)
    yield pool
    pool.close()


def refusal(pool: Decoders, body: bytes) -> Reason:
    with pytest.raises(Undecodable) as refused:
        pool.read(body)
    return refused.value.reason


def ask(pool: Helpers, words: str) -> dict[str, object]:
    def header(frame: Frame) -> dict[str, object]:
        return frame.header

    return pool.ask({}, [words.encode()], seconds=30, take=header)


@pytest.mark.parametrize("way", WAYS)
def test_a_process_that_was_taken_over_reaches_nothing(helpers: Helpers, way: str) -> None:
    assert "refused by" in ask(helpers, way)


def test_it_knows_nothing_of_the_environment(helpers: Helpers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILLON_SECRET", "x")
    found = ask(helpers, "environment")["environment"]
    assert isinstance(found, dict)
    assert set(found) <= {"OPENBLAS_NUM_THREADS", "LC_CTYPE"}


def test_its_memory_is_bounded(hostile: Decoders) -> None:
    assert refusal(hostile, b"take all memory") is Reason.TOO_LARGE


@pytest.mark.parametrize("misdeed", [b"die", b"raise", b"lie", b"name no reason", b"send too much"])
def test_who_dies_or_lies_is_replaced_and_the_next_is_served(hostile: Decoders, misdeed: bytes) -> None:
    before = hostile.pids()
    assert refusal(hostile, misdeed) is Reason.DECODER_DIED
    assert hostile.read(IMAGE).width == 64
    assert hostile.pids() != before


def test_who_hangs_is_ended_and_the_next_is_served() -> None:
    with Decoders(size=1, program=PROGRAM, seconds=2.0) as pool:
        pool.read(IMAGE)
        (before,) = pool.pids()
        assert refusal(pool, b"hang") is Reason.TOO_LONG
        assert pool.read(IMAGE).width == 64
        assert not alive(before)


def test_who_is_killed_at_work_is_replaced_and_the_next_is_served(hostile: Decoders) -> None:
    hostile.read(IMAGE)
    (pid,) = hostile.pids()
    found: list[Reason] = []
    asking = threading.Thread(target=lambda: found.append(refusal(hostile, b"hang")))
    asking.start()
    while idle(pid):
        pass
    os.kill(pid, signal.SIGKILL)
    asking.join()
    assert found == [Reason.DECODER_DIED]
    assert hostile.read(IMAGE).width == 64


def test_who_is_killed_while_idle_costs_no_body_its_answer(hostile: Decoders) -> None:
    hostile.read(IMAGE)
    helper = os.pidfd_open(*hostile.pids())
    signal.pidfd_send_signal(helper, signal.SIGKILL)
    assert select.select([helper], [], [], 60)[0]
    os.close(helper)
    assert hostile.read(IMAGE).width == 64


def test_who_worked_long_enough_is_replaced_in_peace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("maillon.decoding.helpers.LIFE", 3)
    with Decoders(size=1) as pool:
        pids = [(pool.read(IMAGE).width, *pool.pids()) for _ in range(3)]
    assert pids[0] == pids[1] != pids[2]


def test_questions_of_many_threads_each_get_their_own_answer(hostile: Decoders) -> None:
    found: dict[int, int] = {}

    def read(width: int) -> None:
        found[width] = hostile.read(encoded(pattern(width, 40), "PNG")).width

    threads = [threading.Thread(target=read, args=(width,)) for width in range(40, 60)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {width: width for width in range(40, 60)}


def test_a_process_ends_with_who_was_killed() -> None:
    """Nobody tells it: there is nobody left who could."""
    words = (
        f"from maillon.decoding.pool import Decoders; p = Decoders(); p.read({IMAGE!r});"
        "print(*p.pids(), flush=True); input()"
    )
    pipe = subprocess.PIPE
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen([sys.executable, "-c", words], env=environ, stdin=pipe, stdout=pipe, text=True) as asker:
        assert asker.stdout is not None
        helper = os.pidfd_open(int(asker.stdout.readline()))
        asker.kill()
    assert select.select([helper], [], [], 60)[0]
    os.close(helper)


def test_a_process_ends_when_the_pool_does() -> None:
    pool = Decoders(size=2)
    pool.read(IMAGE)
    pids = pool.pids()
    pool.close()
    assert not any(alive(pid) for pid in pids)
    with pytest.raises(HelperFailed):
        pool.read(IMAGE)


def test_when_the_one_that_starts_them_is_killed_another_takes_its_place() -> None:
    with Decoders(size=1) as pool:
        pool.read(IMAGE)
        helper = os.pidfd_open(*pool.pids())
        os.kill(int(status(*pool.pids())["PPid"]), signal.SIGKILL)
        assert select.select([helper], [], [], 60)[0]  # none goes on without it
        os.close(helper)
        assert pool.read(IMAGE).width == 64


def test_processes_share_what_was_loaded_once() -> None:
    with Decoders(size=2) as pool:
        threads = [threading.Thread(target=pool.read, args=(IMAGE,)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len({status(pid)["PPid"] for pid in pool.pids()}) == 1
        assert all(status(pid)["Threads"] == "1" for pid in pool.pids())


def test_a_process_that_cannot_start_says_why() -> None:
    pool = Helpers(program="tests.decoding.unprepared", size=1, asked_bytes=0, answer_bytes=0)
    with pytest.raises(HelperFailed, match="this machine lacks it"):
        ask(pool, "anything")
    pool.close()


def status(pid: int) -> dict[str, str]:
    with open(f"/proc/{pid}/status") as file:
        return dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def idle(pid: int) -> bool:
    """Whether it waits for a question: a reading pipe, not the lock that a hanging one waits at."""
    with open(f"/proc/{pid}/wchan") as file:
        return "pipe" in file.read()
