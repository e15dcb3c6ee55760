"""State where a provider is established."""

from datetime import date, datetime

from maillon.directory import events
from maillon.directory.countries import is_country
from maillon.kernel.errors import BadInput
from maillon.outbox.acting import Actor, acting
from maillon.outbox.record import NewEvent, record
from maillon.outbox.sql import one, run
from maillon.rules.table import BASES


def state_provider(
    *,
    by: Actor,
    asn: int,
    name: str,
    country: str,
    valid_from: date,
    source: str,
    basis: str,
    at: datetime,
) -> None:
    """From `valid_from` on the provider is established in `country`; what was stated before ends that day.

    Repeating changes nothing. The door checks the permission: `access` is this room's neighbour.
    Raises BadInput.
    """
    if not is_country(country):
        raise BadInput(f"{country!r} is no country; use the two capital letters of ISO 3166-1, such as BE.")
    if basis not in BASES or not source.strip():
        raise BadInput(f"Where a provider is established needs a source, and a basis that is one of {BASES}.")
    fact = {
        "asn": asn,
        "name": name,
        "country": country,
        "valid_from": valid_from,
        "source": source,
        "basis": basis,
    }
    with acting(by):
        # Facts are stated rarely: one writer at a time is simpler than meeting the exclusion constraint.
        run("LOCK TABLE directory_provider IN SHARE ROW EXCLUSIVE MODE")
        last = one(
            "SELECT asn, name, country, valid_from, source, basis FROM directory_provider WHERE asn = %s"
            " ORDER BY valid_from DESC LIMIT 1",
            [asn],
        )
        if last == fact:
            return
        if last and last["valid_from"] >= valid_from:
            raise BadInput(f"AS{asn} has a statement from {last['valid_from'].isoformat()} on; give a later first day.")
        run(
            "UPDATE directory_provider SET valid_until = %s WHERE asn = %s AND valid_until IS NULL",
            [valid_from, asn],
        )
        run(
            "INSERT INTO directory_provider (asn, name, country, valid_from, source, basis) VALUES"
            " (%(asn)s, %(name)s, %(country)s, %(valid_from)s, %(source)s, %(basis)s)",
            fact,
        )
        body = {**fact, "valid_from": valid_from.isoformat()}
        record([NewEvent(kind=events.PROVIDER_STATED, item=None, body=body, happened_at=at)], by=by, at=at)
