"""A helper that cannot start."""

from typing import Any

from maillon.decoding.confinement import Unconfinable
from maillon.decoding.serving import Answer, serve


def main() -> None:
    serve(prepare)


def prepare(told: dict[str, Any]) -> Answer:
    raise Unconfinable("this machine lacks it")
