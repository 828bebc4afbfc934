"""An element of a gradient as a sum over the elements of the cotangent that reached an operation.

A rule is linear in its cotangent. One that is 1 at a single place and 0 elsewhere, pushed through it, is what that place
contributes to each element of the input: a column of the sum, whatever the operation is.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from .arrays import Json, number

MOST_PLACES = 256  # of a result: the rule runs once for each
MOST_FACTORS = 4096  # of one input: a page has to be small


def factors(push: Callable[[Any], Any], out: Any, source: Any, most: int, until: float) -> Json:
    """What `push`, from a cotangent of `out` to one of `source`, multiplies with: ``to`` and ``from`` (places in flat
    order) and ``by``, only where it is not 0. None where there are more than `most`, or complex numbers, where it takes too
    long (the monotonic clock shows `until`), or where the rule, which may be a user's, will not have such a cotangent."""
    if np.size(out) > MOST_PLACES or np.iscomplexobj(out) or np.iscomplexobj(source):
        return None
    found: list[tuple[int, int, float]] = []
    for place in range(np.size(out)):
        unit = np.zeros(np.shape(out), np.asarray(out).dtype)
        unit.flat[place] = 1
        try:
            column = np.asarray(push(unit[()])).ravel()
        except Exception:
            return None
        found += [(int(to), place, column[to]) for to in np.flatnonzero(column)]
        if len(found) > most or time.monotonic() > until:
            return None
    found.sort(key=lambda one: one[:2])
    return {
        "to": [to for to, _, _ in found],
        "from": [place for _, place, _ in found],
        "by": [number(by, digits=6) for _, _, by in found],
    }
