"""Known content is looked up by those who were given the right to, on record, and nothing of what was asked is kept."""

import hashlib
import json
import tempfile
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings

from maillon.api import matching, uploads
from maillon.api.asked import MOST
from maillon.kernel.clock import SystemClock
from maillon.matching.changing import add, withdraw
from tests.api.partner import Program, a_report, a_token
from tests.api.test_problems import refused
from tests.factories.captures import squares
from tests.factories.chain import events

ADDRESS = "/api/v1/match"
PDQ = bytes(range(32))
NEAR = bytes([PDQ[0] ^ 0b111, *PDQ[1:]])
PICTURE = squares(7)
MD5 = hashlib.md5(PICTURE, usedforsecurity=False).digest()


@pytest.fixture
def folder(houses: None, tmp_path: Path) -> Iterator[Path]:
    """The folder of an index, with nothing in it yet."""
    with override_settings(MAILLON=replace(settings.MAILLON, matching=tmp_path)):
        matching.pace().forget()
        yield tmp_path


@pytest.fixture
def index(folder: Path) -> Path:
    add(folder, type="pdq", bank="bank-a", hashes=PDQ + NEAR, entries=[1, 2**63 - 1], qualities=[80, -1])
    add(folder, type="md5", bank="bank-b", hashes=MD5, entries=[7])
    return folder


@pytest.fixture
def program(folder: Path) -> Program:
    return Program(a_token("partner-a", "match"))


@pytest.fixture
def with_files(folder: Path) -> Program:
    return Program(a_token("partner-b", "match_files"))


def ask(program: Program, body: Any) -> Any:
    return program.client.post(ADDRESS, body, content_type="application/json", headers=program.headers)


def send(program: Program, body: bytes, **more: str) -> Any:
    file = SimpleUploadedFile("name.png", body)
    return program.client.post(ADDRESS, {"file": file, **more}, headers=program.headers)


def answered(response: Any) -> Any:
    assert response.status_code == 200, response.content
    return json.loads(response.content)


def named(type: str, hash: bytes) -> dict[str, str]:
    return {"type": type, "hash": hash.hex()}


def test_hashes_of_several_types_are_answered_in_one_call_nearest_first(index: Path, program: Program) -> None:
    asked = [named("pdq", NEAR), named("sha1", bytes(20)), {"type": "md5", "hash": MD5.hex().upper()}]
    assert answered(ask(program, {"hashes": asked}))["matches"] == [
        [
            {"type": "pdq", "distance": 0, "bank": "bank-a", "entry": 2**63 - 1, "quality": None},
            {"type": "pdq", "distance": 3, "bank": "bank-a", "entry": 1, "quality": 80},
        ],
        [],
        [{"type": "md5", "distance": 0, "bank": "bank-b", "entry": 7, "quality": None}],
    ]


def test_the_radius_is_the_asker_s_and_what_is_withdrawn_matches_no_more(index: Path, program: Program) -> None:
    asked = {"hashes": [named("pdq", PDQ)]}
    assert [len(answered(ask(program, {**asked, "radius": r}))["matches"][0]) for r in (2, 3)] == [1, 2]
    withdraw(index, bank="bank-a", entries=[1])
    assert [m["entry"] for m in answered(ask(program, asked))["matches"][0]] == [2**63 - 1]


def test_every_request_leaves_one_event_which_holds_numbers_alone(index: Path, program: Program) -> None:
    ask(program, {"hashes": [named("pdq", PDQ), named("pdq", bytes(32)), named("md5", MD5)]})
    ask(program, {"hashes": [named("md5", bytes(16))]})
    assert [(event["organisation"], event["item"], event["body"]) for event in events("hashes_looked_up")] == [
        ("partner-a", None, {"count": 3, "types": {"pdq": 2, "md5": 1}, "hits": 2, "file": False}),
        ("partner-a", None, {"count": 1, "types": {"md5": 1}, "hits": 0, "file": False}),
    ]


@pytest.mark.parametrize("by_form", [True, False])
def test_a_file_is_hashed_looked_up_and_kept_nowhere(index: Path, with_files: Program, by_form: bool) -> None:
    before = set(Path(tempfile.gettempdir()).iterdir())
    sent = send(with_files, PICTURE) if by_form else ask(with_files, {"file": b64encode(PICTURE).decode()})
    found = answered(sent)
    assert [one["type"] for one in found["hashes"]] == ["md5", "sha1", "sha256", "pdq"]
    assert [found["hashes"][0]["hash"], found["undecodable"]] == [MD5.hex(), ""]
    assert found["hashes"][3]["quality"] > 0
    assert [[match["entry"] for match in matches] for matches in found["matches"]] == [[7], [], [], []]
    assert set(Path(tempfile.gettempdir()).iterdir()) <= before
    [event] = events("hashes_looked_up")
    assert event["body"]["file"] is True


