"""Who has an account in the house acted in, and what they sign in with: never a password, a secret or a code."""

from datetime import datetime

from maillon.kernel.errors import BadInput, NotFound
from maillon.outbox.sql import Row, one, rows

ROSTER = """
SELECT p.name, p.organisation, o.name AS organisation_name, o.kind, p.roles, p.active, p.made_at, p.left_at,
  l.id IS NOT NULL AS had_sign_in, coalesce(NOT starts_with(l.password, '!'), false) AS signs_in,
  l.last_login, l.locked_at, l.failures,
  EXISTS (SELECT 1 FROM mfa_authenticator a WHERE a.user_id = l.id AND a.type IN ('totp', 'webauthn')) AS secured,
  (SELECT max(i.expires_at) FROM access_invitation i
   WHERE i.person = p.name AND i.used_at IS NULL AND i.expires_at > %(at)s) AS invited_until
FROM access_person p JOIN access_organisation o ON o.house = p.house AND o.id = p.organisation
LEFT JOIN LATERAL (
  SELECT * FROM access_login WHERE house = p.house AND person = p.name ORDER BY id LIMIT 1
) l ON true
"""
"""A password that begins with '!' is none (Django's own mark)."""


def roster(*, at: datetime) -> list[Row]:
    """Every account, those that act first: name, organisation(_name, its kind), roles, active, made_at, left_at,
    had_sign_in, signs_in, secured (has a second step), last_login, failures, locked_at, invited_until."""
    return rows(f"{ROSTER} ORDER BY p.active DESC, p.organisation, p.name", {"at": at})


def account(*, name: str, at: datetime) -> Row:
    """One row of `roster`. Raises NotFound."""
    found = one(f"{ROSTER} WHERE p.name = %(name)s", {"name": name, "at": at})
    if found is None:
        raise NotFound(f"There is no account {name} in this house; `maillon user list` shows them.")
    return found


def active_account(*, name: str, at: datetime) -> Row:
    """One row of `roster`, its person locked until the transaction ends. Raises NotFound, BadInput where they left."""
    rows("SELECT 1 FROM access_person WHERE name = %s FOR NO KEY UPDATE", [name])
    found = account(name=name, at=at)
    if not found["active"]:
        raise BadInput(f"{name} has left; an account that ended stays so.")
    return found
