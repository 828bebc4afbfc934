"""Training: the loop, and what is called from it."""

from __future__ import annotations

from .loop import Epoch, evaluate, fit

__all__ = ["Epoch", "evaluate", "fit"]
