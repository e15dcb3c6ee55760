"""Whom a house writes to: houses that it knows by their desk, hotlines abroad, organisations of its own list."""

from datetime import date

from maillon.directory.hotlines import hotline_for
from maillon.kernel.errors import MaillonError
from maillon.outbox.sql import Row, one, run
from maillon.partners.channels import Partner, Peer

DESKS = {
    ("hotline", "federal_police"): ("federal-police", "Federal Police", "authority"),
    ("hotline", "local_police"): ("local-police", "Local police desk", "authority"),
    ("authority", "hotline"): ("child-focus", "Child Focus", "hotline"),
}
"""(house, kind of partner) → the partner's id, name, and the house that is theirs."""


def partner_of(*, kind: str, country: str, on: date, house: str) -> Partner:
    """The partner of this kind for `country` (ISO code, for a hotline abroad), made known to the house if need be.

    Raises MaillonError where there is none.
    """
    id, name, desk_house = _who(kind, country, on, house)
    return _made_known(id, kind, name, country if kind == "inhope_hotline" else "", desk_house, house)


AS_PARTNER = {"partner_hotline": "inhope_hotline"}
"""An organisation's kind → the kind of partner that it is, where they differ."""


def organisation_partner(*, id: str, house: str) -> Partner:
    """The organisation `id` of `house` as a partner under the same id, made known to the house if need be.

    For those without an installation: they are reached through the portal, or by file. Raises MaillonError.
    """
    found = one("SELECT kind, name FROM access_organisation WHERE id = %s", [id])
    if found is None:
        raise MaillonError(f"{house} has no organisation {id}; make it with `maillon organisation add`.")
    kind = str(found["kind"])
    return _made_known(id, AS_PARTNER.get(kind, kind), found["name"], "", "", house)


def _made_known(id: str, kind: str, name: str, country: str, desk_house: str, house: str) -> Partner:
    if one("SELECT 1 FROM partners_partner WHERE id = %s", [id]) is not None:
        return partner(id=id)
    # One at a time: two that meet the same new partners in another order would wait for each other.
    run("SELECT pg_advisory_xact_lock(hashtext('partners_partner'))")
    run(
        "INSERT INTO partners_partner (house, id, kind, name, country, desk_house, recipient, last_number) "
        "VALUES (%s, %s, %s, %s, %s, %s, '', 0) ON CONFLICT (house, id) DO NOTHING",
        [house, id, kind, name, country, desk_house],
    )
    return partner(id=id)


def _who(kind: str, country: str, on: date, house: str) -> tuple[str, str, str]:
    if (house, kind) in DESKS:
        return DESKS[house, kind]
    hotline = hotline_for(country, on) if kind == "inhope_hotline" else None
    if hotline is None:
        raise MaillonError(f"{house} knows no partner of kind {kind} for {country or 'no country'} on {on}.")
    return f"inhope-{country.lower()}", ", ".join(hotline.names), ""


PEER = """
peer.address AS peer_address, peer.key AS peer_key, peer.authority AS peer_authority, peer.epoch AS peer_epoch,
  (SELECT epoch FROM outbox_installation WHERE id = 1) AS our_epoch
"""
PARTNER = f"""
SELECT p.id, p.kind, p.desk_house, p.recipient, {PEER}
FROM partners_partner p LEFT JOIN partners_peer peer ON peer.peer = p.desk_house WHERE p.id = %s
"""


def partner(*, id: str) -> Partner:
    """The partner with this id."""
    found = one(PARTNER, [id])
    if found is None:
        raise MaillonError(f"There is no partner {id}.")
    return Partner(
        id=found["id"], kind=found["kind"], desk_house=found["desk_house"], recipient=found["recipient"],
        peer=peer_of(found),
    )  # fmt: skip


def peer_of(row: Row) -> Peer | None:
    """The installation in the columns `desk_house` and PEER of a partner's row, where one is pinned."""
    if row["peer_address"] is None:
        return None
    return Peer(
        house=row["desk_house"], address=row["peer_address"], key=row["peer_key"], authority=row["peer_authority"],
        epoch=row["peer_epoch"], ours=row["our_epoch"],
    )  # fmt: skip
