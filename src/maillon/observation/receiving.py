"""From the addresses of claimed fetches to what may be written down: fetched, hashed, decoded, looked up, sealed.

No database.
"""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from queue import SimpleQueue
from types import TracebackType
from typing import Protocol, Self
from uuid import UUID

from maillon.decoding.digests import digests
from maillon.decoding.shapes import Decoded, Kind, Undecodable
from maillon.evidence.errors import StoreFailed
from maillon.evidence.vault import Recipient, Sealed, Vault
from maillon.items.captures import NewCapture, NewMedium, hop_of
from maillon.kernel.clock import Clock
from maillon.kernel.crash import point
from maillon.kernel.ids import uuid7
from maillon.observation.fetching.fetched import Fetched, Part
from maillon.observation.fetching.refusals import Refusal
from maillon.observation.fetching.warc import told
from maillon.observation.known import Known, LookUp, known_of
from maillon.outbox.sql import Row

HELD = 512 * 1024 * 1024
"""Bytes of what was fetched and not sealed yet from which on nothing more is fetched."""

AGAIN = frozenset(
    {
        Refusal.NO_ANSWER, Refusal.NOT_REACHED, Refusal.TLS_FAILED, Refusal.CUT_OFF, Refusal.TOO_SLOW,
        Refusal.TOO_LONG, Refusal.BROKEN_ANSWER, Refusal.PROXY_REFUSED, Refusal.WORKER_DIED, Refusal.WORKER_GARBLED,
    }
)  # fmt: skip
"""The network's failures, and the worker's own: another time it may be well."""

SEALING = 8
"""Threads that hash, have decoded, seal: they mostly wait, for decoders and for the vault's disk."""

log = logging.getLogger("maillon.fetches")


class Trouble(StrEnum):
    """Why nothing came of a fetch where that is neither the network's nor the server's doing."""

    NOT_KEPT = "not_kept"
    BROKEN = "broken"


class Fetching(Protocol):
    """What fetches pages, as `observation.fetching.pool.Fetchers` does."""

    @property
    def size(self) -> int: ...

    def fetch(self, url: str, referrer: str = "") -> Fetched: ...


