"""Every refusal of the API is a problem document that says what to do; nothing that is sent makes it fail."""

import json
import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client, RequestFactory, override_settings
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from maillon.api.pace import Pace
from maillon.api.problems import MEDIA_TYPE, TYPES, Refused, answer_to, problem
from maillon.api.v1 import PACE
from maillon.kernel.clock import SystemClock
from maillon.web.logs import Discreet
from tests.api.partner import ADDRESS, Program, a_report, a_token

AT = datetime(2026, 3, 3, 10, tzinfo=UTC)


@pytest.fixture
def program(houses: None) -> Program:
    PACE.forget()
    return Program(a_token())


def refused(response: HttpResponse, status: int) -> dict[str, Any]:
    """The problem document of an answer that refuses."""
    assert (response.status_code, response["Content-Type"]) == (status, MEDIA_TYPE), response.content
    found: dict[str, Any] = json.loads(response.content)
    assert found["status"] == status
    assert found["type"] == f"urn:maillon:problem:{TYPES[status]}"
    assert found["title"]
    assert found["detail"].endswith(".")
    return found


@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Bearer ", "Basic YTpi", "Bearer maillon-nonsense",
                                           "Bearer é", "Token x", "Bearer \x01"])  # fmt: skip
def test_without_a_token_that_opens_nothing_is_told(houses: None, authorization: str | None) -> None:
    headers = {"Authorization": authorization} if authorization is not None else {}
    for response in (
        Client().post(ADDRESS, "{", content_type="text/plain", headers=headers),
        Client().get(f"{ADDRESS}/A-1", headers=headers),
    ):
        refused(response, 401)  # type: ignore[arg-type]
        assert response["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(("method", "path", "status"), [
    ("GET", "/api/v1/reports", 405), ("PUT", "/api/v1/reports", 405), ("DELETE", "/api/v1/reports/A-1", 405),
    ("POST", "/api/v1/openapi.json", 405), ("GET", "/api/v1/nothing", 404), ("POST", "/api/v2/reports", 404),
    ("GET", "/api/", 404), ("POST", "/api/v1/reports/", 404), ("GET", "/api/v1/reports/A-1/more", 404),
])  # fmt: skip
def test_what_is_no_address_or_method_of_the_api_is_a_problem_too(
    program: Program, method: str, path: str, status: int
) -> None:
    response = program.client.generic(method, path, headers=program.headers)
    refused(response, status)  # type: ignore[arg-type]
    assert ("Allow" in response) is (status == 405)


@pytest.mark.parametrize("body", ["", "{", "nonsense", "[" * 5000, b"\xff", '"\\ud800"', "NaN", '{"a": 1e999999}'])
def test_what_is_no_json_is_refused(program: Program, body: str | bytes) -> None:
    assert program.send(body).status_code in (400, 422)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_another_media_type_is_refused(program: Program, kind: str) -> None:
    headers = {**program.headers, "Idempotency-Key": "k"}
    refused(program.client.post(ADDRESS, json.dumps(a_report()), content_type=kind, headers=headers), 415)  # type: ignore[arg-type]


@pytest.mark.parametrize("key", ["", " ", "a b", "é", "x" * 201])
def test_a_batch_without_an_idempotency_key_is_refused(program: Program, key: str) -> None:
    assert "Idempotency-Key" in refused(program.send(a_report(), key=key), 400)["detail"]


