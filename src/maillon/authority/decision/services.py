"""What this stage does, each verb in a file of its own."""

from maillon.authority.decision.answering import note_answer, take_answer
from maillon.authority.decision.approving import confirm_approval, disown_approval, note_approval
from maillon.authority.decision.holding import end_hold, extend_hold, leave_online
from maillon.authority.decision.instructing import instruct
from maillon.authority.decision.lapsing import lapse_due
from maillon.authority.decision.measures import record_measure
from maillon.authority.decision.ordering import extend_order, lift_order, order_in_writing, refuse
from maillon.authority.decision.procedures import end_procedure, record_procedure
from maillon.authority.decision.recalling import answer_recall, note_recalled
from maillon.authority.decision.requesting import request_decision, withdraw_request
from maillon.authority.decision.telling import tell

__all__ = [
    "answer_recall",
    "confirm_approval",
    "disown_approval",
    "end_hold",
    "end_procedure",
    "extend_hold",
    "extend_order",
    "instruct",
    "lapse_due",
    "leave_online",
    "lift_order",
    "note_answer",
    "note_approval",
    "note_recalled",
    "order_in_writing",
    "record_measure",
    "record_procedure",
    "refuse",
    "request_decision",
    "take_answer",
    "tell",
    "withdraw_request",
]
