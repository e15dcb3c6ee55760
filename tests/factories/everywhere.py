"""A row in every table of a house: by the services that lead there, and directly where none does here."""

from datetime import timedelta

from django.db import connections

from maillon.access.tokens import make_token
from maillon.items.demands import demand_clearance
from maillon.looking.policy import Known
from maillon.looking.services import let_look_on, reveal
from tests.factories.captures import a_capture
from tests.factories.chain import read, reported
from tests.factories.decisions import a_measure
from tests.factories.people import a_manager, a_senior, an_analyst, an_operator, cleared
from tests.factories.portal import a_partner, an_order
from tests.factories.world import World

REPORT = "(SELECT id FROM intake_report LIMIT 1)"
ITEM = "(SELECT id FROM items_item WHERE house = '{house}' LIMIT 1)"
OURS, POLICES = ITEM.format(house="hotline"), ITEM.format(house="authority")
REQUEST = "(SELECT id FROM decision_request LIMIT 1)"

PURGE = "(SELECT id FROM evidence_purge LIMIT 1)"
OBJECT = "(SELECT id FROM evidence_object LIMIT 1)"
RECIPIENT = "(SELECT id FROM evidence_recipient LIMIT 1)"
MEDIUM = "(SELECT * FROM items_medium ORDER BY id LIMIT 1) m"

DIRECTLY = {
    "evidence_recipient": {
        "house": "'hotline'", "id": "gen_random_uuid()", "kind": "'police'", "key": "'age1'", "added_by": "'operator'",
        "added_at": "now()", "retired_by": "''",
    },
    "evidence_purge": {"house": "'hotline'", "id": "gen_random_uuid()", "began_at": "now()", "counts": "'{}'"},
    "evidence_object": {
        "house": "'hotline'", "id": "gen_random_uuid()", "name": "''", "content": "''", "about": OURS,
        "kind": "'image'", "size": "0", "sealed_size": "0", "digest": "''", "kept_at": "now()",
        "expires_at": "now() + '1 year'", "rule": "'{}'",
    },
    "evidence_wrap": {
        "house": "'hotline'", "id": "gen_random_uuid()", "object_id": OBJECT, "recipient_id": RECIPIENT,
        "wrapped": "''", "wrapped_at": "now()",
    },
    "evidence_legalhold": {
        "house": "'hotline'", "id": "gen_random_uuid()", "about": OURS, "reason": "'a test'", "held_by": "'manager'",
        "held_at": "now()", "review_on": "'2099-01-01'", "ended_by": "''", "ended_reason": "''",
    },
    "evidence_tombstone": {
        "house": "'hotline'", "id": "gen_random_uuid()", "about": OURS, "kind": "'image'", "kept_at": "now()",
        "purged_at": "now()", "purge_id": PURGE, "rule": "'{}'",
    },
    "observation_fetch": {
        "house": "'hotline'", "id": "gen_random_uuid()", "item_id": OURS, "state": "'waiting'",
        "purpose": "'assess'", "asked_by": "'analyst-1'", "asked_at": "now()", "due_at": "now()", "attempts": "0",
    },
    "analysis_confirmation": {
        "house": "'hotline'", "id": "gen_random_uuid()", "sha256": "''", "item_id": OURS,
        "assessment_id": "(SELECT id FROM analysis_assessment LIMIT 1)", "person": "'analyst-1'",
        "scheme": "'demo'", "version": "'1'", "code": "'A'", "confirmed_at": "now()",
    },
    "access_keys": {"house": "'hotline'", "person": "'analyst-1'", "keys": "'{}'"},
    "access_invitation": {
        "house": "'hotline'", "id": "gen_random_uuid()", "person": "'analyst-1'", "purpose": "'begin'",
        "digest": "''", "made_by": "'operator'", "made_at": "now()", "expires_at": "now()",
    },
    "access_breakglass": {
        "house": "'hotline'", "id": "gen_random_uuid()", "person": "'analyst-1'", "label": "'sealed'",
        "reason": "'a test'", "began_at": "now()", "ends_at": "now()",
    },
    "access_sample": {
        "house": "'hotline'", "week": "'2026-02-23'", "seed": "''", "population": "1", "drawn_at": "now()",
    },
    "access_sampleentry": {
        "house": "'hotline'", "week": "'2026-02-23'",
        "event_id": "(SELECT min(id) FROM outbox_event WHERE house = 'hotline')",
    },
    "analysis_filter": {
        "house": "'hotline'", "id": "gen_random_uuid()", "owner": "'analyst-1'", "name": "'mine'", "shared": "false",
        "criteria": "'{}'", "made_at": "now()",
    },
    "intake_contact": {"house": "'hotline'", "report_id": REPORT, "sealed": "''", "given_at": "now()"},
    "intake_reporter_message": {
        "house": "'hotline'", "id": "gen_random_uuid()", "report_id": REPORT, "side": "'reporter'", "person": "''",
        "text": "''", "written_at": "now()",
    },
    "intake_batch": {
        "house": "'hotline'", "organisation": "'child-focus'", "key": "'a'", "digest": "''", "answer": "'{}'",
        "made_at": "now()",
    },
    "observation_contactlookup": {
        "house": "'hotline'", "id": "gen_random_uuid()", "item_id": OURS, "state": "'waiting'", "due_at": "now()",
        "attempts": "0", "asked_by": "'analyst-1'", "asked_at": "now()", "address": "''", "found_by": "''",
        "mail": "''", "name": "''", "handle": "''", "tried": "'[]'",
    },
    "observation_knownmatch": {
        "house": "'hotline'", "id": "gen_random_uuid()", "item_id": f"(SELECT item_id FROM {MEDIUM})",
        "capture_id": f"(SELECT capture_id FROM {MEDIUM})", "medium_id": f"(SELECT id FROM {MEDIUM})", "type": "'pdq'",
        "distance": "0", "bank": "'a'", "entry": "1", "clear": "true", "frames": "0", "found_at": "now()",
    },
    "referral_hold": {
        "house": "'hotline'", "id": "gen_random_uuid()", "item_id": OURS, "sender": "'authority'", "until": "now()",
        "taken_at": "now()",
    },
    "referral_outcome": {
        "house": "'hotline'", "id": "gen_random_uuid()", "item_id": OURS, "sender": "'authority'",
        "outcome": "'ordered'", "happened_at": "now()", "taken_at": "now()",
    },
    "partners_peer": {
        "house": "'hotline'", "peer": "'authority'", "address": "'https://peer.test'", "key": "''",
        "pinned_by": "'operator'", "pinned_at": "now()",
    },
    "partners_question": {
        "house": "'authority'", "id": "gen_random_uuid()", "direction": "'in'", "partner": "'hoster-1'",
        "about": "gen_random_uuid()", "item_id": POLICES, "text": "''", "asked_by": "''", "asked_at": "now()",
    },
    "partners_statement": {
        "house": "'hotline'", "partner": "'authority'", "year": "2025", "figures": "'{}'",
        "message_id": "gen_random_uuid()", "stated_at": "now()",
    },
    "decision_extension": {
        "house": "'authority'", "id": "gen_random_uuid()", "item_id": POLICES,
        "order_id": "(SELECT min(id::text)::uuid FROM decision_order)",
        "words": "''", "before": "now()", "until": "now() + '1 day'",
        "given_by": "(SELECT magistrate FROM decision_order LIMIT 1)", "given_at": "now()", "document": "''",
    },
    "decision_hold": {
        "house": "'authority'", "id": "gen_random_uuid()", "request_id": REQUEST, "item_id": POLICES,
        "state": "'running'", "magistrate": "'x'", "words": "''", "given_at": "now()", "until": "now() + '1 day'",
    },
}  # fmt: skip
"""Rows by table, as SQL."""


