"""The second wall: which rows of which table a role may read and write, drawn from the permission matrix.

WALLS names, by table, the permissions that open its rows; who holds them stands in `access.permissions.ROLES` alone.
`access.drawing` writes both into the database as row security, which no statement passes, whatever a page forgot.

A row is *seen* by whoever holds one of `read`, if they see the whole house; by whoever sees only what is theirs, if
they hold one of `read` and the row is `given` to their organisation; and by whom it is `mine`, whatever they hold.
It is *written* (added, changed, removed) by whoever holds one of `write` and sees it, as it was and as it becomes;
whoever holds one of `add` adds rows, seen or not. The program itself (role `system`) sees and writes all of its house.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from maillon.access.permissions import ROLES
from maillon.access.permissions import Permission as P

PROGRAM = "system"


@dataclass(frozen=True, slots=True)
class Named:
    """Rows whose `column` names the organisation."""

    column: str


@dataclass(frozen=True, slots=True)
class Listed:
    """Rows whose `column`, a list, holds the organisation."""

    column: str


@dataclass(frozen=True, slots=True)
class Through:
    """Rows whose `column` is the `key` of a row of `table` that is seen."""

    column: str
    table: str
    key: str = "id"


@dataclass(frozen=True, slots=True)
class Everybody:
    """Every row: who holds the permission sees them all, though they see only what is theirs elsewhere."""


@dataclass(frozen=True, slots=True)
class Person:
    """Rows whose `column` names whoever acts."""

    column: str


Given = Named | Listed | Through | Everybody
Mine = Person | Named | Through


@dataclass(frozen=True, slots=True, kw_only=True)
class Wall:
    """What opens the rows of one table; see the module."""

    read: frozenset[P] = frozenset()
    write: frozenset[P] = frozenset()
    given: tuple[Given, ...] = ()
    mine: tuple[Mine, ...] = ()
    add: frozenset[P] = frozenset()


def wall(
    *, read: Iterable[P] = (), write: Iterable[P] = (), given: Iterable[Given] = (), mine: Iterable[Mine] = (),
    add: Iterable[P] = (),
) -> Wall:  # fmt: skip
    return Wall(
        read=frozenset(read), write=frozenset(write), given=tuple(given), mine=tuple(mine), add=frozenset(add)
    )  # fmt: skip


def holders(permissions: frozenset[P]) -> tuple[str, ...]:
    """The roles that hold any of `permissions`, and the program's own, in order."""
    return tuple(sorted({PROGRAM} | {role for role, held in ROLES.items() if held & permissions}))


EVERY = frozenset(P)
PORTAL = frozenset({P.USE_PORTAL, P.ANSWER_PORTAL})
OUTSIDE = frozenset({P.SUBMIT_REPORT, P.FOLLOW_REPORT, P.SUBMIT_FOR_PARTNER, P.EXCHANGE, P.MATCH, P.MATCH_FILES})
STAFF = EVERY - PORTAL - OUTSIDE - {P.SEE_PAGES, P.READ_FIGURES}
"""Whoever has work to do in a house: not its visitors, nor those who only read its figures."""

ANALYSIS = frozenset({P.ASSESS, P.ASSESS_FOR_POLICE, P.ENTER_FOR_OTHERS, P.SETTLE_DISPUTE, P.BRING_FORMER_RECORDS})
ITEMS = ANALYSIS | {
    P.LIST_ITEMS, P.LIST_REFERRALS, P.IMPORT_REPORTS, P.NOTE_OFFLINE, P.STATE_LOCATION, P.UNDO_REFERRAL,
    P.DEMAND_CLEARANCE, P.OVERRIDE, P.SEE_LOAD, P.PLACE_REPORT, P.ENTER_REPORT, P.READ_CONTACT, P.ANSWER_PARTNER,
    P.DECIDE_REFUSED, P.READ_DECISIONS,
}  # fmt: skip
REPORTS = ANALYSIS | {
    P.LIST_ITEMS, P.LIST_REFERRALS, P.IMPORT_REPORTS, P.ENTER_REPORT, P.PLACE_REPORT, P.WRITE_TO_REPORTER,
    P.READ_CONTACT, P.DEMAND_CLEARANCE, P.SEE_LOAD,
}  # fmt: skip
MATTERS = frozenset(
    {P.READ_MATTERS, P.TAKE_MATTER, P.PASS_MATTER, P.CLOSE_MATTER, P.ENTER_LETTER, P.ACKNOWLEDGE, P.REQUEST_DECISION}
)
DECISIONS = frozenset(
    {P.READ_DECISIONS, P.REQUEST_DECISION, P.NOTE_APPROVAL, P.DECIDE, P.RECORD_MEASURE, P.READ_REGISTER}
)
REFERRALS = frozenset({P.LIST_REFERRALS, P.UNDO_REFERRAL, P.ANSWER_PARTNER, P.DECIDE_REFUSED, *ANALYSIS})
EYES = frozenset({P.FETCH, P.LOOK, P.ASSESS, P.SETTLE_DISPUTE, P.HOLD_EVIDENCE, P.MANAGE_VAULT})
OVERSIGHT = frozenset({P.OVERSEE, P.ANSWER_OVERSIGHT})
STUCK = frozenset({P.RUN_WORK, P.SEE_LOAD, P.MANAGE_PEERS})

