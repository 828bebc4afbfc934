"""The finite-difference ladder: a slope, and how far it can be trusted.

Differences are taken at h₀·2⁻ᵏ and extrapolated to h = 0 (L. F. Richardson 1911; C. J. F. Ridders, Adv. Eng. Software 4
(1982), 75-76). Every estimate carries an error bar: the spread of three successive values, and the rounding noise of
the function divided by the step. A derivative is a limit, so that an estimate which finer ones contradict is thrown
away with all coarser ones: that is how a kink or a fast oscillation beside the point is not mistaken for its slope.
Of what is left the smallest error bar wins. The same function values give the slopes from the left and from the right.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

Vector = np.ndarray[Any, np.dtype[Any]]  # of float64
Line = Callable[[float], Vector]  # t -> the function at x + t·v

LEVELS = 26
FIRST_STEP = 0.25
# A second look, where the first leaves a doubt: from steps of 256 times the scale down to 4e-15 of it.
MORE_LEVELS = 56
MORE_FIRST_STEP = 256.0
SMALLEST_SCALE = 1e-3
EPSILON = float(np.finfo(np.float64).eps)
_SMALLEST = 2.0**-1074  # the distance between numbers next to 0
_SECANT_STEP = 2.0**-10
_ORDERS = 4  # Richardson levels 0 to 3
_TRUST = 5.0  # estimates further apart than so many error bars contradict each other
_CONFIRMING = 0.2  # of an estimate: how sure a finer one must be to confirm it
_WITNESSES = 3  # how many finer estimates must contradict one to refute it
# Irregular on purpose: rounding to few digits would not show in points that lie on the rounded grid.
_NOISE_STEPS = (7.3e-11, 1.17e-6, 7.7e-5)
_NOISE_POINTS = np.array([0.0, 1.13, 1.87, 3.21, 3.9, 5.32, 6.13])
_CUBIC = np.vander(_NOISE_POINTS, 4)
_FREEDOM = len(_NOISE_POINTS) - 4
_REST = np.eye(len(_NOISE_POINTS)) - _CUBIC @ np.linalg.pinv(_CUBIC)  # takes the best cubic out of seven values
_MANY_STAIRS = 16
_FINEST = 6  # so many of the smallest steps show a jump
_FLAT_STEP = 2.0**-14  # constant for all steps up to this one: flat, unless rounding alone explains it


@dataclass(frozen=True)
class Estimate:
    """Numbers with error bars; an error of inf says that nothing is known."""

    value: Vector
    error: Vector


@dataclass(frozen=True)
class Slopes:
    """The derivative along a line, for each output: central, from the left and from the right.

    `secant` is how steep the function is over a short way: at a maximum its slope is 0 beside that.
    """

    central: Estimate
    left: Estimate
    right: Estimate
    secant: Vector

    def columns(self, some: slice) -> Slopes:
        """Those along some of the directions, where there are several."""
        central, left, right = (
            Estimate(e.value[:, some], e.error[:, some]) for e in (self.central, self.left, self.right)
        )
        return Slopes(central, left, right, self.secant[:, some])


def noise_of(line: Line, at_zero: Vector, epsilon: float = EPSILON) -> Vector:
    """The size of the rounding errors in each output, measured.

    Of seven values close together that which no cubic explains (an idea of J. J. Moré and S. M. Wild, "Estimating
    computational noise", SIAM J. Sci. Comput. 33 (2011), 1292-1314). On each side of the point by itself,
    since there may be a kink at the point; the step is widened for a function that does not move at all. On which side
    there is less of it, that is it.
    """
    noise = np.zeros_like(at_zero)
    asleep = np.ones(at_zero.shape, dtype=bool)
    for step in _NOISE_STEPS:
        sides = []
        for sign in (1.0, -1.0):
            values = np.stack([at_zero, *(line(sign * step * i) for i in _NOISE_POINTS[1:])])
            with np.errstate(all="ignore"):
                rest = _REST @ (values - at_zero)
                level = np.sqrt((rest**2).sum(axis=0) / _FREEDOM)
            moves = (values != values[0]).any(axis=0)
            sides.append(np.where(np.isfinite(level) & moves, level, np.inf))
        found, both = np.minimum(*sides), np.isfinite(np.maximum(*sides))
        here = asleep & both
        noise[here] = found[here]
        asleep &= ~here
        if not asleep.any():
            break
    return np.maximum(3 * noise, np.maximum(epsilon * np.abs(at_zero), _SMALLEST))


def climb(
    line: Line,
    at_zero: Vector,
    noise: Vector,
    *,
    levels: int = LEVELS,
    more: bool = False,
    epsilon: float = EPSILON,
    blur: float = 1.0,
) -> Slopes:
    """The slopes at t = 0 of ``line(t)``, in which a step of t = 1 is as long as the inputs themselves.

    Args:
        line: the function along a direction.
        at_zero: ``line(0)``.
        noise: its rounding errors, from `noise_of`.
        levels: how many steps h₀·2⁻ᵏ.
        more: go on to `MORE_LEVELS`.
        epsilon: the relative precision in which the function computes.
        blur: how many times longer the inputs are than a step of t = 1: their own rounding is as much coarser.
    """
    levels, first = (MORE_LEVELS, MORE_FIRST_STEP) if more else (levels, FIRST_STEP)
    steps = first * 2.0 ** -np.arange(levels)
    plus = np.stack([line(h) for h in steps])
    minus = np.stack([line(-h) for h in steps])
    h = steps[:, None]
    with np.errstate(all="ignore"):
        size = np.maximum(np.maximum(np.abs(plus), np.abs(minus)) * epsilon, noise)
        flat_right, flat_left = (_flat(side, at_zero, steps, noise) for side in (plus, minus))
        jumps_right, jumps_left = (_jumps(side, at_zero, noise) for side in (plus, minus))
        stairs = (flat_left | flat_right) & _stairs(plus - at_zero, minus - at_zero, steps)
        central = _extrapolate((plus - minus) / (2 * h), size / h, epsilon * blur, steps, 4.0)
        right = _extrapolate((plus - at_zero) / h, 2 * size / h, epsilon * blur, steps, 2.0)
        left = _extrapolate((at_zero - minus) / h, 2 * size / h, epsilon * blur, steps, 2.0)
        short = int(np.flatnonzero(steps == _SECANT_STEP)[0])
        moves = np.maximum(np.abs(plus[short] - at_zero), np.abs(minus[short] - at_zero)) / _SECANT_STEP
    secant = np.where(np.isfinite(moves), moves, 0.0)
    central = _or_nothing(_or_zero(central, flat_left & flat_right), jumps_left | jumps_right | stairs)
    left = _or_nothing(_or_zero(left, flat_left), jumps_left | stairs)
    right = _or_nothing(_or_zero(right, flat_right), jumps_right | stairs)
    return Slopes(central, left, right, secant)


def _flat(values: Vector, at_zero: Vector, steps: Vector, noise: Vector) -> Any:
    """Whether the function is exactly constant near the point, and that is not rounding.

    It is rounding if the change that shows first, with growing steps, is no larger than rounding errors are.
    """
    constant = (values[steps <= _FLAT_STEP] == at_zero).all(axis=0)
    change = _first(values - at_zero)
    return constant & ((change == 0) | (change > 8 * noise))


def _first(changes: Vector) -> Vector:
    """The size of the change that shows first, with growing steps."""
    growing = np.abs(changes)[::-1]
    return np.take_along_axis(growing, (growing != 0).argmax(axis=0)[None], axis=0)[0]


def _stairs(right: Vector, left: Vector, steps: Vector) -> Any:
    """Whether a function that is constant beside the point goes evenly up, or down, in many small stairs.

    Rounded to few digits, it may stand for what it was before, whose slope the stairs have, or for itself, with slope 0.
    """
    top = int(np.flatnonzero(steps == FIRST_STEP)[0])
    highest = np.maximum(_first(right), _first(left))
    even = np.minimum(np.abs(right[top]), np.abs(left[top])) > _MANY_STAIRS * highest
    return even & (np.sign(right[top]) == -np.sign(left[top]))


def _jumps(values: Vector, at_zero: Vector, noise: Vector) -> Any:
    """Whether the function jumps at the point: with the finest steps its change stays the same, and is not rounding.

    There is no slope on that side, though steps as long as the distance between two jumps may all agree on one.
    """
    change = np.abs(values[-_FINEST:] - at_zero)
    return (change.max(axis=0) < 1.5 * change.min(axis=0)) & (change.min(axis=0) > 64 * noise)


def _or_nothing(estimate: Estimate, unknown: Any) -> Estimate:
    return Estimate(estimate.value, np.where(unknown, np.inf, estimate.error))


def _or_zero(estimate: Estimate, flat: Any) -> Estimate:
    return Estimate(np.where(flat, 0.0, estimate.value), np.where(flat, 0.0, estimate.error))


def _extrapolate(raw: Vector, noise: Vector, epsilon: float, steps: Vector, factor: float) -> Estimate:
    """Richardson's table for differences `raw` whose error is a series in h (`factor` 2) or in h² (`factor` 4).

    An entry's noise is that of its finest difference, times what the extrapolation multiplies it by; the rounding of
    x + h·v adds ε·|slope|/h.
    """
    levels, width = raw.shape
    values = np.full((levels, _ORDERS, width), np.nan)
    errors = np.full((levels, _ORDERS, width), np.inf)
    column, gain = raw, 1.0
    for order in range(_ORDERS):
        if order:
            power = factor**order
            column = column[1:] + (column[1:] - column[:-1]) / (power - 1)
            gain *= (power + 1) / (power - 1)
        three = np.stack([column[:-2], column[1:-1], column[2:]])
        spread = three.max(axis=0) - three.min(axis=0)
        finest = slice(order + 2, order + 2 + len(spread))
        rounding = gain * (noise[finest] + epsilon * np.abs(three[2]) / steps[finest, None])
        error = spread + rounding
        values[finest, order] = three[1]
        errors[finest, order] = np.where(np.isfinite(error), error, np.inf)
    best = errors.argmin(axis=1)[:, None]
    value, error = (np.take_along_axis(table, best, axis=1)[:, 0] for table in (values, errors))
    return _coarsest_trusted(value, error, int((steps > FIRST_STEP).sum()))


def _coarsest_trusted(values: Vector, errors: Vector, coarse: int = 0) -> Estimate:
    """For each output the estimate with the smallest error among those that no finer estimates refute.

    The first `coarse` of them come from steps larger than `FIRST_STEP`.
    """
    levels = len(values)
    refuted = np.zeros(values.shape, dtype=bool)
    for k in range(levels - 1):
        apart = np.abs(values[k + 1 :] - values[k]) > _TRUST * (errors[k + 1 :] + errors[k])
        refuted[k] = apart.sum(axis=0) >= _WITNESSES
    # Whatever is coarser than a refuted estimate is refuted too.
    refuted = np.logical_or.accumulate(refuted[::-1], axis=0)[::-1]
    allowed = np.where(refuted, np.inf, errors)
    best = allowed.argmin(axis=0)[None]
    value, error = (np.take_along_axis(table, best, axis=0)[0] for table in (values, allowed))
    if coarse:
        # Steps larger than the inputs see nothing of what the function does in between: finer ones must confirm them.
        fine, bars = values[coarse:], allowed[coarse:]
        confirmed = (bars <= _CONFIRMING * np.abs(value)) & (np.abs(fine - value) <= _TRUST * (bars + error))
        alone = (best[0] < coarse) & (confirmed.sum(axis=0) < _WITNESSES)
        if alone.any():
            other = _coarsest_trusted(fine, errors[coarse:])
            value, error = np.where(alone, other.value, value), np.where(alone, other.error, error)
    return Estimate(value, error)
