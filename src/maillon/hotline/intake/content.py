"""What a report holds, checked and made storable; the digest that tells a repeat from another content. Pure."""

import hashlib
import re
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import orjson

from maillon.hotline.intake.policy import LONGEST, STATED
from maillon.kernel.errors import BadInput
from maillon.outbox.record import stamp

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})?")


class Content(NamedTuple):
    """What was told, as it is stored: `text` holds the locations, `stated` any of `policy.STATED`."""

    channel: str
    language: str
    text: str
    remark: str
    stated: Sequence[str]


def checked(*, channel: str, language: str, text: str, remark: str, stated: Sequence[str]) -> Content:
    """What was told, made storable. Raises BadInput where a part is too long or a word is unknown."""
    return Content(
        channel, checked_language(language), storable(text, "text"), storable(remark, "remark"), checked_stated(stated)
    )


def digest(content: Content, *, received_at: datetime | None) -> bytes:
    """SHA-256 of the content, which tells a repeated report from another under the same reference or receipt.

    `received_at` is None where the sender did not state it: then sending again later is a repeat.
    """
    moment = stamp(received_at) if received_at else None
    return hashlib.sha256(orjson.dumps([moment, *content[:-1], *sorted(content.stated)])).digest()


def storable(text: str, field: str) -> str:
    """`text` without what no column holds and without blanks around it. Raises BadInput when it is too long."""
    kept = text.replace("\x00", "").encode("utf-8", "replace").decode().replace("\r\n", "\n").strip()
    if len(kept) > LONGEST[field]:
        raise BadInput(f"The {field} has {len(kept)} characters; at most {LONGEST[field]} can be kept: shorten it.")
    return kept


def checked_language(code: str) -> str:
    """`code` in lower case when it is a language code. Raises BadInput."""
    if not _LANGUAGE.fullmatch(code.lower()):
        raise BadInput(f"{code[:20]!r} is no language code; use fr, nl, de, en or another of ISO 639.")
    return code.lower()


def checked_stated(stated: Sequence[str]) -> list[str]:
    """What was stated, each once, in the order of `policy.STATED`. Raises BadInput for a word that is none of them."""
    strange = sorted(set(stated) - set(STATED))
    if strange:
        raise BadInput(f"{strange[0][:40]!r} cannot be stated; choose from {', '.join(STATED)}.")
    return [word for word in STATED if word in stated]
