"""Draw `docs/chain.md` from the code: handovers, events, state machines, permissions, rule tables."""

from collections.abc import Iterable, Sequence

from maillon.access import events as access_events
from maillon.access.permissions import HOUSE_ROLES, ROLES, Permission
from maillon.authority.decision import events as decision_events
from maillon.authority.decision.states import HOLD, MEASURE, ORDER, REQUEST
from maillon.authority.inbox import events as inbox_events
from maillon.authority.inbox.states import ARRIVAL, MATTER
from maillon.directory import events as directory_events
from maillon.evidence import events as evidence_events
from maillon.flow.handovers import HANDOVERS
from maillon.hotline.analysis import events as analysis_events
from maillon.hotline.analysis.states import CASE
from maillon.hotline.intake import events as intake_events
from maillon.hotline.intake.states import REPORT
from maillon.hotline.referral import events as referral_events
from maillon.hotline.referral.states import REFERRAL
from maillon.items import events as items_events
from maillon.items.states import ITEM
from maillon.kernel.arrows import Machine
from maillon.kernel.kinds import Kind
from maillon.looking import events as looking_events
from maillon.observation import events as observation_events
from maillon.observation.states import CONTACT_LOOKUP, FETCH, LOOKUP
from maillon.outbox.states import DELIVERY
from maillon.partners import events as partners_events
from maillon.partners.exchange import events as exchange_events
from maillon.partners.states import LETTER, MESSAGE
from maillon.rules.table import load, names

MACHINES: tuple[Machine, ...] = (
    REPORT, ITEM, LOOKUP, CONTACT_LOOKUP, FETCH, CASE, REFERRAL, MESSAGE, LETTER, ARRIVAL, MATTER, REQUEST, ORDER,
    MEASURE, HOLD, DELIVERY,
)  # fmt: skip
KINDS: tuple[Kind, ...] = (
    *intake_events.KINDS,
    *observation_events.KINDS,
    *analysis_events.KINDS,
    *referral_events.KINDS,
    *partners_events.KINDS,
    *exchange_events.KINDS,
    *inbox_events.KINDS,
    *decision_events.KINDS,
    *items_events.KINDS,
    *evidence_events.KINDS,
    *looking_events.KINDS,
    *access_events.KINDS,
    *directory_events.KINDS,
)


def markdown() -> str:
    """The page. `make check` fails where the file differs."""
    parts = [
        "# The chain",
        "*Drawn from the code by `maillon docs`; do not edit. Read `src/maillon/flow/handovers.py` beside it.*",
        "## Handovers: when this happened, that verb comes next",
        _table(("House", "When", "Verb", "Because"), [(h.house, h.kind.name, h.handler, h.then) for h in HANDOVERS]),
        "```mermaid\nflowchart LR\n" + "\n".join(_handover_lines()) + "\n```",
        "## Events",
        "A final event asks nothing of anybody.",
        _table(("Event", "Promise", "Fields", ""), [_kind(k) for k in KINDS]),
        "## State machines",
        *(_machine(m) for m in MACHINES),
        "## Permissions",
        _table(("Permission", *_roles()), [_permission(p) for p in Permission]),
        "Roles by house: " + "; ".join(f"{h}: {', '.join(r)}" for h, r in HOUSE_ROLES.items()) + ".",
        "## Rule tables",
        "What nobody has read is assumed, and shown as such wherever it answers; `maillon doctor` lists it.",
        _table(("Table", "Asked by", "Rows", "Assumed"), [_rules(name) for name in names()]),
    ]
    return "\n\n".join(parts) + "\n"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _handover_lines() -> Iterable[str]:
    for n, row in enumerate(HANDOVERS):
        yield f'  {row.house}_{row.kind.name}(["{row.kind.name}"]) --> v{n}["{row.house}: {row.handler}"]'


def _kind(kind: Kind) -> Sequence[str]:
    return kind.name, kind.promise, ", ".join(kind.fields), "final" if kind.final else ""


def _machine(machine: Machine) -> str:
    lines = ["```mermaid", "stateDiagram-v2"]
    lines += [f"  [*] --> {state.value}" for state in machine.states if state in machine.initial]
    lines += [f"  {a.source.value} --> {a.target.value}: {a.verb} ({a.actor.value})" for a in machine.arrows]
    lines += [f"  {state.value} --> [*]" for state in machine.states if state in machine.final]
    return f"### {machine.name}\n\n" + "\n".join([*lines, "```"])


def _roles() -> Sequence[str]:
    return tuple(ROLES)


def _permission(permission: Permission) -> Sequence[str]:
    return permission.value, *("yes" if permission in held else "" for held in ROLES.values())


def _rules(name: str) -> Sequence[str]:
    table = load(name)
    assumed = sum(row.basis == "assumed" for row in table.rows)
    return name, ", ".join(table.keys) or "nothing", str(len(table.rows)), str(assumed)
