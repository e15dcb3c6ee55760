"""When opinions settle a case, against a plain second reading of the rules over every small list of opinions."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maillon.hotline.analysis.policy import Conclusion, Opinion, conclude
from maillon.hotline.analysis.states import Case

DAY = date(2026, 3, 3)
KINDS = [("A", 1), ("A", 3), ("B", 1), ("N", None)]
FLAGS = [frozenset[str](), frozenset({"imminent_danger"}), frozenset({"belgian_victim"})]


def an_opinion(
    person: int, code: str, severity: int | None, flags: frozenset[str], senior: bool = False, body: str = "hotline"
) -> Opinion:
    return Opinion(
        person=f"p{person}", scheme="demo", version="1", code=code, outcome="not_illegal" if code == "N" else "illegal",
        severity=severity, flags=flags, on=DAY, body=body, senior=senior,
    )  # fmt: skip


def needed(opinion: Opinion) -> int:
    """How many must say so, as the issue and the assumptions of the table put it in words."""
    danger, flagged = "imminent_danger" in opinion.flags, bool(opinion.flags - {"imminent_danger"})
    if opinion.body == "police":
        return 1
    if opinion.outcome == "illegal":
        return 2 if opinion.severity == 1 and not danger else 1
    return 2 if danger or flagged else 1


def expected(opinions: Sequence[Opinion]) -> tuple[Case, str | None, int | None, frozenset[str]]:
    """State, code, severity and flags, written the slow way."""
    last, before = opinions[-1], opinions[:-1]
    if last.senior and len({o.code for o in before}) >= 2:
        return Case.SETTLED, last.code, last.severity, last.flags
    if any(o.code != last.code for o in before):
        return Case.DISPUTED, None, None, frozenset()
    if len(opinions) < max(needed(o) for o in opinions):
        return Case.SECOND_OPINION, None, None, frozenset()
    stated = [o.severity for o in opinions if o.severity is not None]
    raised = {flag for o in opinions for flag in o.flags}
    return Case.SETTLED, last.code, max(stated) if stated else None, frozenset(raised)


def reached(conclusion: Conclusion) -> tuple[Case, str | None, int | None, frozenset[str]]:
    code = conclusion.code[2] if conclusion.code else None
    return conclusion.state, code, conclusion.severity, conclusion.flags


def lists(length: int) -> Iterator[list[Opinion]]:
    choices = list(product(KINDS, FLAGS, (False, True)))
    for chosen in product(choices, repeat=length):
        yield [an_opinion(n, *kind, flags, senior) for n, (kind, flags, senior) in enumerate(chosen)]


@pytest.mark.parametrize("length", [1, 2])
def test_every_list_of_one_and_two_opinions_ends_as_the_rules_say(length: int) -> None:
    for opinions in lists(length):
        assert reached(conclude(opinions)) == expected(opinions), opinions


def test_every_list_of_three_opinions_ends_as_the_rules_say() -> None:
    for opinions in lists(3):
        assert reached(conclude(opinions)) == expected(opinions), opinions


@given(
    st.lists(
        st.tuples(
            st.sampled_from([*product("AB", range(1, 6)), ("N", None), ("N", 2)]),
            st.sets(st.sampled_from(["imminent_danger", "belgian_victim", "belgian_suspect"])),
            st.booleans(),
            st.sampled_from(["hotline", "police"]),
        ),
        min_size=1, max_size=6,
    )
)  # fmt: skip
def test_longer_lists_end_as_the_rules_say(
    chosen: list[tuple[tuple[str, int | None], set[str], bool, str]],
) -> None:
    opinions = [an_opinion(n, *kind, frozenset(f), senior, body) for n, (kind, f, senior, body) in enumerate(chosen)]
    assert reached(conclude(opinions)) == expected(opinions)


def test_what_is_concluded_names_the_rule_it_rests_on() -> None:
    single = conclude([an_opinion(1, "A", 3, frozenset())])
    double = conclude([an_opinion(1, "A", 1, frozenset())])
    assert single.rule.ref != double.rule.ref
    assert {single.rule.table, double.rule.table} == {"opinions_needed"}


def test_the_same_code_of_another_version_is_another_opinion() -> None:
    one = an_opinion(1, "A", 3, frozenset())
    for other in (replace(one, person="p2", version="2"), replace(one, person="p2", scheme="other")):
        assert conclude([one, other]).state == Case.DISPUTED