ITS_ITEM = Through("item_id", "items_item")
ITS_MATTER = Through("item_id", "inbox_matter", "item_id")
ITS_REQUEST = Through("item_id", "decision_request", "item_id")
"""What a magistrate must know who decides on it."""

WALLS: Mapping[str, Wall] = MappingProxyType(
    {
        # Who is in the house
        "access_organisation": wall(
            read=STAFF, write={P.MANAGE_ACCOUNTS}, given=[Everybody()], mine=[Named("id")],
        ),
        "access_person": wall(read=STAFF, write={P.MANAGE_ACCOUNTS}, given=[Everybody()], mine=[Person("name")]),
        "access_training": wall(
            read={P.MANAGE_ACCOUNTS, P.SEE_LOAD, P.ENTER_FOR_OTHERS}, write={P.MANAGE_ACCOUNTS}, mine=[Person("person")]
        ),
        "access_clearance": wall(
            read={P.GIVE_CLEARANCE, P.MANAGE_ACCOUNTS}, write={P.GIVE_CLEARANCE}, mine=[Person("person")]
        ),
        "access_token": wall(read={P.MANAGE_TOKENS}, write={P.MANAGE_TOKENS}),
        "access_invitation": wall(read={P.MANAGE_ACCOUNTS}, write={P.MANAGE_ACCOUNTS}),
        "access_keys": wall(write={P.SEE_PAGES}, mine=[Person("person")]),
        "access_breakglass": wall(
            read=OVERSIGHT, write=OVERSIGHT | {P.BREAK_GLASS}, mine=[Person("person")]
        ),
        "access_sample": wall(read=OVERSIGHT, write={P.OVERSEE}),
        "access_sampleentry": wall(read=OVERSIGHT, write=OVERSIGHT),
        # What is spoken about
        "items_item": wall(
            read=ITEMS | MATTERS | DECISIONS | PORTAL,
            write=ANALYSIS | {P.IMPORT_REPORTS, P.NOTE_OFFLINE, P.STATE_LOCATION, P.DEMAND_CLEARANCE, P.OVERRIDE},
            given=[Listed("shared_with")],
        ),
        "items_site": wall(
            read=ITEMS | MATTERS | DECISIONS | PORTAL,
            write={P.IMPORT_REPORTS},
            given=[Listed("shared_with")],
        ),
        "items_demand": wall(read={P.LIST_ITEMS, P.DEMAND_CLEARANCE}, write={P.DEMAND_CLEARANCE}),
        "observation_location": wall(
            read=ITEMS | MATTERS | DECISIONS, write={P.STATE_LOCATION}, given=[ITS_ITEM]
        ),
        "observation_lookup": wall(read={P.LIST_ITEMS, P.STATE_LOCATION}, write={P.STATE_LOCATION}),
        "observation_contactlookup": wall(read={P.LIST_ITEMS, P.STATE_LOCATION}, write={P.STATE_LOCATION}),
        "observation_fetch": wall(read=EYES, write={P.FETCH}),
        "observation_knownmatch": wall(read=EYES),
        "items_capture": wall(read=EYES),
        "items_medium": wall(read=EYES),
        # What is kept, and for whom
        "evidence_recipient": wall(read=EYES, write={P.MANAGE_VAULT}),
        "evidence_object": wall(read=EYES),
        "evidence_wrap": wall(read=EYES, write={P.MANAGE_VAULT}),
        "evidence_legalhold": wall(read=EYES, write={P.HOLD_EVIDENCE}),
        "evidence_purge": wall(read={P.HOLD_EVIDENCE, P.MANAGE_VAULT, P.OVERSEE}),
        "evidence_tombstone": wall(read={P.HOLD_EVIDENCE, P.MANAGE_VAULT, P.OVERSEE}),
        # Who looked at it
        "looking_reveal": wall(read={P.SEE_EXPOSURE}, write={P.LOOK}, mine=[Person("person")]),
        "looking_leavetolook": wall(
            read={P.SEE_EXPOSURE, P.LET_LOOK_ON}, write={P.LET_LOOK_ON}, mine=[Person("person")]
        ),
        # What happened: everybody records, and reads what they recorded
        "outbox_event": wall(
            read=STAFF, write=EVERY, given=[Named("organisation")], mine=[Person("actor")],
        ),
        "outbox_eventbody": wall(
            read=STAFF, add=EVERY, given=[Through("event_id", "outbox_event")],
            mine=[Through("event_id", "outbox_event")],
        ),
        "outbox_delivery": wall(read=STUCK, write={P.RUN_WORK}, add=EVERY),
        # What people report
        "intake_report": wall(
            read=REPORTS | {P.SUBMIT_FOR_PARTNER},
            write={P.IMPORT_REPORTS, P.ENTER_REPORT, P.PLACE_REPORT},
            given=[Named("organisation")],
        ),
        "intake_report_location": wall(read=REPORTS, write={P.IMPORT_REPORTS}),
        "intake_contact": wall(
            read={P.READ_CONTACT}, write={P.READ_CONTACT}, add={P.ENTER_REPORT}
        ),
        "intake_reporter_message": wall(
            read={P.WRITE_TO_REPORTER, P.PLACE_REPORT}, write={P.WRITE_TO_REPORTER},
        ),
        "intake_batch": wall(
            read={P.SUBMIT_FOR_PARTNER}, write={P.SUBMIT_FOR_PARTNER}, given=[Named("organisation")]
        ),
        # What is thought of it
        "analysis_case": wall(read=ITEMS, write=ANALYSIS | {P.OVERRIDE, P.UNDO_REFERRAL}),
        "analysis_assessment": wall(read=ITEMS, write=ANALYSIS),
        "analysis_confirmation": wall(read=EYES, write=ANALYSIS),
        "analysis_filter": wall(read={P.ASSESS, P.SEE_LOAD}, write={P.SEE_PAGES}, mine=[Person("owner")]),
        # Who must act
        "referral_referral": wall(read=ITEMS | REFERRALS, write=REFERRALS),
        "referral_hold": wall(read=ITEMS | REFERRALS),
        "referral_outcome": wall(read=ITEMS | REFERRALS),
        # What passes between houses and partners
        "partners_partner": wall(read=STAFF),
        "partners_message": wall(
            read=STUCK | {P.LIST_REFERRALS, P.READ_REGISTER}, write={P.RUN_WORK}
        ),
        "partners_received": wall(read=STUCK, write={P.MANAGE_PEERS}),
        "partners_peer": wall(read={P.MANAGE_PEERS, P.RUN_WORK}, write={P.MANAGE_PEERS}),
        "partners_letter": wall(
            read=PORTAL | STUCK | DECISIONS | REFERRALS, write=PORTAL, given=[Named("partner")]
        ),
        "partners_question": wall(
            read=ITEMS | MATTERS | DECISIONS | PORTAL,
            write=MATTERS | {P.ANSWER_PARTNER, P.ANSWER_PORTAL},
            given=[Named("partner"), ITS_MATTER],
        ),
        "partners_statement": wall(read={P.READ_FIGURES, P.SEND_FIGURES}, write={P.SEND_FIGURES}),
        # What arrives at the authority
        "inbox_matter": wall(
            read=MATTERS | DECISIONS,
            write=MATTERS,
            given=[Named("unit")],
        ),
        "inbox_arrival": wall(
            read=MATTERS | DECISIONS,
            write={P.ACKNOWLEDGE, P.ENTER_LETTER, P.CLOSE_MATTER},
            given=[Through("matter_id", "inbox_matter"), ITS_REQUEST],
        ),
        # What the public prosecutor decides
        "decision_procedure": wall(
            read=DECISIONS | {P.MANAGE_PROCEDURES}, write={P.MANAGE_PROCEDURES}, given=[Everybody()]
        ),
        "decision_request": wall(
            read=DECISIONS, write={P.REQUEST_DECISION, P.NOTE_APPROVAL, P.DECIDE}, given=[Named("office"), ITS_MATTER]
        ),
        "decision_order": wall(
            read=DECISIONS, write={P.NOTE_APPROVAL, P.DECIDE}, given=[Named("office"), ITS_MATTER]
        ),
        "decision_extension": wall(read=DECISIONS, write={P.DECIDE}, given=[Through("order_id", "decision_order")]),
        "decision_hold": wall(
            read=DECISIONS, write={P.DECIDE}, given=[Through("request_id", "decision_request")]
        ),
        "decision_measure": wall(
            read=DECISIONS, write={P.RECORD_MEASURE, P.DECIDE}, given=[Through("order_id", "decision_order")]
        ),
    }
)  # fmt: skip
"""By table of a house. A table that is not named here stops `maillon migrate`, and a test."""
