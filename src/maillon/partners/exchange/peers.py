"""The installations that a house has pinned: who may speak to it, and with which key."""

import ssl
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from maillon.access.permissions import Permission, check
from maillon.kernel.errors import BadInput, NotFound
from maillon.outbox.acting import HOUSES, Actor, acting, system_actor
from maillon.outbox.record import NewEvent, record
from maillon.outbox.sql import Row, one, rows, run
from maillon.partners.channels import Peer
from maillon.partners.exchange import events
from maillon.partners.exchange.keys import fingerprint, read_public
from maillon.partners.exchange.signed import BadSignature, Purpose, verified

LONGEST = 2_000
"""Characters in which a person says what became of a lost message."""
PIN = """
INSERT INTO partners_peer (house, peer, address, key, authority, due_at, pinned_by, pinned_at)
VALUES (%(house)s, %(peer)s, %(address)s, %(key)s, %(authority)s, %(at)s, %(by)s, %(at)s)
ON CONFLICT (house, peer) DO UPDATE SET address = excluded.address, key = excluded.key,
  authority = excluded.authority, due_at = excluded.due_at, failures = 0, error = '', pinned_by = excluded.pinned_by,
  pinned_at = excluded.pinned_at
"""


def pin_peer(*, peer: str, address: str, key: str, authority: str = "", by: Actor, at: datetime) -> None:
    """From now on the house `peer` is reached at `address` (https) and speaks with `key`; it is greeted at once.

    `authority`: the certificates (PEM) that its HTTPS is checked against, or "" for the system's. Pinned anew, the
    new address and key count and what passed stays known. Raises NotAllowed, BadInput.
    """
    with acting(by):
        check(by, Permission.MANAGE_PEERS)
        if peer not in HOUSES or peer == by.house:
            raise BadInput(f"{peer} is no other house; choose from {', '.join(h for h in HOUSES if h != by.house)}.")
        read_public(key)
        _readable(authority)
        where = _address(address)
        params = {"house": by.house, "peer": peer, "address": where, "key": key, "authority": authority}
        run(PIN, {**params, "by": by.name, "at": at})
        body = {"peer": peer, "address": where, "fingerprint": fingerprint(key)}
        record([NewEvent(kind=events.PEER_PINNED, item=None, body=body, happened_at=at)], by=by, at=at)


def remove_peer(*, peer: str, reason: str, by: Actor, at: datetime) -> None:
    """Nothing passes to or from the house `peer` any more. Raises NotAllowed, NotFound, BadInput."""
    with acting(by):
        check(by, Permission.MANAGE_PEERS)
        if not reason.strip():
            raise BadInput("Say why with --reason.")
        if not run("DELETE FROM partners_peer WHERE peer = %s", [peer]):
            raise NotFound(f"{by.house} has pinned no {peer}; `maillon peer list` lists whom it has.")
        body = {"peer": peer, "reason": reason.strip()}
        record([NewEvent(kind=events.PEER_REMOVED, item=None, body=body, happened_at=at)], by=by, at=at)


def _address(text: str) -> str:
    parts = urlsplit(text.strip())
    try:
        port = parts.port
    except ValueError:
        port = 0
    if parts.scheme != "https" or not parts.hostname or port == 0 or parts.query or parts.fragment or parts.username:
        raise BadInput(f"{text!r} is no address of an installation; give one such as https://host.example:8443.")
    return f"https://{parts.netloc}{parts.path.rstrip('/')}"


def _readable(authority: str) -> None:
    if authority:
        try:
            ssl.create_default_context(cadata=authority)
        except (ssl.SSLError, ValueError):
            raise BadInput("The file of certificates holds none that can be read; give PEM.") from None


PEER = """
SELECT peer, address, key, authority, epoch, heard_at,
  (SELECT epoch FROM outbox_installation WHERE id = 1) AS ours FROM partners_peer
"""


def pinned(*, house: str, peer: str, lock: str = "FOR SHARE") -> Peer:
    """The installation that the house acted in has pinned for the house `peer`, locked unless `lock` is empty.

    Raises BadSignature.
    """
    found = one(f"{PEER} WHERE peer = %s {lock and f'{lock} OF partners_peer'}", [peer])
    if found is None:
        raise BadSignature(f"{house} has pinned no key of {peer}; `maillon peer pin` does.")
    return as_peer(found)


