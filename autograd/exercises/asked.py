"""A function that remembers where it was asked: for lessons whose answers are to differentiate it, without differences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


class Asked:
    """`f`, the places it was called at, and how often it was called."""

    def __init__(self, f: Callable[[Any], Any]) -> None:
        self._f, self.calls = f, 0
        self.points: dict[bytes, Any] = {}

    def __call__(self, x: Any) -> Any:
        raw = x
        while hasattr(raw, "detach"):  # a Value of a Value, where derivatives are nested
            raw = raw.data
        self.points.setdefault(np.asarray(raw, dtype=float).tobytes(), np.array(raw))
        self.calls += 1
        return self._f(x)

    @property
    def sentence(self) -> str:
        """That there were several places, and by how much the first two differ."""
        one, other, *_ = self.points.values()
        apart = np.abs(one - other).max()
        return (
            f"f was asked at {len(self.points)} places, the first two of which are {apart:.2g} apart: a difference is only near "
            "the derivative, and grad gives it exactly, from x alone."
        )
