"""What matching refuses."""

from maillon.kernel.errors import BadInput, MaillonError


class BadHash(BadInput):
    """A hash that is not written as its type demands, or a type that nobody knows."""


class NoIndex(MaillonError):
    """Nothing was ever added to this folder."""


class IndexDamaged(MaillonError):
    """The built file is not what was written, or was written by something else. A build makes it anew."""


class JournalDamaged(IndexDamaged):
    """The journal, from which all else is made, is not what was written. Only a copy of it helps."""


class Busy(MaillonError):
    """Another build of this folder is running."""


class NoRoom(MaillonError):
    """The disk has no room for what is to be written."""
