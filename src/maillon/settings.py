"""Every setting of an installation: one table, read once. `docs/settings.md` is drawn from it."""

import difflib
import hashlib
import ipaddress
import os
import re
import secrets
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs, quote, unquote, urlsplit

from maillon.kernel.errors import BadSetting

HOUSES = ("hotline", "authority", "care")
OWNER_ROLE = "maillon_owner"
PROGRAM_ROLE = "maillon"
DATABASE = "maillon"
ANY_HOST = ("0.0.0.0", "::")  # where to listen, and no place to go to
SOCKET_NAME = ".s.PGSQL.5432"
LONGEST_SOCKET_PATH = 107  # bytes, sun_path of unix(7) less its closing zero


class Address(NamedTuple):
    """A host and a port; written `host:port`, or `[host]:port` for IPv6."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class Smtp(NamedTuple):
    """A mail server. `tls` from the first byte on; otherwise by STARTTLS, except on this machine itself."""

    host: str
    port: int
    user: str
    password: str
    tls: bool

    @property
    def starttls(self) -> bool:
        return not self.tls and self.host not in ("localhost", "127.0.0.1", "::1")


class Refused(Exception):
    """A parser's no; `load` adds the variable, the value and what was expected."""


class Bucket(NamedTuple):
    """A bucket of an S3 service, written `s3://bucket/prefix?endpoint=http://…&region=…`; its credentials are apart."""

    bucket: str
    prefix: str
    endpoint: str | None
    region: str | None

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.prefix}" + (f" at {self.endpoint}" if self.endpoint else "")


@dataclass(frozen=True, kw_only=True)
class Row:
    """One setting. `default` is text as the environment would give it; `{home}` stands for MAILLON_HOME."""

    name: str
    field: str
    parse: Callable[[str], Any]
    default: str | None
    default_says: str = ""
    expected: str
    doc: str


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings of one installation, parsed; the fields are explained in TABLE."""

    home: Path
    database_url: str | None
    migration_url: str | None
    houses: tuple[str, ...]
    resolver: Address | None
    outbox: Path
    vault: Path | Bucket
    matching: Path
    match_pace: int
    listen: Address
    hosts: tuple[str, ...]
    site_given: str | None
    https: bool
    tls_certificate: Path | None
    tls_key: Path | None
    proxies: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]
    location_mmdb: tuple[Path, ...]
    egress_proxy: str | None
    tor: str | None
    secret_key_given: str | None
    workers: int
    web_workers: int
    fetchers: int
    smtp: Smtp | None
    mail_from: str

    @property
    def embedded(self) -> bool:
        """True where Maillon runs its own PostgreSQL under `home`."""
        return self.database_url is None

    @property
    def program_url(self) -> str:
        """The database as the program's role, which owns nothing."""
        return self.database_url or socket_url(self.home, PROGRAM_ROLE)

    @property
    def owner_url(self) -> str | None:
        """The database as the owner's role; None where only the program's role was given."""
        return socket_url(self.home, OWNER_ROLE) if self.embedded else self.migration_url

    @property
    def keys(self) -> Path:
        """The folder of this installation's own keys."""
        return self.home / "keys"

    @property
    def secret_file(self) -> Path:
        """Where the generated secret key stands."""
        return self.keys / "secret"

    @property
    def contact_key(self) -> Path:
        """The age key that reads how reporters may be reached."""
        return self.home / "keys" / "contact.age"

    @property
    def contact_recipient(self) -> Path:
        """Its public half, to which contacts are encrypted."""
        return self.home / "keys" / "contact.pub"

    @property
    def site(self) -> str:
        """The address under which people find the site, as links name it: `https://site.test`, without a last slash."""
        host = "localhost" if self.listen.host in ANY_HOST else self.listen.host
        return self.site_given or f"http{'s' if self.https else ''}://{Address(host, self.listen.port)}"

    def secret_key(self) -> str:
        """The secret key: the one given, or the one generated once into `secret_file` (mode 0600)."""
        return self.secret_key_given or kept_secret(self.secret_file)


