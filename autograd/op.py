"""Not the engine: the public path of `Op`, for rows of your own; it lives in `rules/op.py`."""

from .rules.op import Op

__all__ = ["Op"]
