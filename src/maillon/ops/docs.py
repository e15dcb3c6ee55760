"""The generated pages of `docs/`: drawn from the code they describe, compared by `make check`."""

from collections.abc import Callable
from pathlib import Path

import maillon
from maillon import settings
from maillon.ops import chain

FOLDER = Path(maillon.__file__).parents[2] / "docs"

PAGES: dict[str, Callable[[], str]] = {
    "chain.md": chain.markdown,
    "settings.md": settings.markdown,
}


def stale() -> list[str]:
    """The pages whose file differs from what the code says now."""
    return [name for name, draw in PAGES.items() if not same(FOLDER / name, draw())]


def write() -> list[str]:
    """Write the stale pages; their names."""
    changed = stale()
    for name in changed:
        (FOLDER / name).write_text(PAGES[name](), encoding="utf-8")
    return changed


def same(path: Path, text: str) -> bool:
    return path.exists() and path.read_text(encoding="utf-8") == text
