"""Who may do what: one matrix, role by permission. Pure data; `check` and `may` read it."""

from enum import StrEnum

from maillon.kernel.errors import NotAllowed
from maillon.outbox.acting import Actor


class Permission(StrEnum):
    IMPORT_REPORTS = "import reports"
    STATE_LOCATION = "state where an item is hosted"
    STATE_PROVIDER = "state where a provider is established"
    NOTE_OFFLINE = "note that an item is offline"
    ASSESS = "assess items for the hotline"
    ASSESS_FOR_POLICE = "assess items as the police, before the hotline could"
    SETTLE_DISPUTE = "decide between opinions that disagree"
    ENTER_FOR_OTHERS = "enter assessments that others made"
    BRING_FORMER_RECORDS = "bring in dated assessments from former records"
    UNDO_REFERRAL = "undo a referral within the grace"
    ACKNOWLEDGE = "acknowledge what arrived"
    LIST_ITEMS = "list items and their locations"
    LIST_REFERRALS = "list referrals"
    READ_FIGURES = "read figures"
    MANAGE_ACCOUNTS = "make accounts and record training"
    RUN_WORK = "run what is due"
    SEE_PAGES = "see the pages of the house"
    SUBMIT_REPORT = "report something on the public form"
    FOLLOW_REPORT = "come back to a report with its receipt"
    SUBMIT_FOR_PARTNER = "report for a partner organisation"
    ENTER_REPORT = "enter what was reported by telephone or letter"
    PLACE_REPORT = "say of what a report speaks that names no address"
    WRITE_TO_REPORTER = "write to a reporter"
    READ_CONTACT = "read how a reporter may be reached"
    OVERRIDE = "change a case's term, urgency or holder, with a reason"
    SEE_LOAD = "see the load, and what is late and why"
    DEMAND_CLEARANCE = "say what clearance an item demands"
    GIVE_CLEARANCE = "give people clearances"
    MANAGE_TOKENS = "give partner organisations keys to the API"


P = Permission

WORKING = frozenset({P.SEE_PAGES, P.READ_FIGURES})
ANALYSING = frozenset(
    {
        P.ASSESS,
        P.NOTE_OFFLINE,
        P.STATE_LOCATION,
        P.UNDO_REFERRAL,
        P.LIST_ITEMS,
        P.LIST_REFERRALS,
        P.ENTER_REPORT,
        P.PLACE_REPORT,
        P.WRITE_TO_REPORTER,
    }
)

ROLES: dict[str, frozenset[Permission]] = {
    "operator": frozenset(
        {
            P.IMPORT_REPORTS,
            P.STATE_LOCATION,
            P.ENTER_FOR_OTHERS,
            P.BRING_FORMER_RECORDS,
            P.LIST_ITEMS,
            P.LIST_REFERRALS,
            P.READ_FIGURES,
            P.MANAGE_ACCOUNTS,
            P.STATE_PROVIDER,
            P.RUN_WORK,
            P.GIVE_CLEARANCE,
            P.MANAGE_TOKENS,
        }
    ),
    "analyst": WORKING | ANALYSING,
    "senior_analyst": WORKING | ANALYSING | {P.SETTLE_DISPUTE, P.READ_CONTACT, P.DEMAND_CLEARANCE},
    "manager": WORKING
    | {
        P.LIST_ITEMS,
        P.LIST_REFERRALS,
        P.UNDO_REFERRAL,
        P.MANAGE_ACCOUNTS,
        P.STATE_PROVIDER,
        P.ENTER_REPORT,
        P.READ_CONTACT,
        P.OVERRIDE,
        P.SEE_LOAD,
        P.DEMAND_CLEARANCE,
        P.GIVE_CLEARANCE,
        P.MANAGE_TOKENS,
    },
    "director": WORKING | {P.LIST_REFERRALS, P.SEE_LOAD},
    "police_assessor": frozenset({P.ASSESS_FOR_POLICE}),
    "police_officer": WORKING | {P.ACKNOWLEDGE, P.LIST_ITEMS},
    "reporter": frozenset({P.SUBMIT_REPORT, P.FOLLOW_REPORT}),
    "partner_program": frozenset({P.SUBMIT_FOR_PARTNER}),
    "system": frozenset({P.RUN_WORK}),
}

HOUSE_ROLES: dict[str, tuple[str, ...]] = {
    "hotline": ("operator", "analyst", "senior_analyst", "manager", "director", "police_assessor"),
    "authority": ("operator", "police_officer"),
    "care": ("operator",),
}

PROGRAM_ROLES = ("reporter", "partner_program", "system")
"""Roles of parts of the program and of those who come without an account; no account may have one."""


def may(by: Actor, permission: Permission) -> bool:
    """Whether a role of `by` holds `permission`."""
    return any(permission in ROLES.get(role, frozenset()) for role in by.roles)


def check(by: Actor, permission: Permission) -> None:
    """Raise NotAllowed unless `may`."""
    if not may(by, permission):
        holders = ", ".join(sorted(r for r, held in ROLES.items() if permission in held)) or "nobody"
        raise NotAllowed(f"{by.name} may not {permission.value}; it takes the role {holders}.")
