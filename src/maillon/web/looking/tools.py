"""What shows content, made once in each process of the site when somebody first looks: decoders and the vault."""

import atexit
from functools import cache
from threading import Lock

from django.conf import settings

from maillon.decoding.pool import Decoders
from maillon.evidence.opening import open_vault
from maillon.evidence.vault import Vault

_LOCK = Lock()


def decoders() -> Decoders:
    """The decoding processes of this one."""
    with _LOCK:
        return _decoders()


@cache
def _decoders() -> Decoders:
    found = Decoders(size=1)
    atexit.register(found.close)
    return found


def vault() -> Vault:
    """The vault of this installation."""
    with _LOCK:
        return open_vault(settings.MAILLON)
