"""What other rooms ask of intake, in one place; each verb stands in a file of its own."""

from maillon.hotline.intake.filing import note_outcomes
from maillon.hotline.intake.receiving import NewReport, Received, receive_reports

__all__ = ["NewReport", "Received", "note_outcomes", "receive_reports"]
