"""Optimisers: after ``loss.backward()``, ``optimizer.step()`` moves the parameters against their gradients."""

from __future__ import annotations

from .sgd import SGD

__all__ = ["SGD"]
