"""L-BFGS: the Hessian, estimated from the last few steps."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any, ClassVar, NamedTuple

import numpy as np

from autograd import Value

from ..utils import parameters_to_vector
from .optimizer import Closure, Group, Optimizer, evaluated

SUFFICIENT, CURVATURE = 1e-4, 0.9  # c₁ and c₂ of the strong Wolfe conditions


class Point(NamedTuple):
    """A place on the line x + t d: the loss there, its gradient, and its slope along d."""

    t: float
    loss: float
    gradient: Any
    slope: float


class LBFGS(Optimizer):
    """d = −H g, p ← p + t d, with H estimated from the last `history_size` steps.

    ``step(closure)`` makes up to `max_iter` such iterations; `closure` computes the loss *and* its gradients:
    ``optimizer.zero_grad(); loss = …; loss.backward(); return loss``. J. Nocedal and S. J. Wright, "Numerical optimization",
    2006, algorithms 7.4 and 7.5; the line search is 3.5 and 3.6.

    Args:
        params: parameters; one group.
        lr: the length t of a step, or what the line search tries first.
        max_iter: iterations in a step.
        max_eval: evaluations of the closure in a step; None is ⌊1.25 max_iter⌋.
        tolerance_grad: it is done where no gradient is larger.
        tolerance_change: it is done where neither a parameter nor the loss changes by more.
        history_size: how many steps are remembered.
        line_search_fn: None, or "strong_wolfe".
    """

    compiles: ClassVar[bool] = False

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1.0,
        max_iter: int = 20,
        max_eval: int | None = None,
        tolerance_grad: float = 1e-7,
        tolerance_change: float = 1e-9,
        history_size: int = 100,
        line_search_fn: str | None = None,
    ) -> None:
        super().__init__(
            params,
            {
                "lr": lr,
                "max_iter": max_iter,
                "max_eval": max_iter * 5 // 4 if max_eval is None else max_eval,
                "tolerance_grad": tolerance_grad,
                "tolerance_change": tolerance_change,
                "history_size": history_size,
                "line_search_fn": line_search_fn,
            },
        )

    def add_param_group(self, group: dict[str, Any]) -> None:
        if self.param_groups:
            raise ValueError("LBFGS has one group of parameters: its steps are taken along all of them at once")
        super().add_param_group(group)

    def check(self, group: Group) -> None:
        super().check(group)
        if group["line_search_fn"] not in (None, "strong_wolfe"):
            raise ValueError(f"LBFGS: line_search_fn={group['line_search_fn']!r} is neither None nor 'strong_wolfe'")

    def fitting(self, p: Value, key: str, entry: Any) -> Any:  # noqa: ARG002 - the state is that of all parameters together
        return entry.copy() if isinstance(entry, np.ndarray) else entry

    def step(self, closure: Closure | None = None) -> Any:
        """Up to `max_iter` iterations; returns the loss before them. After an interrupt nothing has moved."""
        if closure is None:
            raise TypeError("LBFGS evaluates the loss several times in a step: call step(closure)")
        (group,) = self.param_groups
        parameters = group["params"]
        before = [p.raw for p in parameters]
        try:
            loss, self._resting = self._iterate(closure, group, dict(self.state.get(parameters[0], {})))
        except BaseException:
            for p, raw in zip(parameters, before, strict=True):
                p.take_over(raw)
            raise
        return loss

    def _iterate(
        self, closure: Closure, group: Group, state: dict[str, Any]
    ) -> tuple[Any, dict[Value, dict[str, Any]]]:
        """The loss at the beginning, and the new state."""
        first = evaluated(closure)
        loss, g, x = _number(first), self._gradient(), parameters_to_vector(group["params"]).raw
        evaluations, tolerance = 1, group["tolerance_change"]
        flat = bool(abs(g).max() <= group["tolerance_grad"])
        for iteration in range(1, group["max_iter"] + 1):
            if flat:
                break
            count = state["n_iter"] = state.get("n_iter", 0) + 1
            d = self._direction(g, state, group["history_size"])
            t = group["lr"] * (min(1.0, 1 / float(abs(g).sum())) if count == 1 else 1.0)
            state["prev_flat_grad"], before = g, loss
            slope = float(g @ d)
            state["d"], state["t"] = d, t
            if slope > -tolerance:
                break

            def at(t: float, x: Any = x, d: Any = d) -> Point:
                self._place(x + t * d)
                value = _number(evaluated(closure))
                gradient = self._gradient()
                return Point(t, value, gradient, float(gradient @ d))

            if group["line_search_fn"]:
                most = group["max_eval"] - evaluations
                found, searched = wolfe(at, t, Point(0.0, loss, g, slope), float(abs(d).max()), tolerance, most)
                t, loss, g = found.t, found.loss, found.gradient
            elif iteration < group["max_iter"]:
                (_, loss, g, _), searched = at(t), 1
            else:
                searched = 0  # the next step evaluates the loss there
            state["t"] = t
            x = x + t * d
            self._place(x)
            evaluations += searched
            flat = bool(abs(g).max() <= group["tolerance_grad"])
            small = abs(t * d).max() <= tolerance or abs(loss - before) < tolerance
            if evaluations >= group["max_eval"] or small:
                break
        state["func_evals"] = state.get("func_evals", 0) + evaluations
        return first, {group["params"][0]: state}

    def _direction(self, g: Any, state: dict[str, Any], size: int) -> Any:
        """−H g, by the two loops over the steps s and the changes y of the gradient; adds the last pair first."""
        if "d" not in state:
            state.update(old_dirs=[], old_stps=[], H_diag=1.0)
            return -g
        changes, steps = state["old_dirs"], state["old_stps"]
        y, s = g - state["prev_flat_grad"], state["t"] * state["d"]
        if (curvature := float(y @ s)) > 1e-10:
            changes, steps = [*changes, y][-size:], [*steps, s][-size:]
            state.update(old_dirs=changes, old_stps=steps, H_diag=curvature / float(y @ y))
        weights, q = [], -g
        for y, s in zip(reversed(changes), reversed(steps), strict=True):
            weights.append(float(s @ q) / float(y @ s))
            q = q - weights[-1] * y
        d = q * state["H_diag"]
        for y, s in zip(changes, steps, strict=True):
            d = d + (weights.pop() - float(y @ d) / float(y @ s)) * s
        return d

    def _gradient(self) -> Any:
        """The gradients, flat; 0 for a parameter without."""
        return np.concatenate(
            [
                np.zeros(p.size, p.dtype) if p.grad is None or not p.requires_grad else np.reshape(p.grad, -1)
                for p in self._parameters()
            ]
        )

    def _place(self, x: Any) -> None:
        """Give the parameters the numbers of the vector `x`."""
        start = 0
        for p in self._parameters():
            p.take_over(x[start : start + p.size].reshape(p.shape).astype(p.dtype, copy=False)[()])
            start += p.size


def _number(loss: Any) -> float:
    return float(loss.item() if hasattr(loss, "item") else loss)


def wolfe(
    at: Callable[[float], Point], t: float, start: Point, longest: float, tolerance: float, most: int
) -> tuple[Point, int]:
    """A point where the strong Wolfe conditions hold, and how often the loss was evaluated.

    First the step grows until an interval must hold such a point, then the interval shrinks around it; after `most`
    further evaluations the best point so far will do.
    """
    before, now = start, at(t)
    for evaluations in range(1, most + 1):
        if _too_high(now, start) or (evaluations > 2 and now.loss >= before.loss):
            break
        if abs(now.slope) <= -CURVATURE * start.slope:
            return now, evaluations
        if now.slope >= 0:
            break
        t = cubic(before, now, now.t + 0.01 * (now.t - before.t), 10 * now.t)
        before, now = now, at(t)
    else:
        return min(start, now, key=lambda p: p.loss), most + 1
    return _zoom(at, [before, now], start, longest, tolerance, most, evaluations)


def _zoom(
    at: Callable[[float], Point],
    bracket: list[Point],
    start: Point,
    longest: float,
    tolerance: float,
    limit: int,
    evaluations: int,
) -> tuple[Point, int]:
    stuck = False
    low = 0 if bracket[0].loss <= bracket[1].loss else 1
    while evaluations <= limit and abs(bracket[1].t - bracket[0].t) * longest >= tolerance:
        least, most = sorted((bracket[0].t, bracket[1].t))
        t = cubic(bracket[0], bracket[1], least, most)
        margin = 0.1 * (most - least)
        close = min(most - t, t - least) < margin
        if close and (stuck or t >= most or t <= least):  # twice at an end: the interval would hardly shrink
            t = most - margin if abs(t - most) < abs(t - least) else least + margin
            close = False
        stuck = close
        now = at(t)
        evaluations += 1
        if _too_high(now, start) or now.loss >= bracket[low].loss:
            bracket[1 - low] = now
            low = 0 if bracket[0].loss <= bracket[1].loss else 1
            continue
        if abs(now.slope) <= -CURVATURE * start.slope:
            return now, evaluations
        if now.slope * (bracket[1 - low].t - bracket[low].t) >= 0:
            bracket[1 - low] = bracket[low]
        bracket[low] = now
    return bracket[low], evaluations


def _too_high(now: Point, start: Point) -> bool:
    return now.loss > start.loss + SUFFICIENT * now.t * start.slope


def cubic(a: Point, b: Point, least: float, most: float) -> float:
    """Where the cubic through two points, with their slopes, has its minimum, within bounds (equation 3.59)."""
    a, b = sorted((a, b), key=lambda p: p.t)
    middle = a.slope + b.slope - 3 * (a.loss - b.loss) / (a.t - b.t)
    square = middle * middle - a.slope * b.slope
    root = math.sqrt(square) if 0 <= square < math.inf else 0.0
    bend = b.slope - a.slope + 2 * root
    if not 0 <= square < math.inf or bend == 0:  # the cubic has no minimum, or is a straight line
        return (least + most) / 2
    t = b.t - (b.t - a.t) * ((b.slope + root - middle) / bend)
    return min(max(t, least), most)
