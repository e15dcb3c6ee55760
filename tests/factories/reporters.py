"""Reporters on the public form, each known by the form they were given."""

from maillon.hotline.intake.receipts import hash_receipt, new_receipt
from maillon.hotline.intake.submitting import Submitted, reporter_actor, submit
from tests.factories.world import NOW

SECRET, KEY = b"s" * 32, b"k" * 32


def receipt(form: str = "form-1") -> str:
    return new_receipt(SECRET, form)


def receipt_hash(form: str = "form-1") -> bytes:
    return hash_receipt(KEY, receipt(form))


def submitted(form: str = "form-1", text: str = "http://be.test/a", **more: object) -> Submitted:
    """Somebody sends a form; sent again with the same name it is the same form."""
    given: dict[str, object] = {"language": "fr", "by": reporter_actor(), "at": NOW, **more}
    return submit(receipt_hash=receipt_hash(form), text=text, **given)  # type: ignore[arg-type]
