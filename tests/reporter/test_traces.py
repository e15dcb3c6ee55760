"""Promise 6: a report leaves no technical trace of its author, anywhere, on a real server with real requests.

Canaries travel in every header and in the address; then the database's dump, its write-ahead log and every file of the
installation are searched, as is what every process said. A canary in the remark is the control: it must be found.
"""

import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from urllib.parse import urlencode

import psycopg
import pytest
from psycopg import sql

from maillon.ops import embedded
from maillon.ops.serve import free_address
from maillon.settings import OWNER_ROLE, Address, socket_url
from tests import server
from tests.crash.installation import MAILLON, environ
from tests.reporter.conftest import Fields

REPORTS = 150
LANGUAGES = ("fr", "nl", "de", "en")
CANARY, CONTROL = b"canary", b"control-in-the-remark"
HEADERS = ("User-Agent", "X-Forwarded-For", "Referer", "Accept-Language", "Cookie", "X-Real-IP", "Forwarded", "Origin")
FORM = "application/x-www-form-urlencoded"


class Site:
    """One installation, served; `addresses` are its visitors', `receipts` theirs."""

    def __init__(self, home: Path) -> None:
        self.home, self.listen = home, free_address("127.0.0.1")
        self.environ = {**environ(home, "127.0.0.1:9"), "MAILLON_LISTEN": str(self.listen)}
        self.environ |= {"MAILLON_WORKERS": "1", "MAILLON_PROXIES": "127.0.0.0/8"}
        self.said = home.parent / "said"
        self.addresses: set[bytes] = set()
        self.receipts: list[str] = []
        self._lock = threading.Lock()

    def start(self) -> None:
        with self.said.open("ab") as said:
            self.process = subprocess.Popen(
                (*MAILLON, "serve"), env=self.environ, stdin=subprocess.DEVNULL, stdout=said, stderr=said
            )

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()

    def ask(self, number: int, method: str, path: str, body: str = "", **headers: str) -> tuple[int, str]:
        """One request of visitor `number`: its own loopback address, port and canaries. Status and page."""
        source = f"127.{number % 200 + 20}.{number // 200 % 200 + 20}.{number % 89 + 10}"
        forwarded = f"203.0.{number // 250}.{number % 250}"
        canary = {name: f"canary-{name.lower()}-{number}" for name in HEADERS}
        canary |= {"X-Forwarded-For": forwarded, "Accept-Language": f"xx-canary{number}"}
        canary["Cookie"] = f"sessionid=canary-cookie-{number}; django_language=canary-cookie-{number}"
        with closing(HTTPConnection(*self.listen, timeout=60, source_address=(source, 0))) as connection:
            connection.connect()
            with self._lock:
                self.addresses |= {source.encode(), forwarded.encode()}
            given = {"Content-Type": FORM, **canary, **headers}
            connection.request(method, path, body.encode(), given)
            answer: HTTPResponse = connection.getresponse()
            page = answer.read().decode()
            assert answer.getheader("Set-Cookie") is None or not path.startswith("/report/")
            return answer.status, page

    def report(self, number: int) -> None:
        """Write, look, send: as a browser does, to the receipt."""
        at = f"/report/{LANGUAGES[number % 4]}"
        written = {"locations": f"http://be.test/{number}", "remark": f"{CONTROL.decode()}-{number}"}
        status, page = self.ask(number, "POST", f"{at}/review/", urlencode(written))
        assert status == 200, page
        fields = Fields(page).forms[f"{at}/send/"]
        status, page = self.ask(number, "POST", f"{at}/send/", urlencode(fields))
        assert status == 200, page
        receipt = page.partition('<p class="code"><code>')[2].partition("<")[0]
        status, page = self.ask(number, "POST", f"{at}/follow/", urlencode({"receipt": receipt, "text": "thank you"}))
        assert status == 200, page
        with self._lock:
            self.receipts.append(receipt)


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    if server.binaries() is not None:
        pytest.skip("the installation runs the embedded server")
    folder = Path(tempfile.mkdtemp(prefix="maillon-traces-"))
    site = Site(folder / "home")
    site.start()
    try:
        wait_for(site.listen, site)
        yield site
    finally:
        if site.process.poll() is None:
            site.stop()
        embedded.stop(site.home)
        shutil.rmtree(folder)


def wait_for(listen: Address, site: Site) -> None:
    while True:
        assert site.process.poll() is None, site.said.read_text()
        try:
            socket.create_connection(listen, timeout=1).close()
        except OSError:
            threading.Event().wait(0.05)
        else:
            return


def many_report(site: Site) -> None:
    errors: list[BaseException] = []

    def some(first: int) -> None:
        try:
            for number in range(first, REPORTS, 4):
                site.report(number)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=some, args=(first,)) for first in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(set(site.receipts)) == REPORTS


