"""Rules that hold at every moment, whatever was killed, and those that hold once nothing is due."""

import hashlib
from collections import Counter

from tests.crash.installation import Installation

BODY = "convert_from(b.body, 'UTF8')::jsonb"

ALWAYS = {
    "a report that is filed has its locations, and no other has any": """
        SELECT r.reference, r.state FROM intake_report r WHERE (r.state = 'filed') <>
        EXISTS (SELECT 1 FROM intake_report_location l WHERE l.house = r.house AND l.report_id = r.id)""",
    "a report that was submitted has one event": f"""
        SELECT r.reference, count(e.id) FROM intake_report r
        LEFT JOIN (outbox_event e JOIN outbox_eventbody b ON b.house = e.house AND b.event_id = e.id)
          ON e.house = r.house AND e.kind = 'submitted' AND {BODY} ->> 'report' = r.id::text
        WHERE r.receipt IS NOT NULL OR r.channel = 'partner' GROUP BY 1 HAVING count(e.id) <> 1""",
    "a message of a conversation has one event": f"""
        SELECT m.id, count(e.id) FROM intake_reporter_message m
        LEFT JOIN (outbox_event e JOIN outbox_eventbody b ON b.house = e.house AND b.event_id = e.id)
          ON e.house = m.house AND e.kind IN ('reporter_asked', 'reporter_answered')
          AND {BODY} ->> 'message' = m.id::text
        GROUP BY 1 HAVING count(e.id) <> 1""",
    "a partner's request has its reports": """
        SELECT b.key, r ->> 'reference' FROM intake_batch b CROSS JOIN jsonb_array_elements(b.answer) AS r
        LEFT JOIN intake_report s ON s.house = b.house AND s.reference = b.organisation || ':' || (r ->> 'reference')
        WHERE s.id IS NULL""",
    "a location reported has one event": f"""
        SELECT l.report_id, l.item_id, count(e.id) FROM intake_report_location l
        LEFT JOIN (outbox_event e JOIN outbox_eventbody b ON b.house = e.house AND b.event_id = e.id)
          ON e.house = l.house AND e.item = l.item_id AND e.kind IN ('reported', 'reported_again')
          AND {BODY} ->> 'report' = l.report_id::text
        GROUP BY 1, 2 HAVING count(e.id) <> 1""",
    "an event has its body": """
        SELECT e.id FROM outbox_event e LEFT JOIN outbox_eventbody b ON b.house = e.house AND b.event_id = e.id
        WHERE b.event_id IS NULL""",
    "an assessment has one event": f"""
        SELECT a.id, count(e.id) FROM analysis_assessment a
        LEFT JOIN (outbox_event e JOIN outbox_eventbody b ON b.house = e.house AND b.event_id = e.id)
          ON e.house = a.house AND e.kind = 'assessed' AND {BODY} ->> 'assessment' = a.id::text
        GROUP BY 1 HAVING count(e.id) <> 1""",
    "an opinion taken back has one event that says so": f"""
        SELECT a.id, count(e.id) FROM analysis_assessment a
        LEFT JOIN (outbox_event e JOIN outbox_eventbody b ON b.house = e.house AND b.event_id = e.id)
          ON e.house = a.house AND e.kind = 'opinion_withdrawn' AND {BODY} ->> 'assessment' = a.id::text
        GROUP BY 1 HAVING count(e.id) <> bool_or(a.withdrawn)::int""",
    "whoever holds a case was the last to claim it": f"""
        SELECT c.id, c.claimed_by, e.actor FROM analysis_case c
        LEFT JOIN LATERAL (SELECT e.actor FROM outbox_event e
          JOIN outbox_eventbody b ON b.house = e.house AND b.event_id = e.id
          WHERE e.house = c.house AND e.item = c.item_id AND e.kind = 'case_claimed' AND {BODY} ->> 'case' = c.id::text
          ORDER BY e.id DESC LIMIT 1) e ON true
        WHERE c.claimed_by <> '' AND c.claimed_by IS DISTINCT FROM e.actor""",
    "nothing leaves but on a settlement that is noted to be relied on": """
        SELECT r.id, r.state FROM referral_referral r JOIN analysis_case c ON (c.house, c.id) = (r.house, r.case_id)
        WHERE r.state = 'queued' AND r.recalls IS NULL AND c.relied_at IS NULL""",
    "a case has one event that opened it": f"""
        SELECT c.id, count(e.id) FROM analysis_case c
        LEFT JOIN (outbox_event e JOIN outbox_eventbody b ON b.house = e.house AND b.event_id = e.id)
          ON e.house = c.house AND e.kind = 'case_opened' AND {BODY} ->> 'case' = c.id::text
        GROUP BY 1 HAVING count(e.id) <> 1""",
    "a location found has one event": f"""
        SELECT o.id, count(e.id) FROM observation_location o
        LEFT JOIN (outbox_event e JOIN outbox_eventbody b ON b.house = e.house AND b.event_id = e.id)
          ON e.house = o.house AND e.kind = 'located' AND {BODY} ->> 'location' = o.id::text
        GROUP BY 1 HAVING count(e.id) <> 1""",
    "an item is located once for each request": """
        SELECT i.house, i.canonical, l.n, o.n FROM items_item i
        LEFT JOIN (SELECT house, item_id, count(*) n FROM observation_lookup WHERE state = 'done' GROUP BY 1, 2) l
          ON (l.house, l.item_id) = (i.house, i.id)
        LEFT JOIN (SELECT house, item_id, count(*) n FROM observation_location WHERE method = 'sources' GROUP BY 1, 2) o
          ON (o.house, o.item_id) = (i.house, i.id)
        WHERE coalesce(l.n, 0) <> coalesce(o.n, 0)""",
    "a referral is written about at most once": """
        SELECT house, about, kind, count(*) FROM partners_message GROUP BY 1, 2, 3 HAVING count(*) > 1""",
    "a message is noted as sent once, when it is": f"""
        SELECT m.id, m.state, count(e.id) FROM partners_message m
        LEFT JOIN (outbox_event e JOIN outbox_eventbody b ON b.house = e.house AND b.event_id = e.id)
          ON e.house = m.house AND e.kind = 'message_sent' AND {BODY} ->> 'message' = m.id::text
        GROUP BY 1, 2 HAVING count(e.id) <> CASE m.state WHEN 'sent' THEN 1 ELSE 0 END""",
    "the numbers of a partner's messages have no gap": """
        SELECT p.house, p.id, p.last_number, count(m.id) FROM partners_partner p
        LEFT JOIN partners_message m ON (m.house, m.partner) = (p.house, p.id)
        GROUP BY 1, 2, 3 HAVING count(m.id) <> p.last_number OR coalesce(max(m.number), 0) <> p.last_number""",
    "what was stored by the recipient was sent once": """
        SELECT r.id FROM partners_received r LEFT JOIN partners_message m ON m.id = r.id AND m.house <> r.house
        GROUP BY 1 HAVING count(m.id) <> 1""",
    "a message stored has one event": f"""
        SELECT r.id, count(e.id) FROM partners_received r
        LEFT JOIN (outbox_event e JOIN outbox_eventbody b ON b.house = e.house AND b.event_id = e.id)
          ON e.house = r.house AND e.kind = 'message_received' AND {BODY} ->> 'message' = r.id::text
        GROUP BY 1 HAVING count(e.id) <> 1""",
}

