"""Every change leaves a trace in its own transaction, and the trace shows when it was altered."""

import hashlib
import json
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Event
from uuid import uuid4

import pytest
import rfc8785
from django.db import DatabaseError, connections, transaction

from maillon.hotline.intake.events import REPORTED, REPORTED_AGAIN
from maillon.kernel.errors import BadInput
from maillon.outbox import registry
from maillon.outbox.acting import Actor, acting, system_actor
from maillon.outbox.once import store_once
from maillon.outbox.record import NewEvent, record
from maillon.outbox.registry import handlers_of
from maillon.outbox.sql import Row, run
from tests.factories.chain import read
from tests.factories.world import NOW

BY = Actor("hotline", "operator", "child-focus", frozenset({"operator"}))
COUNTS = """
SELECT (SELECT count(*) FROM outbox_event WHERE kind LIKE 'reported%%') AS events,
  (SELECT count(*) FROM outbox_eventbody b JOIN outbox_event e ON e.id = b.event_id
   WHERE kind LIKE 'reported%%') AS bodies,
  (SELECT count(*) FROM outbox_delivery) AS deliveries
"""


def a_body(**more: object) -> dict[str, object]:
    return {"report": "r", "reference": "R-1", "channel": "web", "effect": "new", **more}


def an_event(number: int = 0, **more: object) -> NewEvent:
    kind = more.pop("kind", REPORTED)
    return NewEvent(kind=kind, item=uuid4(), body=a_body(reference=f"R-{number}"), happened_at=NOW, **more)  # type: ignore[arg-type]


def recomputed(row: Row) -> tuple[bytes, bytes]:
    """Digest and leaf of a row read back, as a court's expert would: with hashlib and the reference library alone."""
    digest = hashlib.sha256(bytes(row["salt"]) + rfc8785.dumps(json.loads(bytes(row["body"])))).digest()

    def stamp(at: datetime) -> str:
        return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    def text(value: object) -> str | None:
        return str(value) if value is not None else None

    entry = [
        str(row["uid"]), row["house"], row["kind"], row["version"], text(row["item"]), row["actor"],
        row["organisation"], text(row["cause"]), row["rule"], stamp(row["happened_at"]), stamp(row["recorded_at"]),
        bytes(row["body_digest"]).hex(),
    ]  # fmt: skip
    return digest, hashlib.sha256(b"\x00" + rfc8785.dumps(entry)).digest()  # type: ignore[arg-type]


def recorded() -> list[Row]:
    return read(
        "SELECT e.*, b.salt, b.body FROM outbox_event e JOIN outbox_eventbody b ON b.event_id = e.id "
        "WHERE e.kind LIKE 'reported%%' ORDER BY e.id",
    )


def test_an_event_its_body_and_its_deliveries_are_written_together(houses: None) -> None:
    before = read(COUNTS)[0]
    with acting(BY):
        record([an_event(n) for n in range(3)] + [an_event(3, kind=REPORTED_AGAIN)], by=BY, at=NOW)
    after = read(COUNTS)[0]
    assert (after["events"], after["bodies"]) == (before["events"] + 4, before["bodies"] + 4)
    handlers = handlers_of("hotline", "reported")
    assert set(handlers) == {"observation.locate", "analysis.open", "evidence.follow"}
    again = handlers_of("hotline", "reported_again")
    assert after["deliveries"] == before["deliveries"] + 3 * len(handlers) + len(again)


def test_events_stand_in_the_order_given_each_with_its_own_body(houses: None) -> None:
    with acting(BY):
        uids = record([an_event(n) for n in range(20)], by=BY, at=NOW)
    rows = recorded()
    assert [row["uid"] for row in rows] == uids
    assert [json.loads(bytes(row["body"]))["reference"] for row in rows] == [f"R-{n}" for n in range(20)]
    assert len({bytes(row["salt"]) for row in rows}) == 20
    assert all(len(bytes(row["salt"])) == 16 for row in rows)


def test_a_rollback_leaves_nothing(houses: None) -> None:
    before = read(COUNTS)
    with acting(BY):
        record([an_event()], by=BY, at=NOW)
        transaction.set_rollback(True)
    assert read(COUNTS) == before


def test_one_statement_for_any_number(houses: None, django_assert_num_queries: object) -> None:
    for count in (1, 100):
        with acting(BY), django_assert_num_queries(1):  # type: ignore[operator]
            record([an_event(n) for n in range(count)], by=BY, at=NOW)


def test_a_body_has_exactly_the_fields_of_its_kind(houses: None) -> None:
    for body in ({}, a_body(more=1), dict(reversed(a_body().items())), {"report": "r"}):
        with pytest.raises(BadInput, match="must have the fields"), acting(BY):
            record([NewEvent(kind=REPORTED, item=None, body=body, happened_at=NOW)], by=BY, at=NOW)
    assert recorded() == []


