"""What a suspicion is judged by: the derivatives with respect to one input that failed, given and numeric."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from .compare import Comparison
from .hygiene import Answers
from .ladder import Vector
from .problem import Part

_LIKE = 2e-5  # how well a suspicion must explain the numbers, beside their error bars


class Trials(Protocol):
    """What can be tried out with the function and its derivative; see `suspects.Uses`."""

    def contributions(self, s: Suspect) -> list[tuple[str, Vector]]: ...

    def at_output(self, s: Suspect) -> bool: ...

    def at_input(self, s: Suspect) -> bool: ...

    def fault(self, s: Suspect) -> tuple[str, str] | None: ...


@dataclass(frozen=True)
class Suspect:
    """The derivatives with respect to one input that failed: rows are output components, columns its own."""

    part: Part
    given: Vector
    numeric: Vector
    error: Vector
    known: Any
    columns: Any
    comparison: Comparison
    answers: Answers
    uses: Trials

    def explains(self, candidate: Vector, given: Vector | None = None, row: int | None = None) -> bool:
        """Whether `candidate`, made from what was given, is right (or equals `given`, if that is passed).

        With `row` only that row is looked at, and `given` is that row.
        """
        target = self.numeric if given is None else given
        error, known = self.error, self.known
        if row is not None:
            candidate, error, known = candidate[row], error[row], known[row]
        with np.errstate(all="ignore"):
            size = np.maximum(np.abs(candidate), np.abs(target))
            slack = 5 * error + _LIKE * size + 1e-9 * np.abs(target).max(initial=0)
            close = np.abs(candidate - target) <= slack
        return bool((close | ~known).all() and known.any())

    @property
    def whole(self) -> bool:
        """Whether every component of the input is among the columns."""
        return len(self.columns) == self.part.stop - self.part.start

    @property
    def units(self) -> bool:
        """Whether this is a whole Jacobian: each row belongs to one component of the output."""
        weights = self.comparison.weights
        return self.whole and weights.shape[0] == weights.shape[1] and not np.any(weights - np.eye(len(weights)))

    def place(self, column: int) -> str:
        """``x[1, 2]``, the element of the input that a column belongs to."""
        index, _ = self.part.place(int(self.columns[column]))
        return f"{self.part.name}[{', '.join(map(str, index))}]" if index else self.part.name
