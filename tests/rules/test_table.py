from datetime import date, timedelta
from itertools import combinations, product

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from maillon.kernel.errors import NoRule
from maillon.rules.table import ANY, BadTable, Table, assumed, load, names, parse

FIRST_DAY = date(2017, 5, 13)
DAY_BEFORE = date(2017, 5, 12)
from_first_day = st.dates(min_value=FIRST_DAY, max_value=date(2100, 1, 1))

ROUTE_KEYS = [
    {"server": s, "provider": p, "danger": d}
    for s, p, d in product(
        ("belgium", "inhope", "elsewhere", "undetermined"),
        ("belgium", "abroad", "unknown"),
        ("none", "belgian_place", "elsewhere"),
    )
]
OPINION_KEYS = [
    {"body": b, "outcome": o, "severity": s, "danger": d, "flagged": f}
    for b, o, s, d, f in product(
        ("police", "hotline"),
        ("illegal", "not_illegal"),
        ("1", "2", "3", "4", "5", "none"),
        ("yes", "no"),
        ("yes", "no"),
    )
]
PARTNERS = ("federal_police", "local_police", "inhope_hotline")
TERMS = [
    *(("send_within", {"partner_kind": p, "danger": d}) for p, d in product(PARTNERS, ("yes", "no"))),
    *(("acknowledge_within", {"partner_kind": p, "danger": d}) for p, d in product(PARTNERS, ("yes", "no"))),
    *(
        ("decide_within", {"what": w, "danger": d})
        for w, d in product(("location", "second_opinion", "dispute", "first_opinion"), ("yes", "no"))
    ),
    *(
        ("escalate", {"subject": s, "step": n, "danger": d})
        for s, n, d in product(("referral", "case", "request", "measure", "arrival"), ("1", "2", "3"), ("yes", "no"))
    ),
    ("approval_noted_within", {}),
    ("review_within", {}),
    *((table, {"urgent": u}) for table, u in product(("confirm_within", "decide_on_request_within"), ("yes", "no"))),
    *(("order_lasts", {"form": f, "kind": k}) for f, k in product(("verbal", "written"), ("removal", "blocking"))),
    *(("measure_within", {"what": w, "danger": d}) for w, d in product(("carry_out", "undo"), ("yes", "no"))),
    *(("reopen_after", {"outcome": o}) for o in ("illegal", "not_illegal", "offline")),
]


def table_of(*rows: str, keys: str = '"a", "b"') -> Table:
    return parse("example", f"keys = [{keys}]\n" + "\n".join(f"[[rows]]\n{row}" for row in rows))


def row_of(
    a: str = "x",
    b: str = "y",
    value: int = 1,
    start: str = "",
    until: str = "",
    basis: str = "assumed",
    source: str = "made up for this test",
) -> str:
    key = f'a = "{a}"\nb = "{b}"\n'
    return key + f'value = {value}\nvalid = ["{start}", "{until}"]\nbasis = "{basis}"\nsource = "{source}"'


@pytest.mark.parametrize("name", names())
def test_every_row_has_a_source_and_a_basis_and_no_key_has_two_answers_on_a_day(name: str) -> None:
    rows = load(name).rows
    assert rows
    assert all(row.source.strip() and row.basis in {"read", "assumed"} for row in rows)
    for a, b in combinations(rows, 2):
        if a.key == b.key:
            assert a.until <= b.start or b.until <= a.start


@pytest.mark.parametrize("name", names())
def test_references_tell_the_rows_of_a_table_apart(name: str) -> None:
    rows = load(name).rows
    assert len({row.digest for row in rows}) == len(rows)
    assert rows[0].ref == f"{name}/1@{rows[0].digest[:12]}"


def test_what_nobody_has_read_is_listed() -> None:
    listed = assumed()
    assert {row.basis for row in listed} == {"assumed"}
    assert len(listed) == sum(row.basis == "assumed" for name in names() for row in load(name).rows)
    assert "opinions_needed" in {row.table for row in listed}


