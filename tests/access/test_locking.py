"""An account locks after too many wrong tries in a row, by itself and for a while; others are kept out of nothing."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from maillon.access.locking import is_locked, lock_rule, signed_in, tried, unlock
from maillon.access.models import Login
from maillon.access.services import give_sign_in
from maillon.kernel.errors import BadInput, NotAllowed, NotFound
from tests.factories.chain import events
from tests.factories.people import a_manager, an_analyst, an_operator
from tests.factories.world import NOW

RULE = lock_rule(NOW)


@pytest.fixture
def login(houses: None) -> Login:
    give_sign_in(person=an_analyst().name, password="a sentence of this test", by=an_operator())
    return Login.objects.get(person="analyst-1")


def fail(login: Login, times: int = 1) -> None:
    for _time in range(times):
        assert not tried(login=login, right=False, at=NOW)


def opens(login: Login, after: timedelta = timedelta()) -> bool:
    return tried(login=login, right=True, at=NOW + after)


def test_it_locks_at_the_last_failure_and_not_before(login: Login) -> None:
    fail(login, RULE.failures - 1)
    assert opens(login)
    fail(login)
    assert not opens(login)
    (event,) = events("account_locked")
    assert (event["body"]["person"], event["body"]["failures"], event["rule"]) == (
        "analyst-1", RULE.failures, RULE.rule,
    )  # fmt: skip


def test_a_right_password_clears_nothing_before_the_last_step(login: Login) -> None:
    fail(login, RULE.failures - 1)
    assert opens(login)
    fail(login)
    assert not opens(login)


def test_coming_in_clears_what_failed_before(login: Login) -> None:
    fail(login, RULE.failures - 1)
    signed_in(login=login, at=NOW)
    fail(login, RULE.failures - 1)
    assert opens(login)


def test_coming_in_by_a_passkey_leaves_a_lock_that_runs(login: Login) -> None:
    fail(login, RULE.failures)
    signed_in(login=login, at=NOW)
    assert not opens(login)


def test_it_opens_by_itself_after_its_time_and_counts_anew(login: Login) -> None:
    fail(login, RULE.failures)
    assert not opens(login, RULE.lasts - timedelta(seconds=1))
    assert opens(login, RULE.lasts)
    assert not tried(login=login, right=False, at=NOW + RULE.lasts)
    assert opens(login, RULE.lasts)
    assert is_locked(locked_at=Login.objects.get(pk=login.pk).locked_at, at=NOW + RULE.lasts) is False


def test_tries_while_it_is_locked_do_not_prolong_it(login: Login) -> None:
    fail(login, RULE.failures + 3)
    assert opens(login, RULE.lasts)
    assert len(events("account_locked")) == 1


def test_many_tries_at_once_are_no_more_than_as_many_in_turn(login: Login) -> None:
    def guess(number: int) -> bool:
        try:
            return tried(login=login, right=number >= RULE.failures, at=NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(guess, [0] * (RULE.failures - 1)))
        answers = list(pool.map(guess, [0] * 8))
        assert not any(answers)
        assert not any(pool.map(guess, [RULE.failures] * 8))
    assert len(events("account_locked")) == 1
    assert Login.objects.get(pk=login.pk).failures == RULE.failures


def test_one_account_is_locked_and_no_other(login: Login) -> None:
    fail(login, RULE.failures)
    give_sign_in(person=an_analyst(2).name, password="a sentence of this test", by=an_operator())
    assert opens(Login.objects.get(person="analyst-2"))


def test_a_sign_in_of_no_house_opens_nothing(houses: None) -> None:
    assert not opens(Login.objects.create(username="stray"))


def test_who_manages_accounts_unlocks_with_a_reason(login: Login) -> None:
    fail(login, RULE.failures)
    with pytest.raises(BadInput, match="Give a reason"):
        unlock(person="analyst-1", reason=" ", by=a_manager(), at=NOW)
    unlock(person="analyst-1", reason="asked by telephone", by=a_manager(), at=NOW)
    assert opens(login)
    (event,) = events("account_unlocked")
    assert event["body"] == {"person": "analyst-1", "reason": "asked by telephone"}
    with pytest.raises(BadInput, match="is not locked"):
        unlock(person="analyst-1", reason="again", by=a_manager(), at=NOW)


def test_nobody_else_does(login: Login) -> None:
    fail(login, RULE.failures)
    with pytest.raises(NotAllowed):
        unlock(person="analyst-1", reason="mine", by=an_analyst(), at=NOW)
    with pytest.raises(NotFound):
        unlock(person="nobody", reason="none", by=a_manager(), at=NOW)
    assert not opens(login)
