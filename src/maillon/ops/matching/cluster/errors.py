"""What asking a cluster refuses."""

from maillon.kernel.errors import MaillonError


class ClusterRefused(MaillonError):
    """A cluster that is not to be trusted with hashes, does not take this machine, or runs something else."""


class NoRoom(MaillonError):
    """The cluster has not the memory for the index."""


class ClusterLost(MaillonError):
    """The cluster cannot be asked any more."""
