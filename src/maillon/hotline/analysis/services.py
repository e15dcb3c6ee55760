"""What this stage does, each verb in a file of its own: open cases, take opinions, settle, undo, escalate, override."""

from maillon.hotline.analysis.assessing import Stated, assess
from maillon.hotline.analysis.escalating import escalate_late_cases
from maillon.hotline.analysis.opening import open_cases
from maillon.hotline.analysis.undoing import undo_opinion

__all__ = ["Stated", "assess", "escalate_late_cases", "open_cases", "undo_opinion"]
