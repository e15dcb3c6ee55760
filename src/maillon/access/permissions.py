"""Who may do what: one matrix, role by permission. Pure data; `check` and `may` read it."""

from collections.abc import Iterable, Sequence
from enum import StrEnum

from maillon.kernel.errors import MaillonError, NotAllowed
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
    MANAGE_INDEPENDENT = "make accounts and links of magistrates, of oversight and of operators"
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
    ANSWER_PARTNER = "answer what a partner asks back"
    DECIDE_REFUSED = "say what becomes of a referral that a partner refused"
    MANAGE_PEERS = "pin the keys of other installations, and say what became of lost messages"
    SEND_FIGURES = "state the year's figures to another house"
    READ_MATTERS = "see what arrived, and work on it"
    TAKE_MATTER = "take a matter, or give it back"
    PASS_MATTER = "pass a matter to a unit"
    CLOSE_MATTER = "close a matter"
    ENTER_LETTER = "take down a letter that arrived"
    REQUEST_DECISION = "ask the public prosecutor for a decision"
    NOTE_APPROVAL = "note a magistrate's approval by telephone"
    DECIDE = "decide as a magistrate of the public prosecutor"
    READ_DECISIONS = "read requests, orders and measures"
    RECORD_MEASURE = "record a measure under an order"
    MANAGE_PROCEDURES = "record an agreed procedure, or end it"
    READ_REGISTER = "read the register of what went abroad"
    USE_PORTAL = "see what was sent to one's organisation"
    ANSWER_PORTAL = "answer what was sent to one's organisation"
    BREAK_GLASS = "take a clearance for a short time, for a reason that oversight reviews"
    EXCHANGE = "pass messages as another installation, signed with a pinned key"
    OVERSEE = "review the weekly sample and every broken glass"
    ANSWER_OVERSIGHT = "answer what oversight asks"
    FETCH = "have the content of an item fetched, for a purpose"
    LOOK = "look at what was fetched, step by step"
    LET_LOOK_ON = "let somebody look on past a limit, with a reason"
    SEE_EXPOSURE = "see how much each person had to look at"
    MANAGE_VAULT = "record the keys to which evidence is encrypted, and take evidence out"
    HOLD_EVIDENCE = "keep evidence past its term for a reason in law"
    MATCH = "look hashes up among those of known content"
    MATCH_FILES = "have files hashed and looked up among known content; they are not kept"


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
        P.FETCH,
        P.LOOK,
    }
)

