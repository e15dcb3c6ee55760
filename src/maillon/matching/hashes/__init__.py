"""The types of hashes: one module each, which says `TYPE`, and is found by being there."""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType
from typing import NamedTuple

from maillon.matching.errors import BadHash


class HashType(NamedTuple):
    """One type of hash. `size` in bytes; `radius` is how many bits a match may differ by, None where none may."""

    name: str
    size: int
    radius: int | None

    def parse(self, text: str) -> bytes:
        """The hash that is written so: hexadecimal digits of either case, and nothing else. Raises BadHash."""
        try:
            found = bytes.fromhex(text)
        except ValueError:
            found = b""
        if len(found) == self.size and len(text) == 2 * self.size:  # it passes over spaces
            return found
        shown = text if len(text) <= 80 else text[:77] + "..."
        raise BadHash(f"{shown!r} is no {self.name} hash; give {2 * self.size} hexadecimal digits.")


@cache
def types() -> Mapping[str, HashType]:
    """Every type there is, by its name."""
    found = (import_module(f"{__name__}.{module.name}").TYPE for module in iter_modules(__path__))
    return MappingProxyType({type.name: type for type in found})


def type_named(name: str) -> HashType:
    """The type of this name. Raises BadHash."""
    try:
        return types()[name]
    except KeyError:
        raise BadHash(f"{name!r} is no type of hash; the types are {', '.join(types())}.") from None
