"""stub"""

from typing import Any


def order_document(*a: Any, **k: Any) -> bytes:
    return b"%PDF-"


def refusal_document(*a: Any, **k: Any) -> bytes:
    return b"%PDF-"


def lift_document(*a: Any, **k: Any) -> bytes:
    return b"%PDF-"
