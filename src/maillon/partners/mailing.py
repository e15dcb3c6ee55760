"""Tell partners by mail that something waits in their portal, and nothing else: no item, no severity, no number.

Each partner's mails are claimed by their due moment in its own row, sent outside any transaction and written back: a
mail server that is down holds back nothing else, is tried again with pauses, and becomes visible.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext, override

from maillon.access.permissions import Permission, check
from maillon.kernel.clock import Clock, brussels_day
from maillon.kernel.crash import point
from maillon.outbox.acting import Actor, acting, system_actor
from maillon.outbox.record import NewEvent, record
from maillon.outbox.sql import Row, as_json, rows, run
from maillon.partners import events
from maillon.rules.table import load

PAUSES = tuple(timedelta(minutes=m) for m in (5, 15, 60, 240))
"""Between two tries that failed; the last one again and again."""
TOO_OFTEN = 3
"""So many failures in a row are told to a person."""


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail as it goes out, in plain text."""

    to: str
    subject: str
    text: str


Send = Callable[[Sequence[Mail]], Sequence[str]]
"""Hand mails to the mail server: what went wrong with each, "" where it took it. One that is down is tried once."""


# A letter is told of when it came, shortly before its term, when that is over, and then again and again.
DUE = """
WITH rule AS (
  SELECT * FROM json_to_recordset(%(rules)s::json) AS r(danger boolean, apart interval, before interval, again interval)
), telling AS (
  SELECT l.partner, min(rule.apart) AS apart, count(*) AS letters
  FROM partners_letter l JOIN rule ON rule.danger = l.danger
  WHERE l.state = 'waiting' AND (
    l.told_at IS NULL
    OR (l.told_at < l.due_at - rule.before AND l.due_at - rule.before <= %(at)s)
    OR (l.told_at < l.due_at AND l.due_at <= %(at)s)
    OR (l.due_at <= %(at)s AND l.told_at + rule.again <= %(at)s))
  GROUP BY l.partner
)
SELECT p.id, p.mail_attempts, o.mail, o.language, telling.letters
FROM telling JOIN partners_partner p ON p.id = telling.partner
JOIN access_organisation o ON o.house = p.house AND o.id = p.id
WHERE o.mail <> '' AND (p.mail_due_at IS NULL OR p.mail_due_at <= %(at)s)
  AND (p.mailed_at IS NULL OR p.mailed_at + telling.apart <= %(at)s)
ORDER BY p.id LIMIT 50 FOR NO KEY UPDATE OF p SKIP LOCKED
"""
CLAIM = "UPDATE partners_partner SET mail_due_at = %s, mail_attempts = mail_attempts + 1 WHERE id = %s"


def tell_waiting(*, house: str, clock: Clock, send: Send | None, address: str) -> int:
    """Tell every partner of `house` for whom something waits, where its mail is due; how many were tried.

    `address` is the portal's. Without a mail server (`send` is None) nothing is told; the doctor and the overview say
    so. Source: rules/tables/mail_waiting.toml
    """
    if send is None:
        return 0
    by = system_actor(house, "postman")
    with acting(by):
        check(by, Permission.RUN_WORK)
        at = clock.now()
        found = rows(DUE, {"at": at, "rules": _rules(at)})
        for row in found:
            run(CLAIM, [at + PAUSES[min(row["mail_attempts"], len(PAUSES) - 1)], row["id"]])
    point("mail: claimed")
    if not found:
        return 0
    errors = send([mail_to(row["mail"], row["language"], address) for row in found])
    point("mail: sent")
    with acting(by):
        for row, error in zip(found, errors, strict=True):
            _note(row, error, at, by)
    return len(found)


def mail_to(to: str, language: str, address: str) -> Mail:
    """What a partner is told, in its language: the same for whatever waits."""
    with override(language):
        text = gettext(
            "Something waits for you.\n\n"
            "Please sign in to read and answer it:\n%(address)s\n\n"
            "This message was sent by a program. It says nothing of what waits, on purpose; please do not answer it."
        )
        return Mail(to, gettext("Something waits for you"), f"{text}\n" % {"address": address})


def _rules(at: datetime) -> str:
    table, on = load("mail_waiting"), brussels_day(at)
    found = [
        {
            "danger": danger == "yes",
            **{
                what: f"{table.row(on=on, what=what, danger=danger).number} minutes"
                for what in ("apart", "before", "again")
            },
        }
        for danger in ("yes", "no")
    ]
    return as_json(found)


TOLD = """
UPDATE partners_partner SET mailed_at = %(at)s, mail_due_at = NULL, mail_attempts = 0, mail_error = '' WHERE id = %(id)s
"""


def _note(row: Row, error: str, at: datetime, by: Actor) -> None:
    """Write back what became of one mail that was claimed `at`."""
    attempts = row["mail_attempts"] + 1
    if error:
        run("UPDATE partners_partner SET mail_error = %s WHERE id = %s", [error, row["id"]])
        body = {"partner": row["id"], "attempts": attempts, "error": error}
        news = [NewEvent(kind=events.PARTNER_UNREACHED, item=None, body=body, happened_at=at)]
        record(news if attempts == TOO_OFTEN else [], by=by, at=at)
        return
    run(TOLD, {"at": at, "id": row["id"]})
    run(
        "UPDATE partners_letter SET told_at = %s WHERE partner = %s AND state = 'waiting' AND arrived_at <= %s",
        [at, row["id"], at],
    )
    body = {"partner": row["id"], "letters": row["letters"]}
    record([NewEvent(kind=events.PARTNER_TOLD, item=None, body=body, happened_at=at)], by=by, at=at)


UNREACHED = """
SELECT id, mail_attempts AS attempts, mail_error AS error FROM partners_partner WHERE mail_error <> '' ORDER BY id
"""
UNTOLD = """
SELECT DISTINCT l.partner AS id FROM partners_letter l
LEFT JOIN access_organisation o ON o.house = l.house AND o.id = l.partner
WHERE l.state = 'waiting' AND l.told_at IS NULL AND (%s OR coalesce(o.mail, '') = '') ORDER BY 1
"""


def unreached() -> list[Row]:
    """Partners whom the last mail did not reach: id, attempts, error."""
    return rows(UNREACHED)


def untold(*, mute: bool) -> list[str]:
    """Partners for whom something waits and whom no mail will tell: they gave no address, or `mute`, we send none."""
    return [str(row["id"]) for row in rows(UNTOLD, [mute])]
