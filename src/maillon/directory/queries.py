"""Where providers are established, on a day."""

from collections.abc import Collection
from datetime import date

from maillon.outbox.sql import rows


def establishments(asns: Collection[int], on: date) -> dict[int, str]:
    """Country by autonomous system number, for those that the directory knows on that day. One statement."""
    found = rows(
        "SELECT asn, country FROM directory_provider WHERE asn = ANY(%(asns)s::bigint[])"
        " AND valid_from <= %(on)s AND (valid_until IS NULL OR valid_until > %(on)s)",
        {"asns": list(asns), "on": on},
    )
    return {row["asn"]: row["country"] for row in found}


def establishment(asn: int, on: date) -> str | None:
    """The country in which the provider is established that day; None where the directory does not know."""
    return establishments([asn], on).get(asn)