POLICING = frozenset(
    {
        P.READ_MATTERS,
        P.LIST_ITEMS,
        P.TAKE_MATTER,
        P.CLOSE_MATTER,
        P.ACKNOWLEDGE,
        P.ENTER_LETTER,
        P.REQUEST_DECISION,
        P.NOTE_APPROVAL,
        P.READ_DECISIONS,
        P.RECORD_MEASURE,
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
            P.MANAGE_INDEPENDENT,
            P.STATE_PROVIDER,
            P.RUN_WORK,
            P.GIVE_CLEARANCE,
            P.MANAGE_TOKENS,
            P.MANAGE_PEERS,
            P.MANAGE_PROCEDURES,
            P.MANAGE_VAULT,
        }
    ),
    "analyst": WORKING | ANALYSING | {P.ANSWER_PARTNER},
    "senior_analyst": WORKING
    | ANALYSING
    | {
        P.ANSWER_PARTNER,
        P.DECIDE_REFUSED,
        P.SETTLE_DISPUTE,
        P.READ_CONTACT,
        P.DEMAND_CLEARANCE,
        P.BREAK_GLASS,
    },
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
        P.ANSWER_PARTNER,
        P.DECIDE_REFUSED,
        P.BREAK_GLASS,
        P.MANAGE_PEERS,
        P.SEND_FIGURES,
        P.ANSWER_OVERSIGHT,
        P.LET_LOOK_ON,
        P.HOLD_EVIDENCE,
    },
    "director": WORKING | {P.LIST_REFERRALS, P.SEE_LOAD},
    "welfare_officer": WORKING | {P.SEE_EXPOSURE},
    "police_assessor": frozenset({P.ASSESS_FOR_POLICE}),
    "police_officer": WORKING | POLICING | {P.BREAK_GLASS, P.ANSWER_PARTNER},
    "police_coordinator": WORKING
    | POLICING
    | {
        P.PASS_MATTER,
        P.ANSWER_PARTNER,
        P.MANAGE_ACCOUNTS,
        P.GIVE_CLEARANCE,
        P.MANAGE_PEERS,
        P.SEND_FIGURES,
        P.READ_REGISTER,
        P.ANSWER_OVERSIGHT,
    },
    "local_police_officer": frozenset({P.SEE_PAGES}) | POLICING - {P.RECORD_MEASURE},
    "magistrate": WORKING
    | {
        P.READ_MATTERS,
        P.LIST_ITEMS,
        P.READ_DECISIONS,
        P.DECIDE,
        P.MANAGE_PROCEDURES,
        P.READ_REGISTER,
        P.BREAK_GLASS,
    },
    "prosecutor_clerk": frozenset({P.SEE_PAGES, P.READ_DECISIONS, P.READ_REGISTER}),
    "financial_investigator": frozenset({P.SEE_PAGES, P.READ_MATTERS, P.LIST_ITEMS, P.TAKE_MATTER}),
    "international_officer": WORKING | {P.READ_MATTERS, P.LIST_ITEMS, P.READ_REGISTER, P.READ_DECISIONS},
    "care_worker": frozenset({P.SEE_PAGES}),
    "portal_partner": frozenset({P.SEE_PAGES, P.USE_PORTAL, P.ANSWER_PORTAL}),
    "oversight": frozenset({P.SEE_PAGES, P.OVERSEE}),
    "reporter": frozenset({P.SUBMIT_REPORT, P.FOLLOW_REPORT}),
    "peer": frozenset({P.EXCHANGE}),
    "partner_program": frozenset({P.SUBMIT_FOR_PARTNER}),
    "matching_program": frozenset({P.MATCH}),
    "file_matching_program": frozenset({P.MATCH, P.MATCH_FILES}),
    "system": frozenset({P.RUN_WORK}),
}

HOUSE_ROLES: dict[str, tuple[str, ...]] = {
    "hotline": (
        "operator",
        "analyst",
        "senior_analyst",
        "manager",
        "director",
        "welfare_officer",
        "police_assessor",
        "portal_partner",
        "oversight",
    ),
    "authority": (
        "operator",
        "police_officer",
        "police_coordinator",
        "local_police_officer",
        "magistrate",
        "prosecutor_clerk",
        "financial_investigator",
        "international_officer",
        "portal_partner",
        "oversight",
    ),
    "care": ("operator", "care_worker", "oversight"),
}

PROGRAM_ROLES = ("reporter", "peer", "partner_program", "matching_program", "file_matching_program", "system")
"""Roles of parts of the program and of those who come without an account; no account may have one."""


INDEPENDENT = tuple(role for role, held in ROLES.items() if held & {P.DECIDE, P.OVERSEE, P.MANAGE_INDEPENDENT})
"""Roles whose accounts and links nobody makes who is decided on or overseen: who holds a link acts as its person."""


class NothingDeclared(MaillonError):
    """An address, an operation or a command declares no permission: nothing starts."""


def may(by: Actor, permission: Permission) -> bool:
    """Whether a role of `by` holds `permission`."""
    return any(permission in ROLES.get(role, frozenset()) for role in by.roles)


def check(by: Actor, permission: Permission) -> None:
    """Raise NotAllowed unless `may`."""
    if not may(by, permission):
        holders = ", ".join(sorted(r for r, held in ROLES.items() if permission in held)) or "nobody"
        raise NotAllowed(f"{by.name} may not {permission.value}; it takes the role {holders}.")


def check_any(by: Actor, permissions: Sequence[Permission]) -> None:
    """Raise NotAllowed unless a role of `by` holds one of `permissions`, of which the first is named."""
    if not any(may(by, permission) for permission in permissions):
        check(by, permissions[0])


def check_manages(by: Actor, roles: Iterable[str]) -> None:
    """Raise NotAllowed unless `by` may make the account, or a link, of somebody with these roles."""
    check(by, Permission.MANAGE_ACCOUNTS)
    if set(roles) & set(INDEPENDENT):
        check(by, Permission.MANAGE_INDEPENDENT)
