"""Settings: every row of the table refuses what it cannot use, in one sentence that helps."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from maillon.kernel.errors import BadSetting
from maillon.ops.docs import PAGES
from maillon.settings import (
    SECRET_NAMES,
    SOCKET_NAME,
    TABLE,
    Address,
    Bucket,
    kept_secret,
    load,
    socket_folder,
    unknown,
)  # fmt: skip

# For every setting: values that cannot be used, and one that can. A new row must be given its own.
WRONG: dict[str, list[str]] = {
    "MAILLON_HOME": ["/dev/null"],
    "DATABASE_URL": ["mysql://u@h/d", "postgresql://h/d", "postgresql://u@h", "postgresql://u@h:many/d", "x"],
    "MAILLON_OWNER_URL": ["mysql://u@h/d", "postgresql://h/d", "postgresql://u@h/"],
    "MAILLON_HOUSES": ["police", "hotline,", "hotline;care"],
    "MAILLON_RESOLVER": [
        "192.0.2.1",
        "dns.test:53",
        "192.0.2.1:0",
        "192.0.2.1:65536",
        "2001:db8::1:53",
        "[::1]",
        ":53",
    ],
    "MAILLON_OUTBOX": ["/dev/null"],
    "MAILLON_VAULT": [
        "/dev/null",
        "s3://",
        "s3:bucket",
        "s3://Bucket",
        "s3://bucket?endpoint=storage.test",
        "s3://bucket?secret=x",
        "s3://key@bucket",
    ],
    "MAILLON_MATCHING": ["/dev/null"],
    "MAILLON_LISTEN": ["8000", "127.0.0.1", "site.test:80", "[127.0.0.1]:80", "127.0.0.1:-1", "[::1]"],
    "MAILLON_HOSTS": ["https://site.test", "site.test:80", "a b", ","],
    "MAILLON_SITE": [
        "site.test",
        "ftp://site.test",
        "https://",
        "https://site.test/path",
        "https://a@site.test",
        "http://h:x",
    ],
    "MAILLON_HTTPS": ["true", "1", "maybe"],
    "MAILLON_TLS_CERTIFICATE": ["/nonexistent.pem", "/tmp"],
    "MAILLON_TLS_KEY": ["/nonexistent.pem"],
    "MAILLON_PROXIES": ["proxy.test", "192.0.2.1:80", "192.0.2.1/24", "192.0.2.1;192.0.2.2"],
    "MAILLON_LOCATION_MMDB": ["/nonexistent.mmdb"],
    "MAILLON_EGRESS_PROXY": [
        "proxy.test:3128",
        "https://proxy.test:3128",
        "http://proxy.test",
        "http://me:secret@proxy.test:3128",
        "http://proxy.test:3128/path",
        "http://proxy.test:port",
    ],
    "MAILLON_TOR": ["127.0.0.1:9050", "socks4://127.0.0.1:9050", "http://127.0.0.1:9050", "socks5://"],
    "MAILLON_FETCHERS": ["0", "65", "two"],
    "MAILLON_MATCH_PACE": ["0", "1000001", "two"],
    "MAILLON_SECRET_KEY": ["short"],
    "MAILLON_SMTP": ["mail.test", "http://mail.test", "smtp://", "smtp://mail.test:port", "smtp://mail.test/path"],
    "MAILLON_MAIL_FROM": ["maillon", "Maillon <a@b.test>", "a@b@c.test"],
    "MAILLON_WORKERS": ["0", "-1", "65", "two", "1.5"],
    "MAILLON_WEB_WORKERS": ["0", "65", "two"],
}
RIGHT: dict[str, str] = {
    "MAILLON_HOME": "/tmp/one-installation",
    "DATABASE_URL": "postgresql://program:p%40ss@db.test:5433/maillon",
    "MAILLON_OWNER_URL": "postgresql://owner@/maillon?host=/run/postgresql",
    "MAILLON_HOUSES": "care, hotline",
    "MAILLON_RESOLVER": "[2001:db8::1]:5353",
    "MAILLON_OUTBOX": "/tmp/outbox",
    "MAILLON_VAULT": "s3://evidence/of/ours?endpoint=https://storage.test:9000&region=here",
    "MAILLON_MATCHING": "/usr/share",
    "MAILLON_LISTEN": "localhost:80",
    "MAILLON_HOSTS": ".maillon.test,[2001:db8::1]",
    "MAILLON_SITE": "https://maillon.test:8443/",
    "MAILLON_HTTPS": "Yes",
    "MAILLON_TLS_CERTIFICATE": __file__,
    "MAILLON_TLS_KEY": __file__,
    "MAILLON_PROXIES": "127.0.0.1, ::1,192.0.2.0/24",
    "MAILLON_LOCATION_MMDB": __file__,
    "MAILLON_EGRESS_PROXY": "http://proxy.test:3128",
    "MAILLON_TOR": "socks5://127.0.0.1:9050",
    "MAILLON_FETCHERS": "16",
    "MAILLON_MATCH_PACE": "250000",
    "MAILLON_SECRET_KEY": "k" * 32,
    "MAILLON_SMTP": "smtps://maillon:secret@mail.test",
    "MAILLON_MAIL_FROM": "maillon@hotline.test",
    "MAILLON_WORKERS": "64",
    "MAILLON_WEB_WORKERS": "1",
}


def test_every_setting_has_values_to_refuse_and_to_take() -> None:
    assert set(WRONG) == set(RIGHT) == {row.name for row in TABLE}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in WRONG.items() for value in values])
def test_a_wrong_value_is_refused_with_its_name_and_what_is_expected(name: str, value: str) -> None:
    expected = next(row.expected for row in TABLE if row.name == name)
    with pytest.raises(BadSetting) as refused:
        load({name: value})
    sentence = str(refused.value)
    assert sentence.startswith(name)
    assert expected in sentence
    assert (repr(value) in sentence) is (name not in SECRET_NAMES)


def test_a_right_value_of_every_setting_is_taken() -> None:
    settings = load(RIGHT)
    assert settings.houses == ("hotline", "care")
    assert settings.resolver == Address("2001:db8::1", 5353)
    assert str(settings.resolver) == RIGHT["MAILLON_RESOLVER"]
    assert settings.https is True
    assert settings.vault == Bucket("evidence", "of/ours", "https://storage.test:9000", "here")
    assert settings.program_url == RIGHT["DATABASE_URL"]
    assert settings.owner_url == RIGHT["MAILLON_OWNER_URL"]
    assert not settings.embedded


@pytest.mark.parametrize("name", [row.name for row in TABLE])
def test_an_empty_variable_counts_as_unset(name: str) -> None:
    assert load({name: ""}) == load({})


def test_without_any_variable_the_embedded_server_of_the_home_is_meant() -> None:
    settings = load({"MAILLON_HOME": "/tmp/h"})
    assert settings.embedded
    assert settings.outbox == Path("/tmp/h/outbox-files")
    assert settings.program_url == "postgresql://maillon@/maillon?host=%2Ftmp%2Fh%2Fsocket"
    assert settings.owner_url == "postgresql://maillon_owner@/maillon?host=%2Ftmp%2Fh%2Fsocket"


@pytest.mark.parametrize(
    ("given", "site"),
    [
        ({}, "http://127.0.0.1:8000"),
        ({"MAILLON_LISTEN": "0.0.0.0:80", "MAILLON_HTTPS": "yes"}, "https://localhost:80"),
        ({"MAILLON_LISTEN": "[2001:db8::1]:80"}, "http://[2001:db8::1]:80"),
        ({"MAILLON_SITE": "https://maillon.test/"}, "https://maillon.test"),
    ],
)
def test_links_begin_with_the_address_that_was_given_or_else_the_one_listened_at(
    given: dict[str, str], site: str
) -> None:
    assert load(given).site == site


def test_an_owner_without_a_server_is_refused() -> None:
    with pytest.raises(BadSetting, match="without DATABASE_URL"):
        load({"MAILLON_OWNER_URL": RIGHT["MAILLON_OWNER_URL"]})


def test_a_certificate_goes_with_its_key_and_with_cookies_over_https_only() -> None:
    for alone in ("MAILLON_TLS_CERTIFICATE", "MAILLON_TLS_KEY"):
        with pytest.raises(BadSetting, match="go together"):
            load({alone: __file__})
    assert load({"MAILLON_TLS_CERTIFICATE": __file__, "MAILLON_TLS_KEY": __file__}).https is True


def test_a_misspelt_setting_is_named_with_the_one_that_was_meant() -> None:
    environ = {"MAILLON_WORKER": "3", "MAILLON_HOME": "x", "OTHER": "y"}
    assert unknown(environ) == [("MAILLON_WORKER", "MAILLON_WORKERS")]


@pytest.mark.parametrize("length", range(60, 120))
def test_the_socket_always_fits_the_system_limit(length: int) -> None:
    home = Path("/" + "h" * length)
    assert len(os.fsencode(socket_folder(home) / SOCKET_NAME)) <= 107


def test_the_secret_key_is_made_once_and_is_private(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "secret"
    with ThreadPoolExecutor(8) as threads:
        found = set(threads.map(kept_secret, [path] * 8))
    assert found == {path.read_text()}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_the_page_names_every_setting() -> None:
    page = PAGES["settings.md"]()
    assert all(f"| `{row.name}` |" in page and row.doc in page for row in TABLE)
