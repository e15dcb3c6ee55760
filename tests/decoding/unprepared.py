"""A helper that cannot start."""

from typing import Any

from maillon.decoding.confinement import Unconfinable
from maillon.decoding.serving import Hold, start


def main() -> None:
    start(warm)


def warm(told: dict[str, Any]) -> Hold:
    raise Unconfinable("this machine lacks it")