def socket_folder(home: Path) -> Path:
    """Where the embedded server's socket lies: in `home`, or in a private folder where that path is too long.

    The choice is recorded in `home` by the embedded server, since the folder for temporary files may change.
    """
    inside = home / "socket"
    if len(os.fsencode(inside / SOCKET_NAME)) <= LONGEST_SOCKET_PATH:
        return inside
    record = home / "socket-folder"
    if record.exists():
        return Path(record.read_text())
    digest = hashlib.sha256(os.fsencode(home)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"maillon-{os.geteuid()}-{digest}"


def socket_url(home: Path, role: str, database: str = DATABASE) -> str:
    """The address of the embedded server's database, for `role`."""
    return f"postgresql://{role}@/{database}?host={quote(str(socket_folder(home)), safe='')}"


def private(folder: Path) -> Path:
    """The folder, made with mode 0700 where it is not there yet."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def kept_secret(path: Path) -> str:
    """The secret in the file, made on first use; those that start together keep the same one."""
    return kept(path, lambda: secrets.token_urlsafe(48))


def kept(path: Path, make: Callable[[], str]) -> str:
    """What stands in the file (mode 0600), made on first use; those that come together keep the same one."""
    try:
        return path.read_text()
    except FileNotFoundError:
        private(path.parent.parent)
        private(path.parent)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    draft.touch(mode=0o600)
    draft.write_text(make())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_text()


def folder(text: str) -> Path:
    path = Path(text).expanduser().absolute()
    try:
        if path.exists() and not (path.is_dir() and os.access(path, os.W_OK | os.X_OK)):
            raise Refused
    except PermissionError:
        raise Refused from None
    return path


def folder_to_read(text: str) -> Path:
    path = Path(text).expanduser().absolute()
    try:
        if path.exists() and not (path.is_dir() and os.access(path, os.R_OK | os.X_OK)):
            raise Refused
    except PermissionError:
        raise Refused from None
    return path


def vault(text: str) -> Path | Bucket:
    if not text.startswith("s3:"):
        return folder(text)
    try:
        parts = urlsplit(text)
        given = parse_qs(parts.query, strict_parsing=True) if parts.query else {}
    except ValueError:
        raise Refused from None
    endpoint, region = (given.pop(name, [""])[-1] or None for name in ("endpoint", "region"))
    known = re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", parts.netloc) and not given and not parts.fragment
    if not known or (endpoint is not None and not re.fullmatch(r"https?://[^/?#@\s]+/?", endpoint)):
        raise Refused
    return Bucket(parts.netloc, parts.path.strip("/"), endpoint, region)


def files(text: str) -> tuple[Path, ...]:
    paths = tuple(Path(part).expanduser().absolute() for part in text.split(os.pathsep) if part)
    if not all(path.is_file() for path in paths):
        raise Refused
    return paths


def file(text: str) -> Path:
    path = Path(text).expanduser().absolute()
    if not path.is_file():
        raise Refused
    return path


def postgresql_url(text: str) -> str:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise Refused from None
    whole = parts.username and len(parts.path) > 1 and port != 0
    if parts.scheme not in ("postgresql", "postgres") or not whole:
        raise Refused
    return text


def houses(text: str) -> tuple[str, ...]:
    wanted = [part.strip() for part in text.split(",")]
    if not set(wanted) <= set(HOUSES):
        raise Refused
    return tuple(house for house in HOUSES if house in wanted)


def address(text: str) -> Address:
    host, colon, port = text.rpartition(":")
    if not colon or not (port.isascii() and port.isdigit() and 1 <= int(port) <= 65535):
        raise Refused
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    if not bare or (":" in bare) != (bare != host):
        raise Refused
    return Address(bare, int(port))


def ip_address(text: str) -> Address:
    found = address(text)
    try:
        ipaddress.ip_address(found.host)
    except ValueError:
        raise Refused from None
    return found


def listening(text: str) -> Address:
    found = address(text)
    return found if found.host == "localhost" else ip_address(text)


def smtp(text: str) -> Smtp:
    parts = urlsplit(text)
    tls = parts.scheme == "smtps"
    try:
        port = parts.port or (465 if tls else 587)
    except ValueError:
        raise Refused from None
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or parts.path not in ("", "/") or parts.query:
        raise Refused
    return Smtp(parts.hostname, port, unquote(parts.username or ""), unquote(parts.password or ""), tls)


def proxy(scheme: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        try:
            parts = urlsplit(text)
            whole = parts.scheme == scheme and parts.hostname and parts.port and parts.username is None
        except ValueError:
            raise Refused from None
        if not whole or parts.path not in ("", "/") or parts.query or parts.fragment:
            raise Refused
        return text.rstrip("/")

    return parse


def mail_address(text: str) -> str:
    if not re.fullmatch(r"[^@\s<>,;]+@[^@\s<>,;]+", text):
        raise Refused
    return text


def names(text: str) -> tuple[str, ...]:
    found = tuple(part.strip() for part in text.split(",") if part.strip())
    if not found or not all(re.fullmatch(r"\.?[\w.-]+|\[[0-9a-fA-F:.]+\]", name) for name in found):
        raise Refused
    return found


def site(text: str) -> str:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise Refused from None
    bare = f"{parts.scheme}://{parts.netloc}"
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0 or "@" in parts.netloc:
        raise Refused
    if text.rstrip("/") != bare:
        raise Refused
    return bare


def networks(text: str) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    try:
        return tuple(ipaddress.ip_network(part.strip()) for part in text.split(",") if part.strip())
    except ValueError:
        raise Refused from None


def yes_or_no(text: str) -> bool:
    if text.lower() not in ("yes", "no"):
        raise Refused
    return text.lower() == "yes"


def secret(text: str) -> str:
    if len(text) < 32:
        raise Refused
    return text


def from_one(most: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not (text.isascii() and text.isdigit() and 1 <= int(text) <= most):
            raise Refused
        return int(text)

    return parse


TABLE: tuple[Row, ...] = (
    Row(
        name="MAILLON_HOME",
        field="home",
        parse=folder,
        default=".maillon",
        expected="a folder that this user may write to, or a path where one can be made",
        doc="The folder of one installation: its database, keys and outgoing files.",
    ),
    Row(
        name="DATABASE_URL",
        field="database_url",
        parse=postgresql_url,
        default=None,
        default_says="the embedded server in MAILLON_HOME",
        expected="an address such as postgresql://role:password@host:5432/database",
        doc="A PostgreSQL server (15 or newer) as the program's role, which must own nothing.",
    ),
    Row(
        name="MAILLON_OWNER_URL",
        field="migration_url",
        parse=postgresql_url,
        default=None,
        default_says="the embedded server in MAILLON_HOME",
        expected="an address such as postgresql://role:password@host:5432/database",
        doc="The same server as the role that owns the tables and has BYPASSRLS; `maillon migrate` needs it.",
    ),
    Row(
        name="MAILLON_HOUSES",
        field="houses",
        parse=houses,
        default="hotline,authority,care",
        expected="a list of hotline, authority and care, separated by commas",
        doc="The houses that this installation runs.",
    ),
    Row(
        name="MAILLON_RESOLVER",
        field="resolver",
        parse=ip_address,
        default=None,
        default_says="the system's resolver",
        expected="an IP address and a port, as in 192.0.2.1:53 or [2001:db8::1]:53",
        doc="The DNS server that is asked where a reported name leads.",
    ),
    Row(
        name="MAILLON_OUTBOX",
        field="outbox",
        parse=folder,
        default="{home}/outbox-files",
        expected="a folder that this user may write to, or a path where one can be made",
        doc="The folder in which the channel `file` lays its documents.",
    ),
    Row(
        name="MAILLON_VAULT",
        field="vault",
        parse=vault,
        default="{home}/vault",
        expected="a folder that this user may write to, or s3://bucket/prefix?endpoint=http://host:port&region=name",
        doc="Where encrypted evidence lies; credentials of an S3 service come from `AWS_ACCESS_KEY_ID` and "
        "`AWS_SECRET_ACCESS_KEY`.",
    ),
    Row(
        name="MAILLON_MATCHING",
        field="matching",
        parse=folder_to_read,
        default="{home}/matching",
        expected="a folder that this user may read (and write to, where hashes are added), or a path where one can be "
        "made",
        doc="The folder of the hashes that images are matched with, and of the index of them.",
    ),
    Row(
        name="MAILLON_MATCH_PACE",
        field="match_pace",
        parse=from_one(1_000_000),
        default="10000",
        expected="a whole number from 1 to 1000000",
        doc="How many hashes a second a partner organisation may look up through the API, a minute's worth at once.",
    ),
    Row(
        name="MAILLON_LISTEN",
        field="listen",
        parse=listening,
        default="127.0.0.1:8000",
        expected="an IP address (or localhost) and a port, as in 127.0.0.1:8000 or [::1]:8000",
        doc="The address at which the site is served.",
    ),
    Row(
        name="MAILLON_HOSTS",
        field="hosts",
        parse=names,
        default="localhost,127.0.0.1,[::1]",
        expected="a list of host names without port, separated by commas",
        doc="The names under which the site answers; any other name is refused.",
    ),
    Row(
        name="MAILLON_SITE",
        field="site_given",
        parse=site,
        default=None,
        default_says="the address of MAILLON_LISTEN",
        expected="an address without path, as in https://maillon.test or http://localhost:8000",
        doc="The address under which people find the site; links in invitations and mails begin with it.",
    ),
    Row(
        name="MAILLON_HTTPS",
        field="https",
        parse=yes_or_no,
        default="no",
        expected="yes or no",
        doc="Whether visitors reach the site over HTTPS; if so its cookies travel over HTTPS only.",
    ),
    Row(
        name="MAILLON_TLS_CERTIFICATE",
        field="tls_certificate",
        parse=file,
        default=None,
        default_says="none: a reverse proxy speaks HTTPS, or nobody does",
        expected="an existing file",
        doc="The certificate (PEM, with those between it and the root) with which the site itself speaks HTTPS.",
    ),
    Row(
        name="MAILLON_TLS_KEY",
        field="tls_key",
        parse=file,
        default=None,
        default_says="none",
        expected="an existing file",
        doc="The key (PEM, without a password) of MAILLON_TLS_CERTIFICATE.",
    ),
    Row(
        name="MAILLON_PROXIES",
        field="proxies",
        parse=networks,
        default=None,
        default_says="none",
        expected="IP addresses or networks, separated by commas, as in 127.0.0.1,192.0.2.0/24",
        doc="The reverse proxies in front of the site, whose `X-Forwarded-For` says for whom they ask.",
    ),
    Row(
        name="MAILLON_LOCATION_MMDB",
        field="location_mmdb",
        parse=files,
        default=None,
        default_says="none",
        expected=f"existing country files in the MMDB format, separated by {os.pathsep!r}",
        doc="The operator's own location files, asked beside the sources that come with Maillon.",
    ),
    Row(
        name="MAILLON_EGRESS_PROXY",
        field="egress_proxy",
        parse=proxy("http"),
        default=None,
        default_says="none: pages are fetched directly",
        expected="an address such as http://192.0.2.1:3128",
        doc="The proxy through which reported pages are fetched; it must allow CONNECT to ports 80 and 443 of any"
        " public address. Names are still resolved and checked here.",
    ),
    Row(
        name="MAILLON_TOR",
        field="tor",
        parse=proxy("socks5"),
        default=None,
        default_says="none: onion services are not fetched",
        expected="an address such as socks5://127.0.0.1:9050",
        doc="The SOCKS port of Tor, through which onion services, and nothing else, are fetched.",
    ),
    Row(
        name="MAILLON_SECRET_KEY",
        field="secret_key_given",
        parse=secret,
        default=None,
        default_says="generated once into MAILLON_HOME/keys/secret",
        expected="at least 32 characters",
        doc="The key that signs sessions and forms.",
    ),
    Row(
        name="MAILLON_WORKERS",
        field="workers",
        parse=from_one(64),
        default="2",
        expected="a whole number from 1 to 64",
        doc="How many dispatchers `maillon serve` and `maillon run` start.",
    ),
    Row(
        name="MAILLON_WEB_WORKERS",
        field="web_workers",
        parse=from_one(64),
        default="1",
        expected="a whole number from 1 to 64",
        doc="How many processes of the site `maillon serve` and `maillon run` start.",
    ),
    Row(
        name="MAILLON_FETCHERS",
        field="fetchers",
        parse=from_one(64),
        default="4",
        expected="a whole number from 1 to 64",
        doc="How many processes fetch reported addresses, one each, once there is something to fetch.",
    ),
    Row(
        name="MAILLON_SMTP",
        field="smtp",
        parse=smtp,
        default=None,
        default_says="none: no mail is sent",
        expected="an address such as smtp://user:password@host:587 (with STARTTLS) or smtps://user:password@host:465",
        doc="The mail server by which partners are told that something waits in their portal.",
    ),
    Row(
        name="MAILLON_MAIL_FROM",
        field="mail_from",
        parse=mail_address,
        default="maillon@localhost",
        expected="a mail address without a name",
        doc="From whom those mails come.",
    ),
)
SECRET_NAMES = frozenset({"DATABASE_URL", "MAILLON_OWNER_URL", "MAILLON_SECRET_KEY", "MAILLON_SMTP"})


def load(environ: Mapping[str, str]) -> Settings:
    """The settings that `environ` gives; an empty variable counts as unset.

    Raises BadSetting, which names the variable, its value (never a password) and what is expected.
    """
    values: dict[str, Any] = {}
    for row in TABLE:
        default = row.default and row.default.replace("{home}", str(values.get("home")))
        given = environ.get(row.name) or default
        values[row.field] = parsed(row, given) if given else None
    for several in ("location_mmdb", "proxies"):
        values[several] = values[several] or ()
    if values["migration_url"] and not values["database_url"]:
        raise BadSetting("MAILLON_OWNER_URL is set without DATABASE_URL; set both, or neither.")
    if bool(values["tls_certificate"]) != bool(values["tls_key"]):
        raise BadSetting("MAILLON_TLS_CERTIFICATE and MAILLON_TLS_KEY go together; set both, or neither.")
    values["https"] = values["https"] or bool(values["tls_certificate"])
    return Settings(**values)


def parsed(row: Row, text: str) -> Any:
    try:
        return row.parse(text)
    except Refused:
        shown = "a value" if row.name in SECRET_NAMES else repr(text)
        raise BadSetting(f"{row.name} has {shown} that cannot be used; expected {row.expected}.") from None


def unknown(environ: Mapping[str, str]) -> list[tuple[str, str | None]]:
    """Variables that look like ours and are not, each with the setting that was perhaps meant."""
    known = [row.name for row in TABLE]
    strange = [name for name in environ if name.startswith("MAILLON_") and name not in known]
    return [(name, next(iter(difflib.get_close_matches(name, known, 1)), None)) for name in sorted(strange)]


def markdown() -> str:
    """The table as the page docs/settings.md."""
    lines = [
        "# Settings",
        "",
        "Drawn from `src/maillon/settings.py` by `maillon docs`; do not edit.",
        "Settings are environment variables. A wrong value is refused; an empty one is unset.",
        "",
        "| Variable | Default | Meaning | Accepted |",
        "|---|---|---|---|",
    ]
    for row in TABLE:
        default = f"`{row.default.replace('{home}', 'MAILLON_HOME')}`" if row.default else row.default_says
        lines.append(f"| `{row.name}` | {default} | {row.doc} | {row.expected} |")
    return "\n".join(lines) + "\n"
