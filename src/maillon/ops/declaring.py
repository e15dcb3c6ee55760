"""What each command takes: a permission of whoever acts, or nothing, and why. One that says neither does not run."""

from collections.abc import Callable
from functools import wraps
from importlib import import_module
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import click

from maillon.kernel.errors import MaillonError

if TYPE_CHECKING:
    from maillon.access.permissions import Permission

DECLARED = "declared"
P = ParamSpec("P")
R = TypeVar("R")
Declared = dict[str, "tuple[Permission, ...] | str | None"]
"""What commands declare, by their words: permissions of which one is taken, why none is, or nothing at all."""


class Undeclared(MaillonError):
    """An address or a command that does not say which permission it takes: nothing starts."""


def needs(*permissions: "Permission", house: str = "") -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Declare that a command takes one of `permissions`, and refuse whoever (`--as`) holds none before it runs.

    In `house`, or the one of `--house`. Stands below `on_database`.
    """

    def declare(command: Callable[P, R]) -> Callable[P, R]:
        @wraps(command)
        def permitted(*args: P.args, **kwargs: P.kwargs) -> R:
            find_actor = import_module("maillon.access.queries").find_actor  # by name: `maillon stop` needs no Django
            by = find_actor(house=house or kwargs["house"], name=kwargs["user"])
            import_module("maillon.access.permissions").check_any(by, permissions)
            return command(*args, **kwargs)

        setattr(permitted, DECLARED, permissions)
        return permitted

    return declare


def open_to_operator(reason: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Declare that a command takes no permission, and why: whoever runs it has the machine in hand."""

    def declare(command: Callable[P, R]) -> Callable[P, R]:
        setattr(command, DECLARED, reason)
        return command

    return declare


def declarations(name: str, command: click.Command) -> Declared:
    """What a command, or each of a group's, declares, by its words; None for what declares nothing."""
    if isinstance(command, click.Group):
        found = [declarations(f"{name} {word}", inner) for word, inner in command.commands.items()]
        return {words: said for inner in found for words, said in inner.items()}
    return {name: getattr(command.callback, DECLARED, None)}


def refuse_silent(name: str, command: click.Command) -> None:
    """Raise Undeclared where `command`, or one of its group, declares nothing."""
    for words, said in declarations(name, command).items():
        if said is None:
            raise Undeclared(f"maillon {words} declares no permission; see ops/declaring.py: needs, open_to_operator.")
