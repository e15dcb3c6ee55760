"""What is wrong with an installation: a list of checks, each a small function that answers with findings.

Add a check by writing the function and naming it in CHECKS (or in BEFORE_DATABASE where it asks no database).
"""

import json
import stat
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from django.db import connection

from maillon.access import drawing
from maillon.access import queries as accounts
from maillon.decoding.landlock import HOLDS_PORTS, abi
from maillon.decoding.syscalls import kept
from maillon.directory import hotlines
from maillon.evidence.checking import absent
from maillon.evidence.errors import NoRecipient, StoreFailed
from maillon.evidence.holding import holds_to_review
from maillon.evidence.opening import HOTLINE_KEY, NAME_KEY, own_identity, store_at
from maillon.evidence.recipients import recipients
from maillon.hotline.intake.queries import unplaced_reports, unread_answers
from maillon.kernel.clock import Clock, brussels_day
from maillon.observation.answers import FROZEN, REFRESHED
from maillon.observation.delivering import deliverers
from maillon.observation.finding import oldest
from maillon.observation.sources import Sources
from maillon.ops.installation import OLDEST_SERVER, pending
from maillon.outbox import deliveries
from maillon.outbox.acting import acting, system_actor
from maillon.outbox.sql import one, rows
from maillon.partners import mailing
from maillon.partners import queries as messages
from maillon.rules import table
from maillon.settings import Settings, unknown

CLOCK_DRIFT = timedelta(seconds=2)
MOST_SHOWN = 20  # of what waits, named one by one
DURABLE = {
    "fsync": ("on",),
    "full_page_writes": ("on",),
    "synchronous_commit": ("on", "local", "remote_write", "remote_apply"),
    "data_checksums": ("on",),
}


class Level(StrEnum):
    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True)
class Finding:
    """One sentence about the installation; `details` are shown on request."""

    check: str
    level: Level
    sentence: str
    details: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Patient:
    """What the checks may look at."""

    settings: Settings
    environ: Mapping[str, str]
    clock: Clock


Said = Iterator[tuple[Level, str] | tuple[Level, str, tuple[str, ...]]]
Check = Callable[[Patient], Said]


def examine(patient: Patient, checks: tuple[Check, ...]) -> list[Finding]:
    """The findings of every check, in order."""
    return [Finding(check.__name__, *said) for check in checks for said in check(patient)]


def settings(patient: Patient) -> Said:
    strange = unknown(patient.environ)
    for name, meant in strange:
        yield Level.WARNING, f"{name} is no setting" + (f"; is {meant} meant?" if meant else ".")
    if not strange:
        yield Level.OK, "Every MAILLON_ variable is a setting."


def secret_key(patient: Patient) -> Said:
    path = patient.settings.secret_file
    if patient.settings.secret_key_given:
        yield Level.OK, "The secret key is given by MAILLON_SECRET_KEY."
    elif not path.exists():
        yield Level.WARNING, f"There is no secret key yet; {path} is made on first use."
    elif stat.S_IMODE(path.stat().st_mode) & 0o077:
        yield Level.PROBLEM, f"Others may read the secret key; run chmod 600 {path}."
    else:
        yield Level.OK, "The secret key is private."


def confinement(patient: Patient) -> Said:
    """What holds the processes that meet hostile bytes."""
    try:
        kept(network=False, read=False)
    except (OSError, RuntimeError, ImportError):
        yield Level.PROBLEM, "There is no libseccomp: nothing is fetched or looked at; install libseccomp2."
        return
    if abi() >= HOLDS_PORTS:
        yield Level.OK, "Processes that fetch and decode are held by seccomp and Landlock."
    else:
        holds = "files" if abi() else "nothing"
        said = f"Of fetching processes this kernel's Landlock holds {holds}, not the ports they reach"
        yield Level.WARNING, f"{said}; use Linux 6.7 or newer."


