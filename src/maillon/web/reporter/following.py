"""Coming back with a receipt: what became of the report, and the conversation with the hotline.

The receipt travels in the body of each request, never in an address. One that was mistyped is looked up like one that
nobody holds: same answer, same work.
"""

import hashlib
from datetime import datetime

from django.http import HttpRequest, HttpResponse

from maillon.hotline.intake.following import messages_by_receipt, report_by_receipt, reporter_writes
from maillon.hotline.intake.policy import LONGEST
from maillon.hotline.intake.receipts import hash_receipt, holds_receipt, read_receipt
from maillon.hotline.referral.telling import told
from maillon.kernel.clock import brussels_day
from maillon.kernel.errors import BadInput
from maillon.outbox.acting import acting
from maillon.outbox.sql import Row
from maillon.web.reporter import texts
from maillon.web.reporter.form import EMPTY, TOO_LONG, tidy
from maillon.web.reporter.keys import KEYS
from maillon.web.reporter.pages import at
from maillon.web.reporter.sending import LOAD, REPORTER, network_of
from maillon.web.reporter.shaping import ASKING, Shaper
from maillon.web.reporter.showing import CLOCK, day, page
from maillon.web.reporter.waiting import waiting_page

SHAPER = Shaper(ASKING)
NOBODYS = "nobody's"
"""Looked up in place of what is no receipt."""


def follow(request: HttpRequest, language: str) -> HttpResponse:
    """The field for the receipt; with one, its report."""
    if request.method != "POST":
        return page("follow", language, {"here": "follow"})
    moment, post = CLOCK.now(), request.POST
    given, text, writes = tidy(post.get("receipt", ""))[:200], tidy(post.get("text", "")), "text" in post
    now, receipt = moment.timestamp(), read_receipt(given) or NOBODYS
    wait = SHAPER.ask(
        network=network_of(request), subject=f"follow {hashlib.sha256(given.encode()).hexdigest()}",
        ticket=post.get("ticket", ""), work=post.get("work", ""), now=now, busy=LOAD.busy,
    )  # fmt: skip
    if wait is not None:
        hidden = [("receipt", given), *([("text", text)] if writes else [])]
        return waiting_page(language, wait, now, action=at("follow", language), hidden=hidden)
    with acting(REPORTER):
        report = report_by_receipt(hash_receipt(KEYS.storing, receipt))
    if report is None:
        return page("follow", language, {"here": "follow", "given": given, "unknown": True}, status=404)
    said = answered(receipt, text, moment) if writes else ""
    return report_page(language, report, receipt, said, text if said in texts.REFUSED_MESSAGES else "")


def answered(receipt: str, text: str, moment: datetime) -> str:
    """Hand the reporter's message over; which sentence of `texts` says what became of it.

    The message that was written last is not written twice: pressing the button again, or reloading, adds nothing.
    """
    if not text:
        return EMPTY
    if len(text) > LONGEST["message"]:
        return TOO_LONG
    if holds_receipt(text, receipt):
        return "receipt"
    hashed = hash_receipt(KEYS.storing, receipt)
    with acting(REPORTER):
        before = messages_by_receipt(hashed)
        if before and before[-1]["side"] == "reporter" and before[-1]["text"] == text:
            return "written"
        try:
            reporter_writes(receipt_hash=hashed, receipt=receipt, text=text, by=REPORTER, at=moment)
        except BadInput:
            return "full"
    return "written"


def report_page(language: str, report: Row, receipt: str, said: str, text: str) -> HttpResponse:
    """The report as its author may know it: words for what became of it, days, the conversation."""
    with acting(REPORTER):
        found = messages_by_receipt(hash_receipt(KEYS.storing, receipt))
    context = {
        "here": "report",
        "receipt": receipt,
        "day": day(report["received_on"], language),
        "outcome": texts.OUTCOMES[told(report, by=REPORTER)],
        "conversation": [
            {"side": m["side"], "text": m["text"], "day": day(brussels_day(m["written_at"]), language)} for m in found
        ],
        "said": texts.MESSAGES.get(said, ""),
        "refused": said in texts.REFUSED_MESSAGES,
        "text": text,
        "longest": LONGEST["message"],
    }
    return page("report", language, context, status=422 if said in texts.REFUSED_MESSAGES else 200)