def furnish(world: World) -> None:
    """A measure under an order, which the hotline referred; an item with a demand, a report that waits, a token."""
    a_measure(world)
    partner = a_partner(id="hoster-1", kind="hosting_provider", house="authority")
    [item] = read("SELECT id FROM items_item", house="authority")
    an_order(world, partner, item["id"])
    waiting = reported(world, "http://be.test/waiting")
    demand_clearance(item_id=waiting, label="sealed", reason="a test", by=cleared(a_senior(), "sealed"), at=world.now)
    make_token(organisation="child-focus", label="a test", key=b"key", by=an_operator(), at=world.now)
    looked_at(world)
    with connections["owner"].cursor() as cursor:
        for table, values in DIRECTLY.items():
            cursor.execute(f"SELECT 1 FROM {table} LIMIT 1")
            if not cursor.fetchone():
                columns, given = ", ".join(values), ", ".join(values.values())
                cursor.execute(f"INSERT INTO {table} ({columns}) VALUES ({given})")


def looked_at(world: World) -> None:
    """Something that was fetched and looked at, by somebody who was let look on."""
    item, soon = reported(world, "http://be.test/seen"), world.now + timedelta(minutes=5)
    capture = a_capture(world, item)
    let_look_on(person_name=an_analyst().name, until=soon, reason="a test", by=a_manager(), at=world.now)
    reveal(
        item_id=item, capture_id=capture, media=[None], step=0, known=Known(), by=an_analyst(), at=world.now
    )  # fmt: skip
