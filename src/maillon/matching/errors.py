"""What matching refuses."""

from maillon.kernel.errors import BadInput, MaillonError


class BadHash(BadInput):
    """A hash that is not written as its type demands, or a type that nobody knows."""


class NoIndex(MaillonError):
    """Nothing was ever added to this folder."""


class IndexDamaged(MaillonError):
    """The index or its journal is not what was written, or was written by something else."""
