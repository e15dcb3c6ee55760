"""Files in folders: all of them, in the order of their names, and no way out by a link."""

import os
import stat
from collections.abc import Iterator

from maillon.ops.matching.pieces import File, Piece


def files(path: str) -> Iterator[File | Piece]:
    """`path` itself, or every file below it; a piece that was refused for what cannot be read or leads elsewhere.

    A link that stays within the folder is passed over: what it leads to is found where it is.
    """
    try:
        found = os.stat(path)
    except OSError as error:
        yield _refused(path, _why(error))
        return
    if not stat.S_ISDIR(found.st_mode):
        yield _file(path, found)
        return
    root = os.path.realpath(path)
    folders = [_entries(path)]
    while folders:
        entry = next(folders[-1], None)
        if entry is None:
            folders.pop()
        elif isinstance(entry, Piece):
            yield entry
        elif entry.is_symlink():
            yield from _leading(entry.path, root)
        elif entry.is_dir(follow_symlinks=False):
            folders.append(_entries(entry.path))
        else:
            yield _entry(entry)


def _entries(folder: str) -> Iterator["os.DirEntry[str] | Piece"]:
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: os.fsencode(entry.name))
    except OSError as error:
        yield _refused(folder, _why(error))
        return
    yield from entries


def _entry(entry: "os.DirEntry[str]") -> File | Piece:
    try:
        return _file(entry.path, entry.stat(follow_symlinks=False))
    except OSError as error:
        return _refused(entry.path, _why(error))


def _file(path: str, found: os.stat_result) -> File | Piece:
    if not stat.S_ISREG(found.st_mode):
        return _refused(path, "no_file")
    return File(path, found.st_size, found.st_mtime_ns)


def _leading(path: str, root: str) -> Iterator[Piece]:
    target = os.path.realpath(path)
    if not os.path.exists(target):
        yield _refused(path, "gone")
    elif os.path.commonpath((target, root)) != root:
        yield _refused(path, "leads_out")


def _refused(path: str, why: str) -> Piece:
    return Piece(path=path, key=File(path, 0, 0).key(), refused=why)


def _why(error: OSError) -> str:
    return "gone" if isinstance(error, FileNotFoundError) else "unreadable"
