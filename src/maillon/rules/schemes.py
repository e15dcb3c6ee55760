"""Classification schemes: which opaque codes exist in a version, and which outcome each one means.

One file `schemes/<name>-<version>.toml` each. Labels are neutral; nothing here describes material.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType

from maillon.kernel.errors import BadInput

SCHEMES = Path(__file__).parent / "schemes"
SEVERITIES = range(1, 6)


class Outcome(StrEnum):
    """What an assessment says of an item."""

    ILLEGAL = "illegal"
    NOT_ILLEGAL = "not_illegal"


@dataclass(frozen=True, kw_only=True)
class Code:
    code: str
    outcome: Outcome
    label: str


@dataclass(frozen=True, kw_only=True)
class Scheme:
    """One version of a classification scheme; its codes in reading order."""

    name: str
    version: str
    codes: Mapping[str, Code]

    def code(self, code: str) -> Code:
        """Raises BadInput, naming the codes there are."""
        if code not in self.codes:
            known = ", ".join(self.codes)
            raise BadInput(f"Scheme {self.name} version {self.version} has no code {code!r}; use one of {known}.")
        return self.codes[code]


@cache
def schemes() -> Mapping[tuple[str, str], Scheme]:
    """Every known scheme, by (name, version)."""
    found = (_read(path) for path in sorted(SCHEMES.glob("*.toml")))
    return MappingProxyType({(s.name, s.version): s for s in found})


def scheme(name: str, version: str) -> Scheme:
    """Raises BadInput, naming the schemes and versions there are."""
    known = schemes()
    if (name, version) not in known:
        listed = ", ".join(f"{n} version {v}" for n, v in known)
        raise BadInput(f"There is no scheme {name!r} version {version!r}; known: {listed}.")
    return known[name, version]


def check_assessment(name: str, version: str, code: str, severity: int | None) -> Outcome:
    """The outcome of an assessment, once its scheme, code and severity hold together.

    A severity of 1 to 5 is demanded of what is illegal, because every transmission to the police states it;
    elsewhere it may be left out. Raises BadInput.
    """
    outcome = scheme(name, version).code(code).outcome
    if severity is None:
        if outcome is Outcome.ILLEGAL:
            raise BadInput(f"Code {code} is illegal and needs a severity; give one from 1 to 5.")
    elif severity not in SEVERITIES:
        raise BadInput(f"A severity of {severity} does not exist; give one from 1 to 5.")
    return outcome


def _read(path: Path) -> Scheme:
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    codes = {
        code: Code(code=code, outcome=Outcome(given["outcome"]), label=given["label"])
        for code, given in raw["codes"].items()
    }
    return Scheme(name=raw["name"], version=raw["version"], codes=MappingProxyType(codes))
