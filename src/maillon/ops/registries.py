"""The registries that one worker asks for abuse contacts: opened by the first question."""

import threading
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from maillon.demo import synthetic
from maillon.observation.answers import Answered, Kind
from maillon.observation.conclude import Answer
from maillon.observation.resolve import resolve
from maillon.settings import Address, Settings

if TYPE_CHECKING:
    from maillon.observation.rdap import Registries


class Asking:
    """`ask` as `observation.contacts` takes it. The demo asks the registry of its synthetic internet and no other."""

    def __init__(self, settings: Settings, *, demo: bool, resolver: Address | None) -> None:
        self._settings, self._demo, self._resolver = settings, demo, resolver
        self._opened: Registries | None = None
        self._opening = threading.Lock()

    def ask(self, kind: Kind, value: str) -> Answered:
        """See `Registries.ask`. Raises BadBootstrap."""
        with self._opening:
            if self._opened is None:
                self._opened = self._open()
        return self._opened.ask(kind, value)

    def _open(self) -> "Registries":
        from maillon.observation.rdap import Registries  # slow to load, and few workers ever ask

        internet = synthetic.read(self._settings.home / "demo") if self._demo else None
        if internet is not None:
            return Registries.demo(synthetic.registry(internet), self._names)
        return Registries.of(self._settings.home, self._names)

    def _names(self, names: Sequence[str]) -> Mapping[str, Answer]:
        return resolve(names, resolver=self._resolver)
