"""Named moments between two steps, at which tests kill the process to show that nothing is lost or done twice."""

from collections.abc import Callable

_hook: Callable[[str], None] | None = None


def point(name: str) -> None:
    """Pass the moment `name`. Does nothing unless a test has installed a hook."""
    if _hook is not None:
        _hook(name)


def install(hook: Callable[[str], None] | None) -> None:
    """Call `hook` with every moment's name from now on; None removes it. For tests alone."""
    global _hook
    _hook = hook