def sign_in(patient: Patient) -> Said:
    here = patient.settings
    host = urlsplit(here.site).hostname or ""
    if not here.https and host != "localhost":
        said = f"Passkeys cannot work at {here.site}: set MAILLON_HTTPS=yes, or serve at localhost."
        yield Level.WARNING, said, ("authenticator apps work everywhere",)
    elif here.https != here.site.startswith("https:"):
        yield Level.WARNING, f"MAILLON_SITE is {here.site}, and MAILLON_HTTPS says otherwise; make them agree."
    else:
        yield Level.OK, f"Apps and passkeys work as a second step at {here.site}."


def rules(patient: Patient) -> Said:
    assumed = table.assumed()
    counts = Counter(row.table for row in assumed)
    for name, count in sorted(counts.items()):
        details = tuple(f"{row.table}/{row.index}: {row.source}" for row in assumed if row.table == name)
        yield (
            Level.WARNING,
            f"Rule table {name}: assumed rows, whose source nobody read: {count}.",
            details,
        )
    unread = tuple(f"{row.table}/{row.index}: {row.source}" for row in hotlines.table().rows if row.basis == "assumed")
    if unread:
        yield Level.WARNING, f"Directory of hotlines: assumed rows, whose source nobody read: {len(unread)}.", unread
    if not assumed:
        yield Level.OK, "Every rule rests on a source that somebody read."


def folder(patient: Patient) -> Said:
    home = patient.settings.home
    if home.exists() and stat.S_IMODE(home.stat().st_mode) & 0o066:
        yield Level.WARNING, f"Others may list {home}, where outgoing files lie; run chmod 700 {home}."
    else:
        yield Level.OK, "The folder of this installation is private."


def location_data(patient: Patient) -> Said:
    today = brussels_day(patient.clock.now())
    for info in Sources(patient.settings.location_mmdb).describe():
        age = (today - info.data_date).days
        level = Level.WARNING if age > oldest(today) else Level.OK
        yield level, f"The location data {info.name} are of {info.data_date} ({age} days old)."
    unread = tuple(f"{one.name}: {one.source}" for one in deliverers() if one.basis == "assumed")
    if unread:
        yield Level.WARNING, f"Delivery networks: assumed rows, whose source nobody read: {len(unread)}.", unread


def registries(patient: Patient) -> Said:
    refreshed = patient.settings.home / REFRESHED
    said = json.loads((refreshed if refreshed.exists() else FROZEN).read_text(encoding="utf-8"))
    today = brussels_day(patient.clock.now())
    day = brussels_day(datetime.fromtimestamp(said["timestamp"], UTC))
    if (today - day).days > oldest(today):
        yield Level.WARNING, f"Which registry answers for what is of {day}; run maillon contacts bootstrap --refresh."
    else:
        yield Level.OK, f"Which registry answers for what is of {day}."


def server(patient: Patient) -> Said:
    found = int(setting("server_version_num")) // 10_000
    level = Level.OK if found >= OLDEST_SERVER else Level.PROBLEM
    yield level, f"The server is PostgreSQL {found} ({OLDEST_SERVER} or newer is needed)."


def durability(patient: Patient) -> Said:
    wrong = {name: setting(name) for name, good in DURABLE.items() if setting(name) not in good}
    for name, value in wrong.items():
        yield Level.PROBLEM, f"The server runs with {name} = {value}; acknowledged reports may be lost."
    if not wrong:
        yield Level.OK, "What is acknowledged is on disk, with checksums."


def clock(patient: Patient) -> Said:
    before = patient.clock.now()
    theirs: datetime = asked("SELECT clock_timestamp() AS answer").astimezone(UTC)
    after = patient.clock.now()
    drift = max(before - theirs, theirs - after, timedelta())
    level = Level.OK if drift <= CLOCK_DRIFT else Level.PROBLEM
    yield level, f"The clocks of this machine and of the database differ by {drift.total_seconds():.1f} s."


