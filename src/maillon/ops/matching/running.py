"""A run: everything that was named is hashed where it must be, asked of the index, and told line by line."""

import os
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import groupby, islice

from maillon.decoding.pool import Decoders
from maillon.ops.matching import archived, lists, telling
from maillon.ops.matching.asking import BATCH, Asking, Queries
from maillon.ops.matching.hashing import Hashed, hash_all
from maillon.ops.matching.lists import HEAD, STDIN, Bad, Line
from maillon.ops.matching.output import Output
from maillon.ops.matching.pieces import File, Piece
from maillon.ops.matching.walking import files

AT_ONCE = 512  # files whose hashes are asked together
WAIT = 0.5  # seconds that an answer waits for others at most


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """`listed`: whether every path is a list of hashes; None: one named that looks like it is."""

    asking: Asking
    output: Output
    form: telling.Form
    threads: int
    only_matches: bool = False
    listed: bool | None = None
    advance: Callable[[int], None] = lambda _: None

    def match(self, paths: Sequence[str]) -> None:
        """Answer all of it. Raises BadInput for a list that has changed since, HelperFailed, IndexDamaged."""
        for a_list, group in groupby(paths, key=self._is_list):
            if a_list:
                for path in group:
                    self._match_list(path)
            else:
                self._match_files(group)
        self.output.complete()

    def _is_list(self, path: str) -> bool:
        if self.listed is not None or path == STDIN:
            return self.listed is not False
        try:
            with open(os.open(path, archived.FLAGS), "rb") as file:
                return lists.is_list(file.read(HEAD))
        except OSError:
            return False

    def _match_files(self, paths: Iterable[str]) -> None:
        with Decoders(size=self.threads) as decoders, closing(self._pieces(paths)) as pieces:
            found = hash_all(pieces, decoders, threads=self.threads)
            for batch in _batches(found):
                self._tell(batch)

    def _pieces(self, paths: Iterable[str]) -> Generator[Piece, None, None]:
        for path in paths:
            for file in files(path):
                yield from archived.pieces(file, self.output.known)

    def _tell(self, batch: Sequence[Hashed]) -> None:
        queries, told = Queries(), []
        for n, hashed in enumerate(batch):
            for hash in hashed.hashes:
                queries.put(n, hash.type, bytes.fromhex(hash.digits))
        hits = self.asking.hits(queries)
        for n, hashed in enumerate(batch):
            found = hits.get(n, ())
            self.output.tally.add(hashed.kind, found, hashed.refused)
            if found or hashed.refused or not self.only_matches:
                told.append(self.form(telling.of_piece(hashed, found)))
        self.output.write(told)
        self.output.done(hashed.piece.key for hashed in batch)
        self.advance(len(batch))

    def _match_list(self, path: str) -> None:
        of = _file(path)
        last = self.output.last_line(of)
        lines = (line for line in lists.read(path, lists.matched) if line.number > last)
        while batch := list(islice(lines, BATCH)):
            self._tell_lines(path, batch)
            self.output.done(of=of, line=batch[-1].number)

    def _tell_lines(self, path: str, batch: Sequence[Line | Bad]) -> None:
        queries, told = Queries(), []
        for n, line in enumerate(batch):
            if isinstance(line, Line):
                for type in (line.type,) if line.type else lists.of_size(len(line.hash)):
                    queries.put(n, type, line.hash)
        hits, unmatched, plain = self.asking.hits(queries), 0, telling.unmatched(path, self.form)
        for n, line in enumerate(batch):
            found = hits.get(n, ())
            if found or isinstance(line, Bad):
                self.output.tally.add("hash", found, "no_hash" if isinstance(line, Bad) else "")
                told.append(self.form(telling.of_line(path, line, found)))
                continue
            unmatched += 1
            if not self.only_matches:
                told.append(plain(line))
        self.output.tally.add("hash", (), count=unmatched)
        self.output.write(told)
        self.advance(len(batch))


def _batches(found: Iterable[Hashed | None]) -> Iterator[list[Hashed]]:
    """What came, together; not waited for longer than WAIT."""
    batch: list[Hashed] = []
    since = time.monotonic()
    for hashed in found:
        if hashed is not None:
            batch.append(hashed)
        if batch and (len(batch) >= AT_ONCE or time.monotonic() - since > WAIT):
            yield batch
            batch, since = [], time.monotonic()
    if batch:
        yield batch


def _file(path: str) -> File:
    """A list as it is now; of standard input nothing is known."""
    if path == STDIN:
        return File(path, 0, 0)
    found = os.stat(path)
    return File(path, found.st_size, found.st_mtime_ns)