class Decoding(Protocol):
    """What reads media, as `decoding.pool.Decoders` does."""

    def read(self, body: bytes, kind: Kind | None = None) -> Decoded: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One claimed fetch and what came of it. `sealed` lies in the vault, by the id of the capture or medium it is of.

    `known` are the matches of its media with known content. `again`: a reason to be tried again later; nothing of it is
    sealed then.
    """

    fetch: Row
    capture: NewCapture
    sealed: Mapping[UUID, Sealed] = field(default_factory=dict)
    known: Sequence[Known] = ()
    again: bool = False


class Line:
    """Fetches in several threads, hashes and seals in others, and hands over what is ready; close it, or use `with`."""

    def __init__(
        self,
        *,
        fetchers: Fetching,
        decoders: Decoding,
        look_up: LookUp,
        vault: Vault,
        recipients: Sequence[Recipient],
        clock: Clock,
    ) -> None:
        self.ready: SimpleQueue[Received] = SimpleQueue()
        self._fetchers, self._decoders, self._clock = fetchers, decoders, clock
        self._look_up, self._vault, self._recipients = look_up, vault, recipients
        self._held = 0
        self._room = threading.Condition()
        self._fetching = ThreadPoolExecutor(fetchers.size, thread_name_prefix="fetch")
        self._sealing = ThreadPoolExecutor(SEALING, thread_name_prefix="seal")

    def put(self, fetch: Row) -> None:
        """Take one claimed fetch on: `id`, `item_id`, `url`, `referrer`, `purpose`, `asked_by`, `house`, `last`.

        `last`: whatever comes of it is written down, and it is not tried again.
        """
        self._fetching.submit(self._fetch, fetch).add_done_callback(self._seal_next)

    def skip(self, fetch: Row) -> None:
        """Hand one back without fetching anything: its item is not under assessment."""
        now = self._clock.now()
        self.ready.put(Received(fetch=fetch, capture=self._blank(_Job(fetch, now, None, 0)), again=True))

    def _fetch(self, fetch: Row) -> "_Job":
        began = self._clock.now()
        with self._room:
            while self._held > HELD:
                self._room.wait()
        try:
            fetched = self._fetchers.fetch(fetch["url"], fetch["referrer"])
        except Exception:
            log.exception("fetch %s: the fetching worker failed", fetch["id"])
            return _Job(fetch, began, None, 0)
        size = sum(len(part.body) + len(part.warc) for part in (fetched.page, *fetched.media))
        with self._room:
            self._held += size
        return _Job(fetch, began, fetched, size)

    def _seal_next(self, done: Future["_Job"]) -> None:
        if not done.cancelled():
            self._sealing.submit(self._receive, done.result())

    def _receive(self, job: "_Job") -> None:
        try:
            received = self._received(job)
        except StoreFailed:
            log.exception("fetch %s: the vault did not keep what came", job.fetch["id"])
            received = self._failed(job, Trouble.NOT_KEPT)
        except Exception:
            log.exception("fetch %s: what came could not be worked on", job.fetch["id"])
            received = self._failed(job, Trouble.BROKEN)
        finally:
            with self._room:
                self._held -= job.size
                self._room.notify_all()
        self.ready.put(received)

    def _received(self, job: "_Job") -> Received:
        fetched = job.fetched
        if fetched is None:
            return self._failed(job, Trouble.BROKEN)
        capture = self._capture(job, fetched)
        if fetched.page.reason in AGAIN and not job.fetch["last"]:
            return Received(fetch=job.fetch, capture=capture, again=True)
        sealed: dict[UUID, Sealed] = {}
        media, known = [], []
        page = fetched.page
        text = told(page.hops[-1], fetched.text) if page.hops else b""
        self._seal(job, capture.id, "page", page.warc + text, sealed)
        for part in fetched.media:
            medium = read_medium(uuid7(capture.began_at), part, self._decoders.read)
            self._seal(job, medium.id, "medium", part.warc, sealed)
            media.append(medium)
            known += known_of(medium, self._look_up)
        ended = replace(capture, media=tuple(media), ended_at=self._clock.now())
        point("fetch: sealed")
        return Received(fetch=job.fetch, capture=ended, sealed=sealed, known=known)

    def _seal(self, job: "_Job", id: UUID, kind: str, warc: bytes, sealed: dict[UUID, Sealed]) -> None:
        if warc:
            sealed[id] = self._vault.seal(job.fetch["house"], job.fetch["item_id"], kind, warc, self._recipients)

    def _capture(self, job: "_Job", fetched: Fetched) -> NewCapture:
        page = fetched.page
        return replace(
            self._blank(job),
            outcome=page.outcome,
            reason=str(page.reason or fetched.cut),
            status=page.status,
            mime=page.mime,
            hops=[hop_of(hop) for hop in page.hops],
            size=len(page.body),
            sha256=digests(page.body).sha256 if page.body else None,
            text_length=len(fetched.text),
            needs_scripts=fetched.needs_scripts,
            named=fetched.named,
        )

    def _failed(self, job: "_Job", trouble: Trouble) -> Received:
        capture = replace(self._blank(job), reason=str(trouble))
        return Received(fetch=job.fetch, capture=capture, again=not job.fetch["last"])

    def _blank(self, job: "_Job") -> NewCapture:
        fetch, now = job.fetch, self._clock.now()
        return NewCapture(
            id=uuid7(now), item_id=fetch["item_id"], purpose=fetch["purpose"], asked_by=fetch["asked_by"],
            began_at=job.began, ended_at=now, outcome="failed",
        )  # fmt: skip

    def close(self) -> None:
        """Take nothing more on; what is under way is finished and dropped."""
        self._fetching.shutdown(cancel_futures=True)
        self._sealing.shutdown(cancel_futures=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


@dataclass(frozen=True, slots=True)
class _Job:
    fetch: Row
    began: datetime
    fetched: Fetched | None
    size: int


def read_medium(id: UUID, part: Part, read: Callable[[bytes, Kind | None], Decoded]) -> NewMedium:
    """One medium as it is written down: hashes of what was received, and what `read` (a decoder) finds in it."""
    medium = NewMedium(
        id=id, kind=part.kind, url=part.url, outcome=part.outcome, reason=str(part.reason), mime=part.mime,
        hops=[hop_of(hop) for hop in part.hops], size=len(part.body),
    )  # fmt: skip
    if part.outcome != "ok":
        return medium
    exact = digests(part.body)
    medium = replace(medium, md5=exact.md5, sha1=exact.sha1, sha256=exact.sha256)
    try:
        found = read(part.body, Kind(part.kind))
    except Undecodable as why:
        return replace(medium, outcome="undecodable", reason=str(why.reason))
    return replace(
        medium, kind=str(found.kind), mime=found.mime, width=found.width, height=found.height, frames=found.frames,
        seconds=found.seconds, pdq=found.pdq, pdq_quality=found.quality, vpdq=found.vpdq,
    )  # fmt: skip