def refuse_strangers(text: bytes, purpose: Purpose, *, house: str, peer: str) -> None:
    """Raise BadSignature, BadInput unless `peer` said this: a stranger waits for no row, and makes nobody wait."""
    with acting(system_actor(house, "receiver")):
        verified(text, purpose, pinned(house=house, peer=peer, lock="").key)


def as_peer(row: Row) -> Peer:
    return Peer(
        house=row["peer"], address=row["address"], key=row["key"], authority=row["authority"], epoch=row["epoch"],
        ours=row["ours"],
    )  # fmt: skip


def peers() -> list[Row]:
    """The pinned installations of the house acted in: peer, address, key, epoch (0: never heard), heard_at, failures,
    error, pinned_by, pinned_at, waiting (messages on their way to it), lost (messages it lost, not settled)."""
    return rows(
        "SELECT p.peer, p.address, p.key, p.epoch, p.heard_at, p.failures, p.error, p.pinned_by, p.pinned_at, "
        "(SELECT count(*) FROM partners_message m JOIN partners_partner t ON t.id = m.partner "
        "WHERE t.desk_house = p.peer AND m.channel = 'maillon' AND m.state <> 'sent') AS waiting, "
        "(SELECT count(*) FROM partners_received r WHERE r.sender = p.peer AND r.lost_at IS NOT NULL "
        "AND r.settled_at IS NULL) AS lost FROM partners_peer p ORDER BY p.peer"
    )


LOST = """
SELECT id, sender, kind, epoch, number, item_id AS item, received_at, lost_at, settled_at, settled_by, settled_why
FROM partners_received WHERE lost_at IS NOT NULL AND (%(all)s OR settled_at IS NULL)
ORDER BY settled_at DESC NULLS FIRST, sender, recipient, epoch, number LIMIT %(limit)s
"""


def lost_messages(*, settled: bool = False, limit: int = 200) -> list[Row]:
    """Messages stored here that their sender, restored from a backup, no longer knows: id, sender, kind, epoch,
    number, item, received_at, lost_at and how each was settled; with `settled` those too that were."""
    return rows(LOST, {"all": settled, "limit": limit})


def count_lost() -> int:
    """How many such messages wait for a person."""
    found = one("SELECT count(*) AS n FROM partners_received WHERE lost_at IS NOT NULL AND settled_at IS NULL")
    return int(found["n"]) if found else 0


def settle_lost(*, id: UUID, why: str, by: Actor, at: datetime) -> None:
    """Say what became of a message that its sender lost. Repeating it changes nothing.

    Raises NotAllowed, NotFound, BadInput.
    """
    with acting(by):
        check(by, Permission.MANAGE_PEERS)
        if not why.strip() or len(why) > LONGEST:
            raise BadInput(f"Say in a sentence what became of the message (at most {LONGEST:,} characters).")
        found = one("SELECT sender, kind, item_id, settled_at FROM partners_received "
                    "WHERE id = %s AND lost_at IS NOT NULL FOR UPDATE", [id])  # fmt: skip
        if found is None:
            raise NotFound(f"There is no lost message {id}; `maillon peer lost` lists them.")
        if found["settled_at"] is not None:
            return
        run("UPDATE partners_received SET settled_at = %s, settled_by = %s, settled_why = %s WHERE id = %s",
            [at, by.name, why.strip(), id])  # fmt: skip
        body = {"message": str(id), "sender": found["sender"], "kind": found["kind"], "why": why.strip()}
        event = NewEvent(kind=events.LOST_SETTLED, item=found["item_id"], body=body, happened_at=at)
        record([event], by=by, at=at)


def greet_soon(*, house: str, at: datetime) -> int:
    """Every peer of `house` is greeted at once: after a start, what waited on both sides then goes on."""
    with acting(system_actor(house, "clerk")):
        return run("UPDATE partners_peer SET due_at = %s", [at])
