"""The verdict on single derivatives: an analytic number against a ladder's estimates from both sides.

All numbers are in units of the input's own size, so that those of one output can be compared with each other.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import Any

import numpy as np

from .ladder import Estimate, Slopes, Vector

PASS, KINK, UNSURE, FAIL = 0, 1, 2, 3  # in order of badness
WORDS = ("pass", "kink", "unsure", "fail")

_BARS = 5.0  # error bars that an honest estimate may be off
_VISIBLE = 5e-5
_SHARP = 0.02  # an estimate that is uncertain by more than this fraction decides nothing


@dataclass(frozen=True)
class Findings:
    """For each entry: the verdict, whether there is a kink, the number it was compared with and its error bar."""

    status: Any
    kinked: Any
    numeric: Vector
    error: Vector

    def column(self, i: int) -> Findings:
        """Those of one column."""
        return Findings(self.status[:, i], self.kinked[:, i], self.numeric[:, i], self.error[:, i])

    def with_column(self, i: int, new: Findings) -> Findings:
        """The same, with others in one column."""
        pairs = zip(astuple(self), astuple(new), strict=True)
        return Findings(*(np.where(np.arange(old.shape[1]) == i, one[:, None], old) for old, one in pairs))


def judge(analytic: Vector, slopes: Slopes, rtol: float, floor: Any = 0.0) -> Findings:
    """Compare `analytic` with the central slope, and where that is refuted, with the two one-sided ones.

    Where the slopes from the left and from the right differ there is a kink, and any number between them is a valid
    subgradient. At a jump, or at the edge of the domain, one of them exists alone, and it decides.

    Args:
        floor: differences up to this are rounding in the analytic derivative.
    """
    central, left, right = slopes.central, slopes.left, slopes.right
    with np.errstate(all="ignore"):
        c_sharp, l_sharp, r_sharp = (_sharp(e, analytic, slopes.secant, floor) for e in (central, left, right))
        c_ok = _agrees(central, analytic, rtol, floor)
        low, high = np.minimum(left.value, right.value), np.maximum(left.value, right.value)
        apart = high - low > _BARS * (left.error + right.error) + rtol * np.maximum(np.abs(low), np.abs(high))
        slack = _BARS * np.maximum(left.error, right.error) + rtol * np.maximum(np.abs(low), np.abs(high)) + floor
        between = (low - slack <= analytic) & (analytic <= high + slack)
        one_ok = (l_sharp & _agrees(left, analytic, rtol, floor)) | (r_sharp & _agrees(right, analytic, rtol, floor))
        unknown = ~np.isfinite(central.error) & ~np.isfinite(left.error) & ~np.isfinite(right.error)
        within_all = (
            unknown | c_ok | _agrees(left, analytic, rtol, floor) | _agrees(right, analytic, rtol, floor) | between
        )
    both, one = l_sharp & r_sharp, l_sharp ^ r_sharp
    status = np.select(
        [
            ~np.isfinite(analytic) & (c_sharp | l_sharp | r_sharp),
            ~np.isfinite(analytic),
            c_sharp & c_ok,
            both & apart & between,
            both & apart,
            c_sharp,
            both & ~between,
            both,
            one & one_ok,
            one,
            within_all,
        ],
        [FAIL, UNSURE, PASS, KINK, FAIL, FAIL, FAIL, PASS, KINK, FAIL, UNSURE],
        default=FAIL,
    )
    numeric = np.where(c_sharp | ~(l_sharp | r_sharp), central.value, np.where(r_sharp, right.value, left.value))
    error = np.where(c_sharp | ~(l_sharp | r_sharp), central.error, np.where(r_sharp, right.error, left.error))
    return Findings(status, both & apart, numeric, error)


def _agrees(estimate: Estimate, analytic: Vector, rtol: float, floor: Any) -> Any:
    """|a − n| ≤ 5·err + rtol·max(|a|, |n|)."""
    size = np.maximum(np.abs(analytic), np.abs(estimate.value))
    return np.abs(analytic - estimate.value) <= _BARS * estimate.error + rtol * size + floor


def _sharp(estimate: Estimate, analytic: Vector, secant: Vector, floor: Any) -> Any:
    """Whether an estimate is certain enough to tell a right derivative from a wrong one.

    One that is not finite is wrong wherever the function has a slope, however small that is beside its secants.
    """
    other = np.where(np.isfinite(analytic), np.abs(analytic), _VISIBLE * secant)
    exactly = (estimate.error == 0) & (estimate.value == analytic)
    return exactly | (_BARS * estimate.error + floor <= _SHARP * np.maximum(other, np.abs(estimate.value)))