def requests_that_fail(site: Site) -> set[int]:
    """One of every kind of failure; the statuses they were answered with."""
    seen, n = set(), REPORTS
    body = urlencode({"remark": "a"})
    for method, path, sent, headers in (
        ("GET", "/report/fr/canary-in-the-path/", "", {}),
        ("GET", "/report/fr/?canary-in-the-query=1", "", {}),
        ("PUT", "/report/fr/write/", "", {}),
        ("POST", "/report/fr/send/", body, {"Content-Type": "multipart/form-data; boundary=canary-in-the-type"}),
        ("POST", "/report/fr/send/", body, {"Content-Type": f"{FORM}; charset=latin-1"}),
        ("POST", "/report/fr/send/", "a=1&" * 2000, {}),
        ("POST", "/report/fr/send/", "x" * 300_000, {}),
        ("POST", "/report/fr/send/", body, {"Host": "canary-in-the-host.test"}),
        ("GET", "/canary-in-the-path/", "", {"Host": "canary-in-the-host.test"}),
        ("GET", "/canary-in-the-path/", "", {}),
        ("POST", "/language/", "next=/canary-in-the-path/", {}),
        ("POST", "/report/nl/follow/", urlencode({"receipt": "canary-in-the-receipt"}), {}),
    ):
        n += 1
        seen.add(site.ask(n, method, path, sent, **headers)[0])
    for _guess in range(25):  # all from one network: the last of them wait
        seen.add(site.ask(n, "POST", "/report/nl/follow/", urlencode({"receipt": "canary-in-the-receipt"}))[0])
    return seen


def requests_while_the_database_is_broken(site: Site) -> set[int]:
    """A table that is gone: what a view meets unprepared is a 500, what sending meets keeps the form."""
    fields = Fields(site.ask(1, "POST", "/report/fr/review/", "remark=a")[1]).forms["/report/fr/send/"]
    rename = "ALTER TABLE intake_report RENAME TO {}"
    with psycopg.connect(socket_url(site.home, OWNER_ROLE), autocommit=True) as owner:
        owner.execute(sql.SQL(rename).format(sql.Identifier("gone")))
        try:
            followed, _ = site.ask(601, "POST", "/report/fr/follow/", urlencode({"receipt": site.receipts[0]}))
            sent, page = site.ask(602, "POST", "/report/fr/send/", urlencode(fields))
        finally:
            owner.execute("ALTER TABLE gone RENAME TO intake_report")
    assert dict(Fields(page).forms["/report/fr/send/"])["remark"] == "a"
    return {followed, sent}


def dumped(site: Site) -> bytes:
    """Every row of every table, as text."""
    found = []
    with psycopg.connect(socket_url(site.home, embedded.SUPERUSER)) as connection:
        tables = connection.execute(
            "SELECT schemaname, tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
        for table in tables:
            with connection.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(*table))) as copy:
                found += [bytes(block) for block in copy]
    return b"".join(found)


def files(folder: Path) -> dict[str, bytes]:
    """What every file holds, in lower case."""
    found = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    return {str(path.relative_to(folder)): path.read_bytes().lower() for path in found}


def traces(site: Site, text: bytes) -> set[bytes]:
    """What of the visitors stands in `text`: a canary, one of their addresses, a receipt in plain."""
    found = set(re.findall(rb"[\w-]*canary[\w-]*", text)) if CANARY in text else set()
    found |= site.addresses & set(re.findall(rb"(?<![\d.])(?:127|203)(?:\.\d{1,3}){3}", text))
    some = [receipt.lower().encode() for receipt in site.receipts[:25]]
    return found | {form for receipt in some for form in (receipt, receipt.replace(b"-", b"")) if form in text}


def test_nothing_of_who_visits_is_stored_or_said(site: Site) -> None:
    many_report(site)
    failed = requests_that_fail(site)
    assert {400, 404, 405, 413, 415, 429} <= failed, failed
    assert requests_while_the_database_is_broken(site) == {500, 503}
    dump = dumped(site).lower()
    site.stop()
    log = site.said.read_bytes()
    assert b"404 GET /report/" in log or b"404 POST /report/" in log, "the log is there, and says what happened"

    held = files(site.home.parent)
    assert "said" in held
    assert traces(site, dump) == set()
    assert {name: found for name, text in held.items() if (found := traces(site, text))} == {}

    assert len(set(re.findall(CONTROL + rb"-\d+", dump))) == REPORTS
    assert any("pg_wal" in name for name, text in held.items() if CONTROL in text)
    asked = f"canary {site.receipts[0]} {next(iter(site.addresses)).decode()}:1".lower().encode()
    assert len(traces(site, asked)) == 3, "what is looked for would be found"
