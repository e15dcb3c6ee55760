"""The whole chain by its commands: from a file of reports to located items, referrals, answers and call-backs.

A fresh installation with its own database, a real name server on loopback, real channels. The names answer with the
addresses of root name servers, which are of public record; nothing is sent to them.
"""

import csv
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pyrage
import pytest

from maillon.ops import embedded
from maillon.partners.envelope import read_document
from tests.observation import dnsserver

ABROAD = {"A": ["193.0.14.129"]}  # in the Netherlands, both sources say
REPORTS = "reference,received_at,channel,language,url,remark\n"
OPINIONS = "reference,user,scheme,version,code,severity,flags,reason,assessed_at\n"


class Installation:
    """One MAILLON_HOME and its commands."""

    def __init__(self, folder: Path, resolver: str) -> None:
        self.folder, self.home = folder, folder / "home"
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("MAILLON_", "DATABASE_URL"))}
        self.environ = {
            **kept, "MAILLON_HOME": str(self.home), "MAILLON_RESOLVER": resolver,
            "PYTHONPATH": os.pathsep.join(path for path in sys.path if path), "PYTHONUTF8": "1",
        }  # fmt: skip

    def run(self, *words: str, code: int = 0) -> subprocess.CompletedProcess[bytes]:
        done = subprocess.run(
            [sys.executable, "-m", "maillon.ops.cli", *words],
            env=self.environ, capture_output=True, check=False, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        assert done.returncode == code, (words, done.returncode, done.stdout[-2000:], done.stderr[-2000:])
        assert b"Traceback" not in done.stderr
        return done

    def file(self, name: str, content: str | bytes) -> str:
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    def drain(self) -> dict[str, Any]:
        return dict(json.loads(self.run("drain", "--now", "--json").stdout))

    def listed(self, what: str) -> list[dict[str, Any]]:
        """A list, taken out for the reader with a reason and opened with the reader's own key."""
        sealed = self.run(what, "--json", "--as", "reader", "--reason", "a journey").stdout
        assert b".test" not in sealed
        secret = next(line for line in (self.folder / "reader.key").read_text().splitlines() if "SECRET" in line)
        opened = pyrage.decrypt(sealed, [pyrage.x25519.Identity.from_str(secret)])
        return list(json.loads(opened))

    def add_trained(self, name: str, role: str) -> None:
        """An account that may assess."""
        self.run("user", "add", name, "--organisation", "child-focus", "--role", role)
        self.run("user", "train", name, "--course", "first-analysis", "--from", "2017-05-13", "--until", "2099-01-01")

    def documents(self, partner: str) -> list[dict[str, Any]]:
        """What lies in a partner's folder, in the order of the names."""
        paths = sorted((self.home / "outbox-files" / "hotline" / partner).glob("*"))
        return [json.loads(path.read_bytes()) for path in paths]

    def arrivals(self, *more: str) -> dict[str, str]:
        """State by kind and purpose of what stands at the authority."""
        found = json.loads(self.run("arrivals", "--json", "--as", "officer", *more).stdout)
        return {f"{row['kind']} {row['purpose']}": row["state"] for row in found}


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    dnsserver.RECORDS["abroad.test."] = ABROAD
    with dnsserver.serving(dnsserver.Behaviour()) as (host, port):
        made = Installation(tmp_path_factory.mktemp("journey"), f"{host}:{port}")
        try:
            made.add_trained("analyst-1", "analyst")
            made.add_trained("analyst-2", "analyst")
            made.run(
                "user", "add", "reader", "--organisation", "child-focus", "--role", "manager",
                "--new-key", str(made.folder / "reader.key"),
            )  # fmt: skip
            made.run(
                "user", "add", "officer", "--house", "authority", "--organisation", "federal-police",
                "--role", "police_officer",
            )  # fmt: skip
            yield made
        finally:
            embedded.stop(made.home)
            del dnsserver.RECORDS["abroad.test."]


def test_from_a_file_to_the_partners_and_back(installation: Installation) -> None:
    here = installation
    reports = here.file(
        "reports.csv",
        REPORTS
        + "J-1,2026-03-01T10:00,web,fr,http://abroad.test/page,\n"
        + "J-2,2026-03-01T11:00,mail,nl,hxxp://abroad[.]test/page,the same one\n"
        + "J-3,2026-03-02T09:00,web,de,http://unknown.test/page,\n"
        + "J-4,2026-03-02T09:30,web,en,,nothing in it\n",
    )
    done = here.run("import", reports, "--json", code=1)
    tally = json.loads(done.stdout)
    assert (tally["rows"], tally["new"], tally["items"], [row["line"] for row in tally["bad"]]) == (4, 3, 2, [5])
    assert b"line 5 (J-4): " in here.run("import", reports, code=1).stderr

    opinions = here.file(
        "opinions.csv", OPINIONS + "J-1,analyst-1,demo,1,A,4,belgian_victim,,\nJ-3,analyst-1,demo,1,B,2,,,\n"
    )
    assert json.loads(here.run("assess", opinions, "--json").stdout)["assessed"] == 2
    assert json.loads(here.run("assess", opinions, "--json").stdout)["unchanged"] == 2
    assert here.drain()["waiting"] == {"referrals need a person to state a country": 1}

    items = {tuple(item["reports"]): item for item in here.listed("items")}
    assert set(items) == {("J-1", "J-2"), ("J-3",)}
    joined, lost = items["J-1", "J-2"], items["J-3",]
    assert (joined["url"], joined["canonical_url"], joined["site"]) == (
        "http://abroad.test/page", "http://abroad.test/page", "abroad.test",
    )  # fmt: skip
    assert (joined["location"]["country"], joined["location"]["reason"]) == ("NL", "agreed")
    assert {source["address"] for source in joined["location"]["sources"]} == set(ABROAD["A"])
    assert (lost["location"]["country"], lost["location"]["reason"]) == ("undetermined", "name_not_found")
    assert {item["state"] for item in items.values()} == {"illegal"}

    def referrals() -> set[tuple[object, ...]]:
        rows = here.listed("referrals")
        return {
            (tuple(r["reports"]), r["partner"], r["channel"], r["severity"], r["state"], bool(r["recalls"]))
            for r in rows
            if r["partner"]
        }

    both = ("J-1", "J-2")
    assert referrals() == {
        (both, "inhope-nl", "file", 4, "sent", False),
        (both, "federal-police", "local", 4, "sent", False),
    }
    open_questions = [row for row in here.listed("referrals") if row["state"] == "undecided"]
    assert [(row["reports"], row["country"]) for row in open_questions] == [(["J-3"], "undetermined")]
    [sent] = here.documents("inhope-nl")
    envelope = read_document(sent)
    assert (envelope.sender, envelope.recipient, envelope.kind) == ("hotline", "inhope-nl", "referral")
    assert [r["reference"] for r in envelope.body["reports"]] == ["J-1", "J-2"]
    assert here.arrivals() == {"referral copy": "waiting"}

    [arrival] = json.loads(here.run("arrivals", "--json", "--as", "officer").stdout)
    assert arrival["severity"] == 4
    assert here.arrivals("--acknowledge", arrival["id"]) == {"referral copy": "acknowledged"}
    here.drain()
    assert (both, "federal-police", "local", 4, "acknowledged", False) in referrals()

    here.run("locate", lost["item"], "--country", "BE", "--as", "analyst-1", "--reason", "seen in its contract")
    here.drain()
    assert {row for row in referrals() if row[0] == ("J-3",)} == {
        (("J-3",), "federal-police", "local", 2, "sent", False)
    }
    assert "undecided" not in {row["state"] for row in here.listed("referrals")}

    changed = here.file(
        "changed.csv",
        OPINIONS + "J-1,analyst-1,demo,1,N,,belgian_victim,,\nJ-1,analyst-2,demo,1,N,,,on a second look,\n",
    )
    here.run("assess", changed)
    here.drain()
    assert {row for row in referrals() if row[0] == both} == {
        (both, "inhope-nl", "file", 4, "recalled", False),
        (both, "federal-police", "local", 4, "recalled", False),
        (both, "inhope-nl", "file", 4, "sent", True),
        (both, "federal-police", "local", 4, "sent", True),
    }
    first, second = here.documents("inhope-nl")
    assert first == sent
    callback = read_document(second)
    assert (callback.kind, callback.body["recalls_message"]) == ("callback", sent["id"])
    assert callback.body["now"]["outcome"] == "not_illegal"
    assert here.arrivals()["referral copy"] == "recalled"
    assert here.arrivals()["callback callback"] == "waiting"


def test_a_list_outside_the_demo_needs_a_reason_and_a_reader_with_a_key(installation: Installation) -> None:
    for what in ("items", "referrals"):
        assert installation.run(what, "--json", "--as", "reader", code=1).stderr.count(b"\n") == 1
        assert b"has no key" in installation.run(what, "--json", "--reason", "x", code=1).stderr
        assert installation.run(what, "--json", "--as", "reader", code=1).stdout == b""


def dry(installation: Installation, name: str, content: bytes, code: int) -> dict[str, Any]:
    return dict(
        json.loads(
            installation.run("import", installation.file(name, content), "--dry-run", "--json", code=code).stdout
        )
    )


ROWS = [
    ["Q-1", "2026-03-01 10:00", "web", "fr", "http://q.test/é", "une remarque é"],
    ["Q-2", "01/03/2026 10:00", "web", "nl", "hxxps://q[.]test/a http://q.test/b", "two\nlines, quoted"],
    ["Q-3", "2026-03-01T10:00+01:00", "mail", "de", "service:name", ""],
    ["Q-4", "2026-03-01T10:00", "mail", "en", f"http://{'a' * 56}.onion/x", ""],
    ["Q-5", "2026-03-01T10:00", "web", "fr", "http://user@q.test:8080/p?a=1#part", ""],
]


def table(rows: list[list[str]], separator: str = ",", ending: str = "\r\n") -> str:
    out = StringIO()
    csv.writer(out, delimiter=separator, lineterminator=ending).writerows([REPORTS.strip().split(","), *rows])
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("plain", table(ROWS, ending="\n").encode()),
        ("crlf", table(ROWS).encode()),
        ("utf-8 with a mark", table(ROWS).encode("utf-8-sig")),
        ("utf-16", table(ROWS).encode("utf-16")),
        ("windows", table(ROWS).encode("cp1252")),
        ("semicolons", table(ROWS, ";").encode()),
    ],
)
def test_files_are_read_as_they_come(installation: Installation, name: str, content: bytes) -> None:
    tally = dry(installation, f"{name}.csv", content, 0)
    assert (tally["rows"], tally["new"], tally["items"], tally["bad"]) == (5, 5, 6, [])


