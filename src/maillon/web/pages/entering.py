"""Taking down a call, a letter or a mail: the form, what in it may identify the reporter, the receipt to hand on."""

import secrets
from dataclasses import replace
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import get_language

from maillon.hotline.intake.policy import ENTERED, LONGEST, STATED
from maillon.hotline.intake.receipts import hash_receipt, new_receipt
from maillon.hotline.intake.submitting import Submitted, enter_report
from maillon.kernel.clock import BRUSSELS
from maillon.languages import LANGUAGES
from maillon.web.entry import FINDINGS, Entry, entry_of
from maillon.web.guard import SignedRequest
from maillon.web.reporter.keys import KEYS
from maillon.web.reporter.pages import Mark
from maillon.web.reporter.texts import STAYS
from maillon.web.reporter.tokens import Token, new_token, read_token, renewed


def form(request: SignedRequest) -> HttpResponse:
    """An empty form, received by telephone just now."""
    now = request.at.astimezone(BRUSSELS)
    blank = entry_of(QueryDict())
    language = (get_language() or blank.language)[:2]
    return _form(request, replace(blank, day=f"{now:%Y-%m-%d}", time=f"{now:%H:%M}", language=language))


def enter(request: SignedRequest) -> HttpResponse:
    """Store it and show the receipt; the form again where something is wrong or may identify the reporter."""
    entry, token = entry_of(request.POST), read_token(request.POST.get("form", ""))
    problems = entry.problems(request.at)
    if problems or token is None or not entry.is_reviewed:
        return _form(request, entry, problems, token)
    receipt = new_receipt(KEYS.making, token.form)
    stored = _stored(request, entry, receipt)
    return render(
        request,
        "web/entered.html",
        {"receipt": receipt, "stored": stored, "entry": entry},
        status=409 if stored.differs else 200,
    )


def _stored(request: SignedRequest, entry: Entry, receipt: str) -> Submitted:
    """The report, committed."""
    assert entry.received is not None
    locations, remark = entry.written.kept()
    return enter_report(
        channel=entry.channel,
        received_at=entry.received,
        language=entry.language,
        text=locations,
        remark=remark,
        stated=entry.written.stated,
        contact=entry.written.contact,
        receipt_hash=hash_receipt(KEYS.storing, receipt),
        by=request.actor,
        at=request.at,
    )


def _form(
    request: SignedRequest, entry: Entry, problems: dict[str, Any] | None = None, token: Token | None = None
) -> HttpResponse:
    now = request.at.timestamp()
    token = renewed(token, now) if token else new_token(secrets.token_bytes, now)
    context = {
        "entry": entry,
        "token": token.text,
        "channels": ENTERED,
        "languages_known": LANGUAGES,
        "stated": STATED,
        "limits": LONGEST,
        "problems": problems or {},
        "marks": _marks(entry) if problems is not None else [],
    }
    return render(request, "web/entering.html", context, status=422 if problems else 200)


def _marks(entry: Entry) -> list[Mark]:
    """What may identify the reporter; ticked stays out."""
    again = entry.reviewed == entry.shown
    return [
        Mark(name, one.text, FINDINGS[one.kind], name in entry.written.omit if again else one.kind not in STAYS)
        for name, one in entry.written.found()
    ]