def test_a_body_that_is_too_large_is_refused(program: Program) -> None:
    refused(program.send("x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)), 413)


@pytest.mark.parametrize(("wrong", "pointers"), [
    ({"reference": "a/b"}, ["/reference"]), ({"reference": None}, ["/reference"]), ({"reference": 7}, ["/reference"]),
    ({"language": "french"}, ["/language"]), ({"url": ""}, ["/url"]), ({"url": "x" * 8001}, ["/url"]),
    ({"url": ["a"]}, ["/url"]), ({"locations": ["http://be.test/a"]}, [""]),
    ({"received_at": "yesterday"}, ["/received_at"]),
    ({"received_at": "2026-03-03T10:00:00"}, ["/received_at"]), ({"received_at": 5}, ["/received_at"]),
    ({"received_at": "0001-01-01T00:00:00+14:00"}, ["/received_at"]), ({"stated": ["angry"]}, ["/stated/0"]),
    ({"remark": "x" * 10_001}, ["/remark"]), ({"name~/": 1, "reference": ""}, ["/name~0~1", "/reference"]),
])  # fmt: skip
def test_an_error_points_to_where_it_is(program: Program, wrong: dict[str, Any], pointers: list[str]) -> None:
    one, many = {**a_report(), **wrong}, [a_report("A-0"), {**a_report(), **wrong}]
    found = refused(program.send(one), 422)["errors"]
    assert sorted(error["pointer"] for error in found) == pointers
    assert all(error["detail"] for error in found)
    found = refused(program.send(many), 422)["errors"]
    assert sorted(error["pointer"] for error in found) == [f"/1{pointer}" for pointer in pointers]


@pytest.mark.parametrize("body", [[], "text", 7, None, [[]], [7], {}, [a_report(str(n)) for n in range(1001)]])
def test_what_is_neither_a_report_nor_a_list_of_at_most_a_thousand_is_refused(program: Program, body: Any) -> None:
    refused(program.send(json.dumps(body)), 422)


def test_no_refusal_repeats_what_was_sent(program: Program) -> None:
    """A log of answers never becomes a list of addresses."""
    wrong = a_report("bad reference", url="http://canary.test/x", remark="x" * 10_001, more="canary")
    assert "canary" not in program.send(wrong).content.decode().replace("/canary", "")


def test_too_many_requests_are_told_when_to_come_back(program: Program) -> None:
    assert program.ask("A-1").status_code == 404
    soon = SystemClock().now() + timedelta(minutes=1)
    while not PACE.wait("partner-a", soon):
        pass
    response = program.ask("A-1")
    refused(response, 429)
    assert int(response["Retry-After"]) >= 1
    assert Program(a_token("partner-b")).ask("A-1").status_code == 404


def test_a_pace_allows_its_burst_and_then_one_more_each_time() -> None:
    pace, second = Pace(burst=3, each=timedelta(seconds=1)), timedelta(seconds=1)
    assert [pace.wait("a", AT) for _ in range(4)] == [timedelta()] * 3 + [second]
    assert [pace.wait("a", AT + second) for _ in range(2)] == [timedelta(), second]
    assert pace.wait("b", AT) == timedelta()
    assert [pace.wait("a", AT + 100 * second) for _ in range(4)] == [timedelta()] * 3 + [second]


def test_what_nobody_foresaw_says_nothing_of_itself_nor_of_what_was_sent(caplog: pytest.LogCaptureFixture) -> None:
    sent = "-".join(["can", "ary"])  # a traceback quotes the lines of the program
    request = RequestFactory().post(ADDRESS, sent, content_type="application/json")
    try:
        raise ValueError(sent)
    except ValueError as error:
        found = json.loads(answer_to(request, error).content)
    assert found["status"] == 500
    assert sent not in json.dumps(found)
    [record] = [record for record in caplog.records if record.name == "maillon.api"]
    assert Discreet().filter(record)
    logged = logging.Formatter().format(record)
    assert "ValueError" in logged
    assert sent not in logged


@pytest.mark.parametrize("status", TYPES)
def test_every_problem_has_its_type(status: int) -> None:
    refused(problem(Refused(status, "Do this.")), status)


def test_a_house_that_is_not_run_here_has_no_api(program: Program) -> None:
    with override_settings(MAILLON=replace(settings.MAILLON, houses=("authority",))):
        refused(program.ask("A-1"), 404)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=12,
)
TEXT = st.text(max_size=40)
NEARLY = st.fixed_dictionaries(
    {"reference": st.from_regex(r"\A[A-Za-z0-9]{1,9}\Z"), "language": st.sampled_from(["fr", "NL", "x", "de-BE"])},
    optional={
        "url": TEXT | st.sampled_from(["http://be.test/a", "http://[", "x:\x00y"]),
        "locations": st.lists(TEXT, max_size=4),
        "remark": TEXT,
        "received_at": st.datetimes(timezones=st.timezones()).map(str)
        | st.from_regex(r"\A\d{4}-\d\d-\d\dT\d\d:\d\d[Z+]\Z"),
        "stated": st.lists(st.sampled_from(["minor", "about_me", "danger_now", "x"]), max_size=4),
        "more": JSON,
    },
)


@effort(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=JSON | NEARLY | st.lists(NEARLY, max_size=3) | NEARLY.map(lambda r: [r, r]), data=st.data())
def test_nothing_that_is_sent_makes_the_api_fail(program: Program, body: Any, data: st.DataObject) -> None:
    PACE.forget()
    text = json.dumps(body)
    sent = data.draw(st.sampled_from([text, text[: len(text) // 2]]) | st.just(text.encode("utf-8", "surrogatepass")))
    response = program.send(sent, key=data.draw(st.from_regex(r"\A[!-~]{1,12}\Z")))
    assert response.status_code < 500
    if response.status_code >= 400:
        refused(response, response.status_code)


@effort(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=st.text(max_size=60))
def test_no_address_makes_the_api_fail(program: Program, path: str) -> None:
    PACE.forget()
    response = program.client.get("/api/v1/" + path, headers=program.headers)
    assert response.status_code < 500
