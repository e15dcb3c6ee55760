"""Where an item's provider is established."""

from datetime import date
from uuid import UUID

from maillon.directory.queries import establishments
from maillon.observation.queries import latest_locations


def provider_country(*, item_id: UUID, on: date) -> str:
    """The one country that the providers of the item's addresses are established in; "" where it is not known."""
    located = latest_locations(item_ids=[item_id]).get(item_id)
    asns = list(located["asns"]) if located else []
    known = set(establishments(asns, on).values()) if asns else set()
    return known.pop() if len(known) == 1 else ""