DRAINED = {
    "a report found its items or waits for a person": "SELECT reference FROM intake_report WHERE state = 'submitted'",
    "every event is handed over": "SELECT * FROM outbox_delivery",
    "every lookup is done": "SELECT * FROM observation_lookup WHERE state <> 'done'",
    "every item of the hotline is located": "SELECT canonical FROM items_item WHERE house = 'hotline' AND country = ''",
    "every item of the hotline has a case": """
        SELECT canonical FROM items_item i WHERE house = 'hotline'
        AND NOT EXISTS (SELECT 1 FROM analysis_case c WHERE (c.house, c.item_id) = (i.house, i.id))""",
    "an acknowledgement reached its referral": """
        SELECT r.id, r.state FROM inbox_arrival a JOIN referral_referral r ON r.id::text = a.referral
        WHERE a.state = 'acknowledged' AND r.state NOT IN ('acknowledged', 'recalled')""",
    "no draft waits": "SELECT id, item_id FROM referral_referral WHERE state IN ('drafted', 'queued')",
    "every message is sent": "SELECT id, partner, state, error FROM partners_message WHERE state <> 'sent'",
    "every referral to the police arrived once": """
        SELECT m.id, count(a.id) FROM partners_message m LEFT JOIN inbox_arrival a ON a.id = m.id
        WHERE m.house = 'hotline' AND m.channel = 'local' GROUP BY 1 HAVING count(a.id) <> 1""",
    "an illegal item is referred": """
        SELECT i.canonical FROM items_item i WHERE i.house = 'hotline' AND i.state = 'illegal'
        AND NOT EXISTS (SELECT 1 FROM referral_referral r WHERE (r.house, r.item_id) = (i.house, i.id))""",
}


def wrong(here: Installation, *, drained: bool) -> list[str]:
    """Every rule that does not hold, with the rows that break it."""
    found = []
    with here.connect() as connection:
        for rule, statement in {**ALWAYS, **(DRAINED if drained else {})}.items():
            rows = connection.execute(statement).fetchall()
            found += [f"not so: {rule}: {rows[:3]}"] if rows else []
        bodies = connection.execute(
            "SELECT e.kind, b.salt, b.body, e.body_digest FROM outbox_event e "
            "JOIN outbox_eventbody b ON b.house = e.house AND b.event_id = e.id"
        )
        for kind, salt, body, digest in bodies:
            if hashlib.sha256(salt + body).digest() != digest:
                found.append(f"not so: an event's digest is its body's: {kind}")
    return found + (files_wrong(here) if drained else [])


def files_wrong(here: Installation) -> list[str]:
    """The channel's folder holds each message sent through it once, whole, and nothing else."""
    sent = Counter(str(id) for (id,) in here.query("SELECT id FROM partners_message WHERE channel = 'file'"))
    there = Counter(path.stem[-36:] for path in here.files.rglob("*.json") if path.is_file())
    left = [str(path) for path in here.files.rglob(".*")]
    found = (
        [f"not so: a file for each message: {sent - there} missing, {there - sent} too many"] if sent != there else []
    )
    return found + ([f"not so: no half-written file is left: {left}"] if left else [])