def test_every_bad_row_is_named_with_its_line_and_the_good_ones_are_kept(installation: Installation) -> None:
    bad = [
        ["B-1", "yesterday", "web", "fr", "http://b.test/", ""],
        ["", "2026-03-01", "web", "fr", "http://b.test/", ""],
        ["B-3", "2999-01-01", "web", "fr", "http://b.test/", "line\nbreak"],
        ["B-4", "2026-03-01", "", "fr", "http://b.test/", ""],
        ["B-5", "2026-03-01", "web", "not a language", "http://b.test/", ""],
        ["B-6", "2026-03-01", "web", "fr", "no address here", ""],
        ["B-7", "2026-03-01"],
    ]
    content = table([*bad, ["B-8", "2026-03-01", "web", "fr", "http://b.test/", ""]]).encode()
    tally = dry(installation, "bad.csv", content, 1)
    assert tally["new"] == 1
    assert [(row["line"], row["reference"]) for row in tally["bad"]] == [
        (2, "B-1"), (3, ""), (4, "B-3"), (6, "B-4"), (7, "B-5"), (8, "B-6"), (9, "B-7"),
    ]  # fmt: skip
    assert len({row["reason"] for row in tally["bad"]}) == len(bad)


def test_a_dry_run_leaves_nothing_and_a_file_that_is_none_is_one_line(installation: Installation) -> None:
    before = len(installation.listed("items"))
    dry(installation, "dry.csv", table(ROWS).encode(), 0)
    assert len(installation.listed("items")) == before
    done = installation.run("import", installation.file("wrong.csv", "a,b\n1,2\n"), code=1)
    assert done.stderr.startswith(b"maillon: ")
    assert b"lacks the column reference" in done.stderr