@given(on=from_first_day)
def test_every_settled_case_has_a_route_from_the_first_day_on(on: date) -> None:
    for key in ROUTE_KEYS:
        for recipient in load("route").row(on, **key).texts:
            partner, purpose = recipient.split(":")
            assert partner in PARTNERS
            assert purpose in {"action", "copy", "danger"}
            assert load("channel").row(on, partner_kind=partner).texts


@pytest.mark.parametrize("key", ROUTE_KEYS, ids=lambda key: "-".join(key.values()))
def test_before_the_first_day_nothing_is_routed(key: dict[str, str]) -> None:
    with pytest.raises(NoRule, match=r"route.*2017-05-12"):
        load("route").row(DAY_BEFORE, **key)


@pytest.mark.parametrize("key", ROUTE_KEYS, ids=lambda key: "-".join(key.values()))
def test_routes_reach_the_police_unless_a_person_decides_the_place(key: dict[str, str]) -> None:
    recipients = load("route").row(FIRST_DAY, **key).texts
    police = [r for r in recipients if r.startswith("federal_police:")]
    if key["server"] == "undetermined" and key["danger"] == "none":
        assert recipients == []
    else:
        assert len(police) == 1
    assert ("inhope_hotline:action" in recipients) == (key["server"] == "inhope")
    assert ("local_police:danger" in recipients) == (key["danger"] == "belgian_place")


def test_a_provider_in_belgium_makes_the_copy_to_the_police_a_case_of_theirs() -> None:
    route = load("route")
    assert route.row(FIRST_DAY, server="inhope", provider="abroad", danger="none").texts == [
        "inhope_hotline:action",
        "federal_police:copy",
    ]
    assert route.row(FIRST_DAY, server="inhope", provider="belgium", danger="none").texts == [
        "inhope_hotline:action",
        "federal_police:action",
    ]


@given(on=from_first_day)
def test_every_assessment_knows_how_many_opinions_settle_it(on: date) -> None:
    for key in OPINION_KEYS:
        borderline = key["outcome"] == "illegal" and key["severity"] == "1" and key["danger"] == "no"
        weighty = key["outcome"] == "not_illegal" and "yes" in (key["danger"], key["flagged"])
        expected = 2 if key["body"] == "hotline" and (borderline or weighty) else 1
        assert load("opinions_needed").row(on, **key).number == expected


@pytest.mark.parametrize("key", OPINION_KEYS, ids=lambda key: "-".join(key.values()))
def test_before_the_first_day_only_the_police_assess(key: dict[str, str]) -> None:
    if key["body"] == "police":
        assert load("opinions_needed").row(DAY_BEFORE, **key).number == 1
    else:
        with pytest.raises(NoRule, match="opinions_needed"):
            load("opinions_needed").row(DAY_BEFORE, **key)


@given(on=st.dates())
def test_every_day_but_the_last_of_the_calendar_has_one_assessing_body(on: date) -> None:
    assume(on < date.max)
    assert load("assessing_body").row(on).text == ("hotline" if on >= FIRST_DAY else "police")


@pytest.mark.parametrize(("name", "key"), TERMS, ids=lambda part: str(part))
@pytest.mark.parametrize("on", [FIRST_DAY, date(2026, 11, 21)])
def test_every_term_counts_in_a_known_unit(name: str, key: dict[str, str], on: date) -> None:
    term = load(name).row(on, **key).fields
    assert term["amount"] >= 0
    assert term["unit"] in {"clock_hours", "working_hours", "working_days", "days"}


@pytest.mark.parametrize("name", ["send_within", "decide_within"])
def test_imminent_danger_runs_on_the_clock(name: str) -> None:
    for table, key in TERMS:
        if table == name and key["danger"] == "yes":
            assert load(name).row(FIRST_DAY, **key).fields == {"amount": 1, "unit": "clock_hours"}


def test_a_person_has_thirty_seconds_to_undo() -> None:
    assert load("grace").row(FIRST_DAY).number == 30


