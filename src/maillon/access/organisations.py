"""The kinds of organisation in the chain: where each belongs, the roles of its people, and whether it sees all.

One table. `access.services` refuses a role that an organisation's kind does not have; `find_actor` reads from it
whether a person sees the whole house or only what was given to their organisation (`Actor.sees`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

HOTLINE, AUTHORITY, CARE = "hotline", "authority", "care"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationKind:
    """`roles` by house in which it may have accounts; `whole`: its people see the whole house, not only their own."""

    roles: Mapping[str, tuple[str, ...]]
    whole: bool


def kind(whole: bool = True, **roles: tuple[str, ...]) -> OrganisationKind:
    return OrganisationKind(roles=MappingProxyType(roles), whole=whole)


PORTAL = ("portal_partner",)
ADMINISTRATION = ("operator",)

KINDS: Mapping[str, OrganisationKind] = MappingProxyType(
    {
        "hotline": kind(
            hotline=(
                *ADMINISTRATION,
                "analyst",
                "senior_analyst",
                "manager",
                "director",
                "welfare_officer",
            ),
        ),
        "federal_police": kind(
            hotline=("police_assessor",),
            authority=(*ADMINISTRATION, "police_officer", "police_coordinator"),
        ),
        "local_police": kind(False, authority=("local_police_officer",)),
        "federal_prosecutor": kind(authority=("magistrate", "prosecutor_clerk")),
        "local_prosecutor": kind(False, authority=("magistrate", "prosecutor_clerk")),
        "access_provider": kind(False, authority=PORTAL),
        "hosting_provider": kind(False, authority=PORTAL),
        "partner_hotline": kind(False, hotline=PORTAL),
        "financial_investigators": kind(False, authority=("financial_investigator",)),
        "care_centre": kind(care=(*ADMINISTRATION, "care_worker"), authority=PORTAL),
        "international_desk": kind(authority=("international_officer",)),
        "welfare": kind(hotline=("welfare_officer",)),
        "oversight": kind(hotline=("oversight",), authority=("oversight",), care=("oversight",)),
    }
)
"""By kind. A care centre sees all of its own house; in another's, the portal shows what was sent to it alone."""


def sees(*, kind: str, organisation: str, roles: frozenset[str]) -> str:
    """What a person of this organisation sees of a house: `*` for all of it, else the organisation's own id."""
    known = KINDS.get(kind)
    if known is None or not known.whole or roles <= {"portal_partner"}:
        return organisation
    return "*"
