"""Kernels work where their compiled code can be kept nowhere."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import maillon

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
