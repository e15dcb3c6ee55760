"""Ask whoever sent something about it."""

from datetime import datetime
from uuid import UUID

from maillon.access.permissions import Permission, check
from maillon.authority.inbox.answering import said
from maillon.authority.inbox.locking import locked_arrival
from maillon.authority.inbox.policy import LETTER
from maillon.kernel.clock import brussels_day
from maillon.kernel.errors import BadInput
from maillon.outbox.acting import Actor, acting, as_program
from maillon.partners.questions import ask
from maillon.partners.services import partner_of


def ask_sender(*, id: UUID, text: str, by: Actor, at: datetime) -> UUID:
    """Ask the sender of an arrival about it; the question's id. The answer stands with the arrival once it comes.

    Raises NotAllowed, NotFound, BadInput without a text or for a letter, whose writer is on no channel.
    """
    text = said(text, "question", "Write what you want to know.")
    with acting(by):
        check(by, Permission.ACKNOWLEDGE)
        row = locked_arrival(id)
        if row["kind"] == LETTER:
            raise BadInput("Whoever wrote a letter is on no channel: write back by post, and note it in the matter.")
        with as_program():  # the partner becomes known where this is the first that it is written to
            desk = partner_of(kind=row["sender"], country="", on=brussels_day(at), house=by.house)
        return ask(
            partner=desk.id, about=id, item_id=row["item_id"], message=id, referral=UUID(row["referral"]), text=text,
            by=by, at=at,
        )  # fmt: skip