def test_a_file_that_is_no_picture_still_has_its_exact_hashes(index: Path, with_files: Program) -> None:
    found = answered(send(with_files, b"no picture", radius="3"))
    assert [one["type"] for one in found["hashes"]] == ["md5", "sha1", "sha256"]
    assert found["undecodable"] == "not_an_image"


def test_a_large_file_never_lies_on_a_disk_and_one_that_is_too_large_is_refused(
    index: Path, with_files: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "NamedTemporaryFile", None)
    large = bytes(settings.FILE_UPLOAD_MAX_MEMORY_SIZE + 1)
    assert answered(send(with_files, large))["undecodable"]
    monkeypatch.setattr(uploads, "FILE_BYTES", 1000)
    refused(send(with_files, bytes(1001)), 413)
    assert len(events("hashes_looked_up")) == 1


def test_it_takes_a_token_made_for_it(index: Path, program: Program) -> None:
    reporter = Program(a_token("partner-c"))
    refused(ask(reporter, {"hashes": [named("pdq", PDQ)]}), 403)
    refused(send(program, PICTURE), 403)
    refused(program.send(a_report()), 403)
    assert events("hashes_looked_up") == []


def test_without_an_index_and_with_a_damaged_one_it_is_said(folder: Path, program: Program) -> None:
    asked = {"hashes": [named("pdq", PDQ)]}
    response = ask(program, asked)
    assert "no index" in refused(response, 503)["detail"]
    assert response["Retry-After"]
    add(folder, type="pdq", bank="bank-a", hashes=PDQ, entries=[1])
    assert len(answered(ask(program, asked))["matches"][0]) == 1
    (folder / "hashes.log").write_bytes(b"foreign")
    assert "damaged" in refused(ask(program, asked), 503)["detail"]


@pytest.mark.parametrize(("body", "pointer"), [
    ({"hashes": [{"type": "pdq", "hash": "canary"}]}, "/hashes/0/hash"),
    ({"hashes": [{"type": "pdq", "hash": "00" * 32}, {"type": "pdq", "hash": "00" * 31}]}, "/hashes/1/hash"),
    ({"hashes": [{"type": "pdq", "hash": 7}]}, "/hashes/0/hash"), ({"hashes": [{"type": "pdq"}]}, "/hashes/0/hash"),
    ({"hashes": [{"type": "canary", "hash": "00"}]}, "/hashes/0/type"), ({"hashes": ["canary"]}, "/hashes/0/type"),
    ({"hashes": [{"type": ["pdq"], "hash": "00"}]}, "/hashes/0/type"), ({"hashes": []}, "/hashes"),
    ({"hashes": {}}, "/hashes"), ({"hashes": [{"type": "md5", "hash": "00" * 16}] * (MOST + 1)}, "/hashes"),
    ({"hashes": [{"type": "md5", "hash": "00" * 16}], "radius": 65}, "/radius"),
    ({"hashes": [{"type": "md5", "hash": "00" * 16}], "radius": True}, "/radius"),
    ({"file": "canary!"}, "/file"), ({"file": ""}, "/file"), ({"file": 7}, "/file"),
])  # fmt: skip
def test_an_error_points_to_where_it_is_and_repeats_nothing(
    index: Path, program: Program, body: Any, pointer: str
) -> None:
    response = ask(program, body)
    assert [error["pointer"] for error in refused(response, 422)["errors"]] == [pointer]
    assert b"canary" not in response.content


@pytest.mark.parametrize("body", [b"[]", b"7", b"{}", b'{"hashes": [], "file": ""}', b'{"hashes": [], "more": 1}'])
def test_what_is_neither_hashes_nor_a_file_is_refused(index: Path, program: Program, body: bytes) -> None:
    refused(ask(program, body), 422)


def test_what_is_no_json_and_no_form_is_refused(index: Path, with_files: Program) -> None:
    refused(ask(with_files, b"{"), 400)
    refused(with_files.client.post(ADDRESS, b"{}", content_type="text/plain", headers=with_files.headers), 415)
    refused(with_files.client.post(ADDRESS, {"file": "text"}, headers=with_files.headers), 422)
    two = {name: SimpleUploadedFile("x", b"x") for name in ("file", "other")}
    refused(with_files.client.post(ADDRESS, two, headers=with_files.headers), 422)
    for radius in ("65", "-1", "²", ""):
        refused(send(with_files, PICTURE, radius=radius), 422)


def test_hashes_have_a_pace_of_their_own_counted_one_by_one(index: Path, program: Program) -> None:
    at, held = SystemClock().now(), matching.pace()
    while not held.wait("partner-a", at, MOST):
        pass
    body = {"hashes": [named("md5", MD5)] * MOST}
    response = ask(program, body)
    refused(response, 429)
    assert int(response["Retry-After"]) >= 1
    held.forget()
    assert answered(ask(program, body))
