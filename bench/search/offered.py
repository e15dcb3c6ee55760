"""`python -m bench.search.offered`: every peer's searchers with the settings worth trying, as JSON."""

import json
import pkgutil
from importlib import import_module

from bench.search import peers
from bench.search.searcher import Searcher


def main() -> None:
    told = []
    for module in sorted(info.name for info in pkgutil.iter_modules(peers.__path__)):
        kinds: tuple[type[Searcher], ...] = import_module(f"{peers.__name__}.{module}").SEARCHERS
        told += [
            {
                "searcher": f"{kind.__module__}:{kind.__name__}",
                "settings": settings,
                "pages": pages,
                "exact": kind.exact,
                "finalists": kind.finalists,
            }
            for kind in kinds
            for settings in kind.variants()
            for pages in kind.pages
        ]
    print(json.dumps(told))


if __name__ == "__main__":
    main()
