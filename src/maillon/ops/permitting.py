"""Draws `docs/permissions.md`: who holds which permission, and what asks for it."""

from collections.abc import Iterable

from django.urls import get_resolver

from maillon.access.organisations import KINDS
from maillon.access.permissions import ROLES, Permission
from maillon.access.routes import routes
from maillon.access.walls import WALLS, Everybody, Given, Listed, Mine, Named, Person, holders
from maillon.ops.starting import declared

HEAD = """# Permissions

Drawn by `maillon docs` from `access/permissions.py`, `access/organisations.py`, `access/walls.py`, and from what every
address and command declares. Do not edit.
"""


def markdown() -> str:
    """The page."""
    parts = (
        ("Roles", ("Role", "Permissions"), roles()),
        ("Organisations", ("Kind", "Roles, by house", "Sees"), organisations()),
        ("Addresses", ("Address", "Permission"), addresses()),
        ("Commands", ("Command", "Permission"), commands()),
        ("Tables", ("Table", "Read by", "Written by", "Added to by", "Given to an organisation", "Its own"), tables()),
    )
    return "\n".join([HEAD, *(part(*each) for each in parts)])


def part(title: str, columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [columns, ("---",) * len(columns), *rows]
    return "\n".join([f"## {title}", "", *(f"| {' | '.join(cells)} |" for cells in lines), ""])


def roles() -> Iterable[tuple[str, ...]]:
    for role, held in ROLES.items():
        yield f"`{role}`", ", ".join(sorted(permission.value for permission in held))


def organisations() -> Iterable[tuple[str, ...]]:
    for kind, found in KINDS.items():
        said = "; ".join(f"{house}: {', '.join(names)}" for house, names in found.roles.items())
        yield f"`{kind}`", said, "the house" if found.whole else "its own"


def addresses() -> Iterable[tuple[str, ...]]:
    for address, pattern in sorted(routes(get_resolver()), key=lambda route: route[0]):
        taken = getattr(pattern.callback, "permission", None)
        yield f"`/{address}`", taken.value if isinstance(taken, Permission) else "none: open to all"


def commands() -> Iterable[tuple[str, ...]]:
    for words, taken in sorted(declared().items()):
        said = f"none: {taken}" if isinstance(taken, str) else ", or ".join(p.value for p in taken or ())
        yield f"`maillon {words}`", said


def tables() -> Iterable[tuple[str, ...]]:
    for table, wall in WALLS.items():
        opened = (", ".join(holders(permissions)) for permissions in (wall.read, wall.write, wall.add))
        read, written, added = opened
        matches = (", ".join(map(said, matches)) or "–" for matches in (wall.given, wall.mine))
        yield f"`{table}`", read, written, added if wall.add else "–", *matches


def said(match: Given | Mine) -> str:
    """What makes a row somebody's, in a few words."""
    match match:
        case Everybody():
            return "every row"
        case Named(column) | Person(column):
            return f"`{column}`"
        case Listed(column):
            return f"listed in `{column}`"
        case _:
            return f"`{match.column}` → `{match.table}.{match.key}`"
