"""The generated pages of `docs/`: drawn from the code they describe, compared by `make check`."""

from collections.abc import Callable
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.urls import resolve

import maillon
from maillon import settings
from maillon.ops import chain, permitting

FOLDER = Path(maillon.__file__).parents[2] / "docs"


def openapi() -> str:
    """The API's description, as its own address answers; commands and the API do not import one another."""
    request = HttpRequest()
    request.method = "GET"
    answer: HttpResponse = resolve("/api/v1/openapi.json").func(request)
    return answer.content.decode()


PAGES: dict[str, Callable[[], str]] = {
    "chain.md": chain.markdown,
    "settings.md": settings.markdown,
    "openapi.json": openapi,
    "permissions.md": permitting.markdown,
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
