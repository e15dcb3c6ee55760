"""Which events oversight draws its samples from: of every room, those that its kinds mark as `reviewed`.

Reveals, exports, overrides, clearances and broken glasses; searches by name as soon as there are any.
"""

from maillon.access import events as access
from maillon.authority.decision import events as decision
from maillon.authority.inbox import events as inbox
from maillon.evidence import events as evidence
from maillon.hotline.analysis import events as analysis
from maillon.hotline.intake import events as intake
from maillon.hotline.referral import events as referral
from maillon.items import events as items
from maillon.looking import events as looking
from maillon.partners import events as partners

ROOMS = (access, evidence, items, looking, partners, intake, analysis, referral, inbox, decision)

REVIEWED = frozenset(kind.name for room in ROOMS for kind in room.KINDS if kind.reviewed)
"""Their names."""
