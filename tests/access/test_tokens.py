"""Tokens of partner organisations: shown once, kept as a keyed hash, good until a day or until taken back."""

from datetime import timedelta
from uuid import UUID

import pytest

from maillon.access.permissions import HOUSE_ROLES, PROGRAM_ROLES, may
from maillon.access.permissions import Permission as P
from maillon.access.services import add_organisation
from maillon.access.tokens import LASTS, PREFIX, BadToken, Made, find_partner, make_token, revoke_token, tokens
from maillon.kernel.errors import BadInput, NotAllowed, NotFound
from maillon.outbox.acting import Actor
from tests.factories.chain import events, read
from tests.factories.people import a_manager, an_analyst, an_operator
from tests.factories.world import NOW
from tests.shape.catalogue import ask

KEY = b"a key of the tests"
SECOND = timedelta(seconds=1)


def made(by: Actor | None = None, **more: object) -> Made:
    given = {"organisation": "child-focus", "label": "a program", "key": KEY, "by": by or an_operator(), "at": NOW}
    return make_token(**{**given, **more})  # type: ignore[arg-type]


def opens(text: str, after: timedelta = timedelta(), key: bytes = KEY, house: str = "hotline") -> Actor | None:
    try:
        return find_partner(house=house, text=text, key=key, at=NOW + after)
    except BadToken:
        return None


def test_a_token_opens_for_its_organisation_until_it_expires(houses: None) -> None:
    token = made(lasts=timedelta(days=2))
    found = opens(token.text)
    assert found is not None
    assert (found.organisation, found.roles, found.clearances) == ("child-focus", {"partner_program"}, frozenset())
    assert found.name == "child-focus/a program"
    assert opens(token.text, timedelta(days=2) - SECOND) is not None
    assert opens(token.text, timedelta(days=2)) is None
    assert opens(made().text, LASTS - SECOND) is not None
    assert opens(made().text, LASTS) is None


def test_a_token_opens_what_it_was_made_for_and_nothing_else(houses: None) -> None:
    by = opens(made(rights=("report", "match_files")).text)
    assert by is not None
    assert by.roles == {"partner_program", "file_matching_program"}
    looker = opens(made(rights=("match",)).text)
    assert looker is not None
    assert [may(looker, one) for one in (P.MATCH, P.MATCH_FILES, P.SUBMIT_FOR_PARTNER)] == [True, False, False]


def test_what_is_not_exactly_the_token_opens_nothing(houses: None) -> None:
    text = made().text
    for wrong in ("", text[:-1], text + "A", text.lower(), text.removeprefix(PREFIX), "é\ud800"):
        assert opens(wrong) is None
    assert opens(text, key=b"another") is None
    assert opens(text, house="authority") is None
    assert opens(text) is not None


def test_a_revoked_token_opens_nothing_and_the_others_go_on(houses: None) -> None:
    first, second = made(), made()
    revoke_token(id=first.id, by=a_manager(), at=NOW)
    assert opens(first.text) is None
    assert opens(second.text) is not None
    for unknown in (first.id, UUID(int=0)):
        with pytest.raises(NotFound):
            revoke_token(id=unknown, by=an_operator(), at=NOW)


def test_the_text_stands_nowhere_and_cannot_be_guessed(houses: None) -> None:
    text = made().text
    assert len(text.removeprefix(PREFIX)) * 6 >= 160
    assert made(entropy=lambda n: bytes(n)).text != text
    for table in ("access_token", "outbox_event", "outbox_eventbody"):
        assert not [row for (row,) in ask(f"SELECT to_json(t)::text FROM {table} t") if text in str(row)]
    bodies = [row["body"] for row in events("token_made")]
    assert [set(body) for body in bodies] == [{"token", "organisation", "label", "expires_at", "rights"}] * 2
    assert "digest" not in tokens(by=an_operator())[0]


def test_only_who_manages_tokens_makes_lists_and_revokes_them_on_record(houses: None) -> None:
    token = made()
    for act in (
        lambda: made(by=an_analyst()),
        lambda: revoke_token(id=token.id, by=an_analyst(), at=NOW),
        lambda: tokens(by=an_analyst()),
    ):
        with pytest.raises(NotAllowed):
            act()
    revoke_token(id=token.id, by=an_operator(), at=NOW)
    (listed,) = tokens(by=a_manager())
    assert (listed["id"], listed["label"], listed["revoked_at"]) == (token.id, "a program", NOW)
    assert [row["body"]["token"] for row in events("token_revoked")] == [str(token.id)]


@pytest.mark.parametrize("wrong", [{"label": " "}, {"label": "x" * 65}, {"label": "a\nb"}, {"lasts": timedelta()},
                                   {"rights": ()}, {"rights": ("report", "everything")}])  # fmt: skip
def test_a_token_needs_a_label_a_time_and_known_rights(houses: None, wrong: dict[str, object]) -> None:
    with pytest.raises(BadInput):
        made(**wrong)
    assert read("SELECT 1 FROM access_token") == []


def test_an_organisation_is_made_before_its_token(houses: None) -> None:
    with pytest.raises(NotFound, match="There is no organisation partner-a"):
        made(organisation="partner-a")
    organisation = {"id": "partner-a", "kind": "partner", "name": "Partner A", "by": a_manager(), "at": NOW}
    add_organisation(**organisation)  # type: ignore[arg-type]
    assert opens(made(organisation="partner-a").text) is not None
    assert [row["body"]["name"] for row in events("organisation_made")] == ["Partner A"]
    for wrong in ({}, {"id": "Partner B"}, {"id": "b", "kind": ""}, {"id": "b", "name": " "}):
        with pytest.raises(BadInput):
            add_organisation(**{**organisation, **wrong})  # type: ignore[arg-type]
    with pytest.raises(NotAllowed):
        add_organisation(**{**organisation, "id": "c", "by": an_analyst()})  # type: ignore[arg-type]


def test_no_account_can_have_a_role_of_the_program() -> None:
    assert not {role for roles in HOUSE_ROLES.values() for role in roles} & set(PROGRAM_ROLES)
