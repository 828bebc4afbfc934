"""Data, example by example and in mini-batches."""

from __future__ import annotations

from .loader import DataLoader

__all__ = ["DataLoader"]