def test_bad_assessments_are_named_and_the_good_ones_are_kept(installation: Installation) -> None:
    installation.run("import", installation.file("more.csv", REPORTS + "A-1,2026-03-01,web,fr,http://a.test/1,\n"))
    rows = [
        "A-0,analyst-1,demo,1,A,3,,,",
        "A-1,nobody,demo,1,A,3,,,",
        "A-1,analyst-1,demo,1,Z,3,,,",
        "A-1,analyst-1,other,1,A,3,,,",
        "A-1,analyst-1,demo,1,A,9,,,",
        "A-1,analyst-1,demo,1,A,high,,,",
        "A-1,analyst-1,demo,1,A,3,urgent,,",
        "A-1,analyst-1,demo,1,A,3,,,2016-05-05",
        "A-1,analyst-1,demo,1,A,3,,,",
    ]
    done = installation.run(
        "assess", installation.file("bad-opinions.csv", OPINIONS + "\n".join(rows) + "\n"), "--json", code=1
    )
    tally = json.loads(done.stdout)
    assert tally["assessed"] == 1
    assert [row["line"] for row in tally["bad"]] == list(range(2, 10))
    assert len({row["reason"] for row in tally["bad"]}) == 8


def test_a_dispute_and_its_senior_in_one_file_end_as_the_file_tells_it(installation: Installation) -> None:
    here = installation
    here.add_trained("senior-1", "senior_analyst")
    here.run("import", here.file("d.csv", REPORTS + "D-1,2026-03-01,web,fr,http://d.test/1,\n"))
    rows = ["D-1,analyst-1,demo,1,B,1,,,", "D-1,analyst-2,demo,1,N,,,,", "D-1,senior-1,demo,1,A,5,,,"]
    here.run("assess", here.file("d-opinions.csv", OPINIONS + "\n".join(rows) + "\n"))
    here.drain()
    [item] = [item for item in here.listed("items") if item["reports"] == ["D-1"]]
    assert item["state"] == "illegal"
    assert {row["severity"] for row in here.listed("referrals") if row["reports"] == ["D-1"]} == {5}
