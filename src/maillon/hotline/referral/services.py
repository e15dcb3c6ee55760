"""What this stage does, each verb in a file of its own: draft, withdraw, send, take answers, escalate, call back."""

from maillon.hotline.referral.answering import note_sent, take_acknowledgement
from maillon.hotline.referral.closing import undo_referral, withdraw_drafts
from maillon.hotline.referral.drafting import refer
from maillon.hotline.referral.holds import end_due_holds, end_hold, take_hold
from maillon.hotline.referral.lateness import escalate_late
from maillon.hotline.referral.outcomes import take_outcome
from maillon.hotline.referral.refusals import refer_instead, settle_refused, take_refusal
from maillon.hotline.referral.relocating import ask_where_due
from maillon.hotline.referral.sending import queue_due
from maillon.rules.terms import grace

__all__ = [
    "ask_where_due",
    "end_due_holds",
    "end_hold",
    "escalate_late",
    "grace",
    "note_sent",
    "queue_due",
    "refer",
    "refer_instead",
    "settle_refused",
    "take_acknowledgement",
    "take_hold",
    "take_outcome",
    "take_refusal",
    "undo_referral",
    "withdraw_drafts",
]