def test_digest_and_leaf_are_recomputed_from_what_is_read_back(houses: None) -> None:
    happened = NOW - timedelta(days=400, microseconds=7)
    event = NewEvent(
        kind=REPORTED, item=uuid4(), body=a_body(channel="é\u2028😀"), happened_at=happened, cause=uuid4(), rule="r/1@2"
    )
    with acting(BY):
        record([event, an_event(2, cause=None)], by=BY, at=NOW)
    for row in recorded():
        assert recomputed(row) == (bytes(row["body_digest"]), bytes(row["leaf"]))


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("outbox_event", "kind = 'other'"),
        ("outbox_event", "version = 2"),
        ("outbox_event", "item = NULL"),
        ("outbox_event", "actor = 'somebody'"),
        ("outbox_event", "organisation = 'elsewhere'"),
        ("outbox_event", "cause = gen_random_uuid()"),
        ("outbox_event", "rule = 'route/1@000000000000'"),
        ("outbox_event", "happened_at = happened_at + interval '1 microsecond'"),
        ("outbox_event", "recorded_at = recorded_at + interval '1 microsecond'"),
        ("outbox_event", "uid = gen_random_uuid()"),
        ("outbox_event", "body_digest = sha256(body_digest)"),
        ("outbox_eventbody", "body = convert_to(replace(convert_from(body, 'UTF8'), 'R-0', 'R-1'), 'UTF8')"),
        ("outbox_eventbody", "salt = substring(sha256(salt) for 16)"),
    ],
)
def test_an_altered_trace_shows(houses: None, table: str, change: str) -> None:
    with acting(BY):
        record([an_event()], by=BY, at=NOW)
    with connections["owner"].cursor() as cursor:
        where = "kind = 'reported'" if table == "outbox_event" else (
            "event_id = (SELECT id FROM outbox_event WHERE kind = 'reported')"
        )  # fmt: skip
        cursor.execute(f"UPDATE {table} SET {change} WHERE {where}")
        assert cursor.rowcount == 1
    [row] = read(
        "SELECT e.*, b.salt, b.body FROM outbox_event e JOIN outbox_eventbody b ON b.event_id = e.id "
        "ORDER BY e.id DESC LIMIT 1"
    )
    assert recomputed(row) != (bytes(row["body_digest"]), bytes(row["leaf"]))


def test_a_body_may_be_erased_and_the_leaf_still_holds(houses: None) -> None:
    with acting(BY):
        record([an_event()], by=BY, at=NOW)
    [row] = recorded()
    with acting(system_actor("hotline", "clock")):
        assert run("DELETE FROM outbox_eventbody WHERE event_id = %s", [row["id"]]) == 1
    [kept] = read("SELECT * FROM outbox_event WHERE kind = 'reported'")
    assert recomputed({**row, **kept})[1] == bytes(kept["leaf"])


ONCE = """
INSERT INTO access_organisation (house, id, kind, name) SELECT house, 'other', 'other', %(name)s FROM here
ON CONFLICT DO NOTHING RETURNING house
"""


def test_a_transaction_in_one_statement_records_as_any_other(houses: None) -> None:
    event = NewEvent(
        kind=REPORTED, item=uuid4(), body=a_body(channel="é"), happened_at=NOW, cause=uuid4(), rule="r/1@2"
    )
    assert store_once(ONCE, {"name": "Other"}, event=event, by=BY, at=NOW)
    [row] = recorded()
    assert (bytes(row["body_digest"]), bytes(row["leaf"])) == recomputed(row)
    assert (row["actor"], row["item"], row["cause"]) == (BY.name, event.item, event.cause)
    due = read("SELECT handler, item, state, due_at FROM outbox_delivery WHERE event_id = %s", [row["id"]])
    assert {found["handler"] for found in due} == set(handlers_of("hotline", "reported"))
    assert {(found["item"], found["state"], found["due_at"]) for found in due} == {(event.item, "due", NOW)}


def test_what_was_there_already_is_neither_stored_nor_recorded_again(houses: None) -> None:
    assert store_once(ONCE, {"name": "Other"}, event=an_event(), by=BY, at=NOW)
    before = read(COUNTS)
    assert not store_once(ONCE, {"name": "Other"}, event=an_event(1), by=BY, at=NOW)
    assert read(COUNTS) == before


def test_row_security_holds_within_the_one_statement(houses: None) -> None:
    theirs = ONCE.replace("SELECT house,", "SELECT 'authority',")
    for statement, message in ((theirs, "row-level security"), (ONCE.replace("FROM here", ""), "does not exist")):
        with pytest.raises(DatabaseError, match=message):
            store_once(statement, {"name": "Other"}, event=an_event(), by=BY, at=NOW)
    assert recorded() == []


def test_whoever_asks_while_handlers_are_filled_in_waits_for_them(monkeypatch: pytest.MonkeyPatch) -> None:
    filling, go_on = Event(), Event()

    def fill() -> None:
        filling.set()
        assert go_on.wait(10)
        registry.register(house="care", kind="tested", handler="a test", verb=print)

    monkeypatch.setattr(registry, "_fillers", [fill])
    monkeypatch.setattr(registry, "_handlers", defaultdict(list))
    monkeypatch.setattr(registry, "_verbs", {})
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(handlers_of, "care", "tested")
        assert filling.wait(10)
        second = pool.submit(handlers_of, "care", "tested")
        go_on.set()
        assert (first.result(), second.result()) == (["a test"], ["a test"])


def test_a_filling_that_failed_is_tried_again_by_the_next_who_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    chances = iter([False, True])

    def fill() -> None:
        if not next(chances):
            raise ImportError("not now")

    monkeypatch.setattr(registry, "_fillers", [fill])
    with pytest.raises(ImportError):
        handlers_of("hotline", "reported")
    assert set(handlers_of("hotline", "reported")) >= {"analysis.open"}
    assert next(chances, None) is None
