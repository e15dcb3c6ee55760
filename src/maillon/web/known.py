"""What a match with known content means, in words."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from maillon.observation.known import EXACT
from maillon.outbox.sql import Row

BITS = 256
HARDLY, LITTLE = 8, 20
"""Bits up to which a difference is said to be hardly one, and a little one; beyond it a person compares."""


def known_part(row: Row, number: int) -> dict[str, Any]:
    """A row of `observation.known.known_matches` as the page shows it; `number` is its medium's on the page."""
    return {**row, "number": number, "words": likeness(row["type"], row["distance"]), "bits": bits(row)}


def likeness(type: str, distance: int) -> str | Promise:
    """How near a match is, for somebody who knows no hashes."""
    if type in EXACT:
        return _("the same file, byte for byte")
    if distance <= HARDLY:
        return _("most likely the same picture, stored again or made smaller")
    if distance <= LITTLE:
        return _("likely the same picture, changed a little")
    return _("perhaps the same picture, cut or edited; perhaps another that resembles it")


def bits(row: Row) -> int | None:
    """How many of BITS differ; None for a hash that equals or does not."""
    return None if row["type"] in EXACT else int(row["distance"])
