"""The catalogues as the program reads them: each `django.po` compiled to a `django.mo` beside it, when it is newer."""

import os
from pathlib import Path

from maillon.languages import LANGUAGES

FOLDER = Path(__file__).parent


def catalogue_of(code: str) -> Path:
    """Where the catalogue of the language `code` lies."""
    return FOLDER / code / "LC_MESSAGES" / "django.po"


def compile_stale() -> list[str]:
    """Compile the catalogues that changed since; their languages. Safe in several processes at once."""
    return [language.code for language in LANGUAGES if _compile(catalogue_of(language.code))]


def _compile(source: Path) -> bool:
    target = source.with_suffix(".mo")
    if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
        return False
    from babel.messages import mofile, pofile  # a quarter of a second that most starts need not pay

    with source.open("rb") as file:
        catalogue = pofile.read_po(file)
    draft = target.with_suffix(f".{os.getpid()}")
    with draft.open("wb") as file:
        mofile.write_mo(file, catalogue)
    draft.rename(target)
    return True