def roles(patient: Patient) -> Said:
    found = one("SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user") or {}
    owned = asked("SELECT count(*) AS answer FROM pg_class WHERE relowner = current_user::regrole")
    faults = [
        fault
        for fault, holds in {
            "is a superuser": found["rolsuper"],
            "has BYPASSRLS": found["rolbypassrls"],
            f"owns {owned} tables or indexes": owned,
        }.items()
        if holds
    ]
    for fault in faults:
        yield (
            Level.PROBLEM,
            f"The program's role {found['rolname']} {fault}: houses are no longer walled off.",
        )
    if not faults:
        yield Level.OK, f"The program's role {found['rolname']} owns nothing and bypasses nothing."


def migrations(patient: Patient) -> Said:
    waiting = tuple(pending(patient.settings))
    if waiting:
        yield Level.PROBLEM, f"Migrations pending: {len(waiting)}; run maillon migrate.", waiting
    else:
        yield Level.OK, "The tables are up to date."


def walls(patient: Patient) -> Said:
    wrong = tuple(f"{policy} on {table}" for policy, table in drawing.differing("default"))
    if wrong:
        yield Level.PROBLEM, f"Row security is not what the permissions say: {len(wrong)}; run maillon migrate.", wrong
    else:
        yield Level.OK, "Row security is drawn from the permissions."


def keys(patient: Patient) -> Said:
    for house in patient.settings.houses:
        with acting(system_actor(house, "clerk")):
            without = tuple(row["name"] for row in accounts.people() if row["active"] and not row["recipient"])
        if without:
            said = f"Accounts of {house} without an age key, for whom no list can be written: {len(without)}."
            yield Level.WARNING, said, without
        else:
            yield Level.OK, f"Every account of {house} has an age key."


def stuck_deliveries(patient: Patient) -> Said:
    for house in patient.settings.houses:
        with acting(system_actor(house, "clerk")):
            stuck = deliveries.stuck(house=house)
        details = tuple(f"event {row['event_id']}, {row['handler']}: {row['error']}" for row in stuck)
        if stuck:
            yield (
                Level.WARNING,
                f"Deliveries of {house} that need a person: {len(stuck)}; mend, then maillon retry.",
                details,
            )
        else:
            yield Level.OK, f"No delivery of {house} is stuck."


def stuck_messages(patient: Patient) -> Said:
    for house in patient.settings.houses:
        with acting(system_actor(house, "clerk")):
            stuck = messages.stuck_messages()
        details = tuple(f"{row['kind']} to {row['partner']} by {row['channel']}: {row['error']}" for row in stuck)
        if stuck:
            yield (
                Level.WARNING,
                f"Messages of {house} that need a person: {len(stuck)}; mend, then maillon retry.",
                details,
            )
        else:
            yield Level.OK, f"No message of {house} is stuck."


def waiting_people(patient: Patient) -> Said:
    if "hotline" not in patient.settings.houses:
        return
    with acting(system_actor("hotline", "clerk")):
        unplaced, unread = unplaced_reports(limit=MOST_SHOWN), unread_answers(limit=MOST_SHOWN)
    if unplaced:
        yield (
            Level.WARNING,
            "Reports that name no address wait for a person, the oldest since "
            f"{unplaced[0]['received_at']:%Y-%m-%d}; place or close them.",
            tuple(row["reference"] for row in unplaced),
        )
    if unread:
        yield (
            Level.WARNING,
            f"Reporters wrote and nobody has read it, the first since {unread[0]['since']:%Y-%m-%d}.",
            tuple(row["reference"] for row in unread),
        )
    if not unplaced and not unread:
        yield Level.OK, "No report and no reporter waits to be read."


def portal_mail(patient: Patient) -> Said:
    mute = patient.settings.smtp is None
    if mute:
        yield Level.WARNING, "No mail server is set: no partner is told that something waits; set MAILLON_SMTP."
    for house in patient.settings.houses:
        with acting(system_actor(house, "clerk")):
            silent, failed = mailing.untold(mute=mute), mailing.unreached()
        if silent:
            said = f"Partners of {house} for whom something waits and whom no mail tells: {len(silent)}."
            yield Level.WARNING, said, tuple(silent)
        if failed:
            details = tuple(f"{row['id']}, tried {row['attempts']} times: {row['error']}" for row in failed)
            yield Level.WARNING, f"Partners of {house} whom the last mail did not reach: {len(failed)}.", details
        if not silent and not failed:
            yield Level.OK, f"No partner of {house} waits for a mail."


