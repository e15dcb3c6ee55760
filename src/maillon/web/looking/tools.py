"""What shows content, made once in each process of the site when somebody first looks: decoders and the vault."""

from threading import Lock

from django.conf import settings

from maillon.decoding.pool import OneAProcess
from maillon.evidence.opening import open_vault
from maillon.evidence.vault import Vault

_LOCK = Lock()
decoders = OneAProcess()


def vault() -> Vault:
    """The vault of this installation."""
    with _LOCK:
        return open_vault(settings.MAILLON)
