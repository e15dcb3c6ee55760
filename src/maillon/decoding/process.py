"""The decoding process itself: warm up, give up everything, then decode what comes."""

import os
from typing import Any

from maillon.decoding.confinement import confine
from maillon.decoding.limits import CPU_SECONDS, MEMORY
from maillon.decoding.serving import Answer, serve


def main() -> None:
    serve(prepare)


def prepare(told: dict[str, Any]) -> Answer:
    """Load every library and use each once, since none can be loaded afterwards; then no file, no network."""
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    from maillon.decoding.answering import answer
    from maillon.decoding.warming import warm_up

    warm_up(answer)
    confine(memory=MEMORY, cpu=CPU_SECONDS)
    return answer