def contact_key(patient: Patient) -> Said:
    here = patient.settings
    if here.contact_recipient.exists() and not here.contact_key.exists():
        said = "Contacts of reporters can be taken in and not read: keys/contact.age is not here."
        yield Level.WARNING, said, ("bring it back to read one; keep it safe wherever it is",)
    elif here.contact_key.exists() and stat.S_IMODE(here.contact_key.stat().st_mode) & 0o077:
        yield Level.PROBLEM, f"Others may read reporters' contacts; run chmod 600 {here.contact_key}."
    else:
        yield Level.OK, "Contacts of reporters are encrypted to the hotline's contact key."


def vault_keys(patient: Patient) -> Said:
    here = patient.settings
    if "hotline" not in here.houses:
        return
    files = [here.keys / name for name in (HOTLINE_KEY, NAME_KEY)]
    open_ones = [path for path in files if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077]
    for path in open_ones:
        yield Level.PROBLEM, f"Others may read a key of the evidence vault; run chmod 600 {path}."
    try:
        known = recipients("hotline")
    except NoRecipient as missing:
        yield Level.WARNING, str(missing)
        return
    own = str(own_identity(here.keys).to_public()) if files[0].exists() else ""
    if own not in {each.key for each in known if each.kind == "hotline"}:
        yield (
            Level.WARNING,
            "The key to which the hotline's evidence is encrypted is not in keys/vault-hotline.age, so that nothing "
            "can be opened here; bring it back, or run maillon vault recipient add --kind hotline for what comes.",
        )
    elif not open_ones:
        yield Level.OK, "What is fetched is encrypted to the hotline, the police and the public prosecutor."


def vault_content(patient: Patient) -> Said:
    if "hotline" not in patient.settings.houses:
        return
    by = system_actor("hotline", "clerk")
    try:
        missing = absent(store=store_at(patient.settings.vault), by=by)
    except StoreFailed as failed:
        yield Level.PROBLEM, str(failed)
        return
    if missing:
        said = f"Objects of the evidence vault whose bytes are missing: {len(missing)}; bring them back from a copy."
        yield Level.PROBLEM, said, tuple(str(id) for id in missing[:MOST_SHOWN])
    else:
        yield Level.OK, "Everything that the books name is in the evidence vault; maillon vault check reads it again."
    with acting(by):
        late = holds_to_review(on=brussels_day(patient.clock.now()))
    if late:
        said = f"Legal holds on evidence whose day of review has come: {len(late)}; end them, or hold anew."
        yield Level.WARNING, said, tuple(f"item {row['about']}, since {row['held_at']:%Y-%m-%d}" for row in late)


def setting(name: str) -> str:
    return str(asked("SELECT current_setting(%s) AS answer", name))


def asked(statement: str, *params: object) -> Any:
    return rows(statement, params)[0]["answer"]


BEFORE_DATABASE: tuple[Check, ...] = (
    settings,
    folder,
    secret_key,
    confinement,
    sign_in,
    contact_key,
    location_data,
    registries,
    rules,
)
SERVER: tuple[Check, ...] = (server, durability, clock, roles, migrations, walls)
TABLES: tuple[Check, ...] = (
    keys, stuck_deliveries, stuck_messages, portal_mail, waiting_people, vault_keys, vault_content,
)  # fmt: skip


def diagnose(patient: Patient) -> list[Finding]:
    """Every finding. What needs the database, or its tables, is left out where they are not there."""
    found = examine(patient, BEFORE_DATABASE)
    try:
        connection.ensure_connection()
    except Exception as error:
        return [
            *found,
            Finding("server", Level.PROBLEM, f"The database does not answer: {str(error).strip()}"),
        ]
    found += examine(patient, SERVER)
    if not any(finding.check == "migrations" and finding.level is Level.PROBLEM for finding in found):
        found += examine(patient, TABLES)
    return found
