"""Legal references are dated rows: what rests on which article depends on the day, and what nobody read says so."""

from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest

from maillon.authority.decision.policy import LANGUAGES, PROVIDERS, confirm_by, provision, provision_of
from maillon.authority.decision.procedures import end_procedure, procedure_in_force, record_procedure
from maillon.kernel.errors import BadInput, NotAllowed, NotFound
from maillon.kernel.ids import uuid7
from maillon.outbox.acting import acting
from maillon.rules.table import load
from tests.factories.chain import events
from tests.factories.decisions import a_magistrate, a_procedure
from tests.factories.people import a_police_officer, an_operator
from tests.factories.world import NOW, World

DAY = timedelta(days=1)


def noon(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "article"),
    [
        ("2017-05-13", "383bis"),
        ("2022-05-31", "383bis"),
        ("2022-06-01", "417/…"),
        ("2026-04-08", "417/…"),
        ("2026-04-09", "…"),
    ],
)
def test_the_articles_moved_twice(day: str, article: str) -> None:
    row = provision("offence", noon(day))
    assert (row.fields["article"], row.basis) == (article, "assumed")
    assert provision_of(row.ref) == row


def test_the_day_is_brussels_own() -> None:
    assert provision("offence", datetime(2022, 5, 31, 21, 59, tzinfo=UTC)).fields["article"] == "383bis"
    assert provision("offence", datetime(2022, 5, 31, 22, 0, tzinfo=UTC)).fields["article"] == "417/…"


def test_every_purpose_answers_in_both_languages_on_every_day() -> None:
    purposes = {row.key[0] for row in load("legal_basis").rows}
    assert purposes >= {*PROVIDERS, "offence", "approval_of_hotline", "redress", "order_content"}
    for purpose, day in product(purposes, ("2017-05-13", "2022-06-01", "2026-04-09", "2030-01-01")):
        said = provision(purpose, noon(day)).fields
        assert all(said[language].strip() for language in LANGUAGES)


def test_an_article_that_nobody_has_read_says_that_it_is_to_be_read() -> None:
    unread = [row for row in load("legal_basis").rows if row.fields["article"] in ("…", "417/…")]
    assert {row.basis for row in unread} == {"assumed"}
    assert all("read" in row.source for row in unread)


def test_what_may_still_be_noted_has_never_lapsed_yet() -> None:
    for hours, urgent in product(range(0, 24 * 21), (False, True)):
        given = noon("2026-12-20") + timedelta(hours=hours)
        latest, _ = confirm_by(given, given + 7 * DAY, urgent=urgent)
        assert latest > given + timedelta(hours=12)


def test_a_procedure_is_agreed_between_all_dated_and_sourced(houses: None) -> None:
    right = {
        "kind": "removal", "name": "P", "parties": ["justice", "hotline", "providers"], "agreed_on": date(2018, 1, 1),
        "valid_from": date(2018, 2, 1), "source": "read", "by": an_operator("authority"), "at": NOW,
    }  # fmt: skip
    for wrong in (
        {"kind": "arrest"}, {"name": " "}, {"source": ""}, {"parties": ["justice", "hotline"]},
        {"agreed_on": date(2018, 2, 2)}, {"valid_until": date(2018, 2, 1)},
    ):  # fmt: skip
        with pytest.raises(BadInput):
            record_procedure(**{**right, **wrong})  # type: ignore[arg-type]
    with pytest.raises(NotAllowed):
        record_procedure(**{**right, "by": a_police_officer()})  # type: ignore[arg-type]
    record_procedure(**{**right, "by": a_magistrate()})  # type: ignore[arg-type]


def test_a_procedure_is_in_force_from_its_day_until_another(world: World) -> None:
    today, by = world.now.date(), an_operator("authority")
    first, second = a_procedure(since=date(2018, 1, 1)), a_procedure(since=today)
    end_procedure(id=second["id"], on=today + DAY, reason="replaced", by=by, at=world.now)
    with acting(by):
        found = [procedure_in_force(kind="removal", on=today + n * DAY) for n in (-1, 0, 1)]
        assert procedure_in_force(kind="removal", on=date(2017, 12, 31)) is None
        assert procedure_in_force(kind="blocking", on=today) is None
    assert [row["id"] if row else None for row in found] == [first["id"], second["id"], first["id"]]
    for day, error in ((today - DAY, BadInput), (today + 2 * DAY, BadInput)):
        with pytest.raises(error):
            end_procedure(id=second["id"], on=day, reason="again", by=by, at=world.now)
    with pytest.raises(NotFound):
        end_procedure(id=uuid7(world.now), on=today, reason="none", by=by, at=world.now)
    assert [event["body"]["on"] for event in events("procedure_ended", "authority")] == [str(today + DAY)]