@given(data=st.data())
def test_of_the_rows_that_cover_a_key_the_one_with_the_fewest_wildcards_answers(data: st.DataObject) -> None:
    part = st.sampled_from([ANY, "x", "y"])
    patterns = data.draw(st.lists(st.tuples(part, part), min_size=1, max_size=6, unique=True))
    try:
        table = table_of(*(row_of(a, b, value=n) for n, (a, b) in enumerate(patterns)))
    except BadTable:
        # Only (x, *) beside (*, y) without (x, y) may be refused: nothing else is equally specific and meets.
        assert any((x, ANY) in patterns and (ANY, y) in patterns and (x, y) not in patterns for x in "xy" for y in "xy")
        return
    for x, y in product("xyz", "xyz"):
        covering = [p for p in patterns if p[0] in (ANY, x) and p[1] in (ANY, y)]
        if not covering:
            with pytest.raises(NoRule):
                table.row(FIRST_DAY, a=x, b=y)
            continue
        fewest = min(p.count(ANY) for p in covering)
        winners = [p for p in covering if p.count(ANY) == fewest]
        assert len(winners) == 1
        assert patterns[table.row(FIRST_DAY, a=x, b=y).number] == winners[0]


@given(
    start=st.dates(date(2000, 1, 1), date(2030, 1, 1)),
    length=st.integers(1, 4000),
    offset=st.integers(-5, 4005),
)
def test_a_row_answers_from_its_first_day_until_the_day_before_its_end(start: date, length: int, offset: int) -> None:
    table = table_of(row_of(start=start.isoformat(), until=(start + timedelta(length)).isoformat()))
    on = start + timedelta(offset)
    if 0 <= offset < length:
        assert table.row(on, a="x", b="y").start == start
    else:
        with pytest.raises(NoRule, match="a=x, b=y"):
            table.row(on, a="x", b="y")


def test_two_equally_specific_rows_on_one_day_are_refused_unless_a_finer_row_settles_it() -> None:
    crossing = [row_of("x", ANY), row_of(ANY, "y", start="2020-01-01", until="2021-01-01")]
    with pytest.raises(BadTable, match="two answers"):
        table_of(*crossing)
    with pytest.raises(BadTable, match="2020-07-01"):
        table_of(*crossing, row_of("x", "y", until="2020-07-01"))
    assert table_of(*crossing, row_of("x", "y", value=3)).row(date(2020, 7, 1), a="x", b="y").number == 3
    with pytest.raises(BadTable, match="rows 1 and 2"):
        table_of(row_of(until="2020-01-02"), row_of(start="2020-01-01"))
    assert len(table_of(row_of(until="2020-01-01"), row_of(start="2020-01-01")).rows) == 2


@pytest.mark.parametrize(
    "broken",
    [
        row_of(basis="guessed"),
        row_of(source=" "),
        row_of(start="2020-01-02", until="2020-01-02"),
        row_of(start="2020-13-01"),
        row_of() + "\nremark = 1",
        'a = 1\nb = "y"\nvalue = 1\nvalid = ["", ""]\nbasis = "read"\nsource = "s"',
        'a = "x"\nvalue = 1\nvalid = ["", ""]\nbasis = "read"\nsource = "s"',
        "a =",
    ],
)
def test_a_row_that_cannot_be_relied_on_is_refused(broken: str) -> None:
    with pytest.raises(BadTable, match="example"):
        table_of(broken)


def test_the_digest_follows_what_a_row_says_and_not_where_it_stands() -> None:
    alone, moved = table_of(row_of()).rows[0], table_of(row_of(a="z"), row_of()).rows[1]
    assert alone.digest == moved.digest
    assert moved.index == 2
    assert table_of(row_of(value=2)).rows[0].digest != alone.digest
    assert table_of(row_of(source="another")).rows[0].digest != alone.digest


def test_a_value_is_read_as_what_it_is() -> None:
    row = load("grace").rows[0]
    with pytest.raises(BadTable, match="str"):
        _ = row.text
    with pytest.raises(TypeError, match="asked by"):
        load("grace").row(FIRST_DAY, country="BE")
    with pytest.raises(BadTable, match="there are"):
        load("no_such_table")
