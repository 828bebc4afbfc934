"""Whether JAX is there, and new enough: one sentence where it is not."""

from __future__ import annotations

from importlib import metadata, util

OLDEST = (0, 8)


def require() -> None:
    """Raise `ImportError` where JAX is missing or too old."""
    if util.find_spec("jax") is None:
        raise ImportError("autograd.xla needs JAX: pip install 'chainrule[xla]'")
    found = metadata.version("jax")
    if tuple(map(int, found.split(".")[:2])) < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        raise ImportError(
            f"autograd.xla needs JAX {oldest} or newer, and {found} is installed: pip install -U 'chainrule[xla]'"
        )
