"""Which services act as the program itself: one by one, since each sees and keeps more than its caller may."""

import ast
from collections.abc import Iterator
from pathlib import Path

import maillon

ROOT = Path(maillon.__file__).parent

AS_PROGRAM = {
    "authority.decision.finding._locked",
    "authority.decision.measures.record_measure",
    "authority.decision.taking.take_sent_document",
    "authority.inbox.asking.ask_sender",
    "authority.inbox.letters.enter_letter",
    "authority.inbox.letters.place_letter",
    "hotline.analysis.opening._stated",
    "hotline.analysis.urgency.note_urgency",
    "hotline.intake.batches._store",
    "hotline.intake.demands.note_demands",
    "hotline.intake.filing.note_outcomes",
    "hotline.intake.following._write",
    "hotline.intake.following.messages_by_receipt",
    "hotline.intake.following.report_by_receipt",
    "hotline.intake.following.report_of_partner",
    "hotline.intake.following.reporter_writes",
    "hotline.intake.placing.file_reports",
    "hotline.intake.placing.place_report",
    "hotline.intake.receiving.receive_reports",
    "hotline.intake.submitting._known",
    "hotline.referral.telling.told",
    "insight.authority_year.authority_figures",
    "insight.figures.figures",
    "insight.years.years",
    "items.services.share_item",
    "partners.channels.portal.reaches",
    "partners.letters._answer_once",
    "partners.letters.ask_back",
    "partners.letters.open_letter",
}
"""They join what they are given to what is known, count for everybody, or keep what follows from what was allowed."""


def found() -> Iterator[str]:
    for path in ROOT.rglob("*.py"):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for function in ast.walk(ast.parse(path.read_text())):
            if isinstance(function, ast.FunctionDef) and function.name != "as_program":
                called = (n.func for n in ast.walk(function) if isinstance(n, ast.Call))
                if any(isinstance(name, ast.Name) and name.id == "as_program" for name in called):
                    yield f"{module}.{function.name}"


def test_no_service_acts_as_the_program_that_is_not_named_here() -> None:
    assert set(found()) == AS_PROGRAM


def test_no_page_operation_or_command_acts_as_the_program() -> None:
    assert [name for name in found() if name.startswith(("web.", "api.", "ops."))] == []
