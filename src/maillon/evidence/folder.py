"""A store in a folder: a file per object, in 256 folders by the first two digits of its name."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex

from maillon.evidence.errors import Gone, StoreFailed
from maillon.evidence.store import NAME, Stored
from maillon.kernel.crash import point

DRAFT = ".part"


class FolderStore:
    """See `store.Store`. Folders have mode 0700, files 0600."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, name: str, data: bytes) -> None:
        """Written under another name, flushed to the disk and then renamed; the folder is flushed too."""
        with self._failing("written"):
            folder = self._folder(name)
            draft = folder / f"{name}.{token_hex(8)}{DRAFT}"
            try:
                _write(draft, data)
                point("vault: drafted")
                draft.rename(folder / name)
            except BaseException:
                draft.unlink(missing_ok=True)
                raise
            point("vault: renamed")
            _flush(folder)

    def get(self, name: str) -> bytes:
        with self._failing("read"):
            try:
                return self._path(name).read_bytes()
            except FileNotFoundError:
                raise Gone("The object is not in the vault; maillon vault check says what is missing.") from None

    def delete(self, names: Iterable[str]) -> None:
        with self._failing("deleted"):
            folders = set()
            for name in names:
                path = self._path(name)
                with suppress(FileNotFoundError):
                    path.unlink()
                    folders.add(path.parent)
            for folder in folders:
                _flush(folder)

    def list(self) -> Iterator[Stored]:
        for entry in self._files():
            if NAME.fullmatch(entry.name):
                with suppress(FileNotFoundError):
                    found = entry.stat()
                    yield Stored(entry.name, found.st_size, datetime.fromtimestamp(found.st_mtime, UTC))

    def tidy(self, before: datetime) -> int:
        done = 0
        for entry in self._files():
            if entry.name.endswith(DRAFT) and entry.stat().st_mtime < before.timestamp():
                os.unlink(entry)
                done += 1
        return done

    def _path(self, name: str) -> Path:
        assert NAME.fullmatch(name), "a name of the vault has 64 hexadecimal digits"
        return self.root / name[:2] / name

    def _folder(self, name: str) -> Path:
        folder = self._path(name).parent
        if not folder.is_dir():
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.mkdir(mode=0o700, exist_ok=True)
            _flush(self.root)
        return folder

    def _files(self) -> Iterator[os.DirEntry[str]]:
        with suppress(FileNotFoundError), os.scandir(self.root) as folders:
            for folder in sorted(entry.path for entry in folders if entry.is_dir() and len(entry.name) == 2):
                with os.scandir(folder) as files:
                    yield from files

    @contextmanager
    def _failing(self, done: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            said = error.strerror or str(error)
            raise StoreFailed(
                f"The vault {self.root} cannot be {done}: {said}; mend the disk or its rights."
            ) from error


def _write(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        left = memoryview(data)
        while left:
            left = left[os.write(descriptor, left) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _flush(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
