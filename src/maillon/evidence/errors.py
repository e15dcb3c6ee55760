"""What the vault refuses, and what it cannot do."""

from maillon.kernel.errors import MaillonError


class NoRecipient(MaillonError):
    """A key is missing to which everything kept must be encrypted; nothing is sealed without it."""


class Gone(MaillonError):
    """The object was purged, or its bytes are not in the vault."""


class NotYours(MaillonError):
    """This house holds no key of the object (any more): it was settled, or was never sealed to it."""


class Damaged(MaillonError):
    """What lies in the vault is not what was put there."""


class StoreFailed(MaillonError):
    """The folder or the S3 service did not do what it was asked."""
