"""A helper that cannot start."""

from maillon.decoding.confinement import Unconfinable
from maillon.decoding.frames import Frame
from maillon.decoding.serving import Hold, start


def main() -> None:
    start(warm)


def warm(told: Frame) -> Hold:
    raise Unconfinable("this machine lacks it")
