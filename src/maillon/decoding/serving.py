"""The helper's side: what a process that may die does from its first moment to its last."""

import ctypes
import gc
import os
import resource
import signal
import socket
from collections.abc import Callable, Iterable

from maillon.decoding.frames import Ended, Frame, Garbage, receive, send

CONTROL = 0  # the starter's descriptor for its parent's orders
_PR_SET_PDEATHSIG = 1
TOLD_BYTES = 1 << 20
Answer = Callable[[Frame], Iterable[Frame]]
"""What is asked, and what is said to it: one frame after the other."""
Prepare = Callable[[Frame], Answer]
Hold = Callable[[], Answer]


def serve(prepare: Prepare) -> None:
    """Be told on standard input how to prepare, say that it is done, answer frame after frame until nobody asks.

    `prepare` imports, warms up and confines the process; what it raises is told before the first frame is taken.
    Whatever else libraries print goes nowhere. A frame's `seconds` end the process by themselves, so that one whose
    parent is gone does not go on for ever.
    """
    asked, answers = _pipes()
    try:
        limit = (told := receive(asked, limit=TOLD_BYTES)).header["asked_bytes"]
        answer = prepare(told)
    except Exception as error:
        _fail(answers, error)
        return
    _answer(asked, answers, limit, answer)


def single(answer: Callable[[Frame], Frame]) -> Answer:
    """As an answer of one frame."""
    return lambda asked: (answer(asked),)


def start(warm: Callable[[Frame], Hold]) -> None:
    """Be told how to prepare, say that it is done, and start a helper for each pair of pipes that the parent sends.

    `warm` imports and uses once what helpers need, and leaves no thread behind; what it returns confines the helper,
    a copy of this process, and says how it answers.
    """
    control = socket.socket(fileno=CONTROL)
    try:
        limit = (told := receive(CONTROL, limit=TOLD_BYTES)).header["asked_bytes"]
        hold = warm(told)
        if len(os.listdir("/proc/self/task")) > 1:
            raise RuntimeError("a process that has threads is not copied")
    except Exception as error:
        _fail(CONTROL, error)
        return
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # helpers leave nothing behind
    gc.collect()
    gc.freeze()  # what is there already is not touched by any helper's collections
    send(CONTROL, Frame({"ready": os.getpid()}))
    while _start(control, limit, hold):
        pass


def _start(control: socket.socket, limit: int, hold: Hold) -> bool:
    message, pipes, _, _ = socket.recv_fds(control, 1, 2)
    if not message:
        return False
    starter = os.getpid()
    pid = os.fork()
    if not pid:
        try:
            _become_helper(starter, pipes)
            _help(limit, hold)
        finally:
            os._exit(1)
    try:
        handles = [os.pidfd_open(pid)]
    except ProcessLookupError:  # killed already
        handles = []
    socket.send_fds(control, [str(pid).encode()], handles)
    for descriptor in (*handles, *pipes):
        os.close(descriptor)
    return True


def _become_helper(starter: int, pipes: list[int]) -> None:
    """It ends with the starter, and has the two pipes and nothing else that is open."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != starter:
        os._exit(1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    asked, answers = pipes
    os.dup2(asked, 0, inheritable=False)
    os.dup2(answers, 1, inheritable=False)
    os.closerange(3, resource.getrlimit(resource.RLIMIT_NOFILE)[0])


def _help(limit: int, hold: Hold) -> None:
    asked, answers = _pipes()
    try:
        answer = hold()
    except Exception as error:
        _fail(answers, error)
        return
    _answer(asked, answers, limit, answer)


def _fail(answers: int, error: Exception) -> None:
    send(answers, Frame({"failed": str(error) or type(error).__name__}))


def _answer(asked: int, answers: int, limit: int, answer: Answer) -> None:
    send(answers, Frame({"ready": os.getpid()}))
    while True:
        try:
            frame = receive(asked, limit=limit)
            signal.setitimer(signal.ITIMER_REAL, frame.header["seconds"] + 1)
            for said in answer(frame):
                send(answers, said)
            signal.setitimer(signal.ITIMER_REAL, 0)
        except (Ended, Garbage):
            return


def _pipes() -> tuple[int, int]:
    """Standard input and output under other numbers; what writes to the usual ones writes into nothing."""
    asked, answers = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nothing, number)
    os.close(nothing)
    return asked, answers
