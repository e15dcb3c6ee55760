"""What this stage does, each verb in a file of its own: open cases, take opinions, settle, undo, escalate, override."""

from maillon.hotline.analysis.assessing import Stated, assess
from maillon.hotline.analysis.escalating import escalate_late_cases
from maillon.hotline.analysis.opening import open_cases
from maillon.hotline.analysis.overriding import override_term, override_urgency, take_claim_back
from maillon.hotline.analysis.undoing import undo_opinion
from maillon.hotline.analysis.urgency import note_known, note_urgency

__all__ = [
    "Stated",
    "assess",
    "escalate_late_cases",
    "note_known",
    "note_urgency",
    "open_cases",
    "override_term",
    "override_urgency",
    "take_claim_back",
    "undo_opinion",
]
