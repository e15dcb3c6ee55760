"""Sending a report: the one page here that stores something. Kept short, since it is what a flood would hit."""

from datetime import datetime

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from maillon.hotline.intake.receipts import hash_receipt, new_receipt
from maillon.hotline.intake.submitting import Submitted, reporter_actor, submit
from maillon.kernel.clock import brussels_day
from maillon.web.reporter.address import source_of
from maillon.web.reporter.form import Written, sent
from maillon.web.reporter.keys import KEYS
from maillon.web.reporter.pages import at, review_page
from maillon.web.reporter.shaping import SENDING, Load, Shaper
from maillon.web.reporter.showing import CLOCK, page, receipt_page
from maillon.web.reporter.tokens import read_token
from maillon.web.reporter.waiting import waiting_page

SHAPER = Shaper(SENDING)
LOAD = Load()
REPORTER = reporter_actor()


def send(request: HttpRequest, language: str) -> HttpResponse:
    """Store the report and show its receipt, as often as the same form is sent.

    Where the token is too old, or another site sent the form, the review is shown again with everything in it; over
    the pace of its source, the waiting page.
    """
    if request.method != "POST":
        return HttpResponseRedirect(at("write", language))
    moment = CLOCK.now()
    now, post = moment.timestamp(), request.POST
    written = sent(request)
    token = read_token(written.token)
    if token is None or not token.fresh(now) or written.problems():
        return review_page(language, written, reviewed="reviewed" in post, notice="again")
    wait = SHAPER.ask(
        network=network_of(request), subject=token.form, ticket=post.get("ticket", ""), work=post.get("work", ""),
        now=now, busy=LOAD.busy,
    )  # fmt: skip
    if wait is not None:
        hidden = [("form", written.token), ("reviewed", "1"), *written.hidden()]
        return waiting_page(language, wait, now, action=at("send", language), hidden=hidden)
    receipt = new_receipt(KEYS.making, token.form)
    try:
        with LOAD.one_more():
            submitted = stored(written, receipt, language, moment)
    except DatabaseError:
        return review_page(language, written, reviewed=True, notice="failed", status=503)
    if submitted.differs:
        return page("sent", language, {"receipt": receipt, "hidden": list(written.hidden())}, status=409)
    return receipt_page(receipt, language, brussels_day(moment))


def stored(written: Written, receipt: str, language: str, moment: datetime) -> Submitted:
    """The report, committed."""
    locations, remark = written.kept()
    return submit(
        receipt_hash=hash_receipt(KEYS.storing, receipt), channel="web", language=language, text=locations,
        remark=remark, stated=written.stated, contact=written.contact, by=REPORTER, at=moment,
    )  # fmt: skip


def network_of(request: HttpRequest) -> bytes:
    """The network whose pace this request counts for."""
    meta = request.META
    return source_of(meta.get("REMOTE_ADDR", ""), meta.get("HTTP_X_FORWARDED_FOR", ""), settings.MAILLON.proxies)
