"""Kernels work where their compiled code can be kept nowhere, and are compiled before anybody waits for them."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np

import maillon
from maillon.matching.building import build
from maillon.matching.changing import add

ASKED = """
from maillon.matching import scan
from maillon.matching.words import words_of
found = scan.search(words_of(bytes(64)), words_of(bytes(32)), 0)
print(scan.__file__, len(found.queries))
"""


def test_a_program_that_may_write_nowhere_compiles_each_time(tmp_path: Path) -> None:
    package = Path(maillon.__file__).parent
    copied = tmp_path / "maillon" / "matching"
    shutil.copytree(package / "matching", copied, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(package / "kernel", tmp_path / "maillon" / "kernel", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "maillon" / "__init__.py").touch()
    (copied / "__pycache__").touch()  # no folder, so that even the superuser can put nothing into it
    (tmp_path / "home").touch()
    home = str(tmp_path / "home")
    told = subprocess.run(
        [sys.executable, "-c", ASKED],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(tmp_path), "HOME": home, "XDG_CACHE_HOME": home},
        capture_output=True,
        text=True,
    )
    assert (told.stdout, told.stderr) == (f"{copied / 'scan.py'} 2\n", "")


WARMED = """
import sys
from pathlib import Path
from maillon.matching import bulk, hits, near, ring, scan
from maillon.matching.opened import opened

def compiled():
    kernels = {k for m in (bulk, hits, ring, scan) for k in vars(m).values() if hasattr(k, "signatures")}
    return {(k.__name__, signature) for k in kernels for signature in k.signatures}

folder = Path(sys.argv[1])
index = opened(folder / "matching")
near.warm()
before = compiled()
asked = (folder / "hashes").read_bytes()
for count in (1, 2, 20, 6_000):
    assert len(index.match_many([("pdq", asked[32 * n : 32 * n + 32].hex()) for n in range(count)])) == count
print(len(before) > 9, sorted(name for name, _ in compiled() - before))
"""


def test_no_search_of_an_index_waits_for_a_compiler_once_it_was_built(tmp_path: Path) -> None:
    """What a build compiles is what searches need: for arrays that lie in a file, and for what threads bring together.
    The index is so large that it is searched query by query and by bucket."""
    hashes = np.random.default_rng(1).integers(0, 256, (20_000, 32), np.uint8).tobytes()
    (tmp_path / "hashes").write_bytes(hashes)
    add(tmp_path / "matching", type="pdq", bank="one", hashes=hashes, entries=list(range(20_000)))
    build(tmp_path / "matching")
    words = [sys.executable, "-c", WARMED, str(tmp_path)]
    told = subprocess.run(words, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}, capture_output=True)
    assert (told.stdout, told.stderr) == (b"True []\n", b"")
