"""What this stage does, each verb in a file of its own: take in, answer, work on it, take down letters, escalate."""

from maillon.authority.inbox.answering import acknowledge, acknowledge_matter, answer_sender, refuse_arrival
from maillon.authority.inbox.arriving import take_in
from maillon.authority.inbox.asking import ask_sender
from maillon.authority.inbox.lateness import escalate_late_arrivals
from maillon.authority.inbox.letters import enter_letter, place_letter
from maillon.authority.inbox.working import (
    MatterHeld,
    close_matter,
    free_matters,
    give_back_matter,
    pass_matter,
    take_matter,
    take_next_matter,
)

__all__ = [
    "MatterHeld",
    "acknowledge",
    "acknowledge_matter",
    "answer_sender",
    "ask_sender",
    "close_matter",
    "enter_letter",
    "escalate_late_arrivals",
    "free_matters",
    "give_back_matter",
    "pass_matter",
    "place_letter",
    "refuse_arrival",
    "take_in",
    "take_matter",
    "take_next_matter",
]
