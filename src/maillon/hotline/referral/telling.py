"""What a reporter is told of a report, once the authority has had its say as well."""

from maillon.hotline.intake.following import outcome_words
from maillon.hotline.referral.outcomes import decided
from maillon.outbox.acting import Actor, acting, as_program
from maillon.outbox.sql import Row


def told(report: Row, *, by: Actor) -> str:
    """Which of `intake.following.OUTCOMES` a reporter is told of a row of `report_by_receipt`.

    That the public prosecutor decided is told, and nothing of what: a hold for an investigation shows nowhere.
    """
    words = outcome_words(report)
    if words != "passed_on":
        return words
    with acting(by), as_program():
        return "decided" if decided(report_id=report["id"]) else words
