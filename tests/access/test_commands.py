"""The commands that give and take back clearances and tokens."""

import json
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner, Result
from django.conf import settings

from maillon.access.invitations import invitation_key, take_up
from maillon.access.locking import lock_rule, tried
from maillon.access.queries import find_actor
from maillon.access.tokens import BadToken, find_partner, token_key
from maillon.kernel.clock import SystemClock
from maillon.kernel.errors import BadInput
from maillon.ops.cli import maillon, main
from tests.factories.people import an_analyst


def run(*words: str) -> Result:
    return CliRunner().invoke(maillon, words, catch_exceptions=False)


def listed(*words: str) -> list[dict[str, Any]]:
    return list(json.loads(run(*words, "--json").stdout))


def test_a_clearance_is_given_shown_and_ended(houses: None) -> None:
    an_analyst()
    days = ("--from", "2020-01-01", "--until", "2099-01-01")
    assert (
        "sealed, from 2020-01-01 until 2099-01-01"
        in run("user", "clear", "analyst-1", "sealed", *days, "--reason", "asked for by name").output
    )
    assert find_actor(house="hotline", name="analyst-1").clearances == {"sealed"}
    held = {row["name"]: row["clearances"] for row in listed("user", "list")}
    assert held == {"analyst-1": ["sealed 2020-01-01 to 2099-01-01"], "operator": []}
    assert "sealed" in run("user", "list").output
    run("user", "unclear", "analyst-1", "sealed", "--reason", "over")
    assert find_actor(house="hotline", name="analyst-1").clearances == set()
    assert all(not row["clearances"] for row in listed("user", "list"))


def test_an_account_goes_from_invitation_to_leaving_by_command(houses: None) -> None:
    analyst = ("--organisation", "child-focus", "--role", "analyst")
    first = run("user", "invite", "new-1", *analyst).stdout.strip()
    second = run("user", "invite", "new-1", "--again").stdout.strip()
    assert first.startswith(f"{settings.MAILLON.site}/sign-in/invitation/hotline.")
    assert first != second
    key, now = invitation_key(settings.SECRET_KEY), SystemClock().now()
    text = second.split("/")[-2]
    login = take_up(text=text, password="a sentence of this test", key=key, at=now)
    for _time in range(lock_rule(now).failures):
        tried(login=login, right=False, at=now)
    run("user", "unlock", "new-1", "--reason", "asked by telephone")
    assert tried(login=login, right=True, at=now)
    third = run("user", "device", "new-1", "--reason", "a lost telephone").stdout.strip()
    assert third not in (first, second)
    run("user", "leave", "new-1", "--reason", "left the house")
    assert {row["name"]: row["active"] for row in listed("user", "list")} == {"new-1": False, "operator": True}
    assert main(["user", "leave", "operator", "--reason", "me"]) == 1


def test_a_weak_password_is_refused_by_command_too(houses: None) -> None:
    words = ["user", "add", "new-1", "--organisation", "child-focus", "--role", "analyst", "--password"]
    with pytest.raises(BadInput, match="too short"):
        CliRunner().invoke(maillon, words, input="short\nshort\n", catch_exceptions=False)


def test_a_label_that_there_is_not_is_a_mistake(houses: None) -> None:
    an_analyst()
    days = ["--from", "2020-01-01", "--until", "2099-01-01", "--reason", "x"]
    assert main(["user", "clear", "analyst-1", "secret", *days]) == 2


def test_a_token_is_printed_once_listed_without_its_text_and_taken_back(houses: None) -> None:
    run("organisation", "add", "partner-a", "--kind", "partner", "--name", "Partner A")
    assert "partner-a" in [row["id"] for row in listed("organisation", "list")]
    text = run("token", "add", "partner-a", "--label", "a program", "--days", "3").stdout.strip()
    given: dict[str, Any] = {"house": "hotline", "text": text, "key": token_key(settings.SECRET_KEY)}
    now = SystemClock().now()
    assert find_partner(**given, at=now).organisation == "partner-a"
    (row,) = listed("token", "list")
    assert text not in json.dumps(row)
    assert (row["organisation"], row["label"], row["made_by"], row["revoked_at"]) == (
        "partner-a", "a program", "operator", None,
    )  # fmt: skip
    run("token", "revoke", row["id"])
    for at in (now, now + timedelta(days=4)):
        try:
            found = find_partner(**given, at=at)
        except BadToken:
            found = None
        assert found is None
    assert listed("token", "list")[0]["revoked_at"]
