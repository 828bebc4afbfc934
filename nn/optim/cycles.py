"""Schedules that go up and down, and take the momentum with them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from .optimizer import Group, Optimizer
from .schedule import LRScheduler, each


class CyclicLR(LRScheduler):
    """Up from `base_lr` to `max_lr` in `step_size_up` steps and down again, over and over; the momentum the other way.

    L. N. Smith, "Cyclical learning rates for training neural networks", 2017. `mode`: "triangular"; "triangular2" halves
    the height with every cycle; "exp_range" has the height γ^t.

    Raises:
        ValueError: there is no such `mode`.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        base_lr: float | Sequence[float],
        max_lr: float | Sequence[float],
        step_size_up: int = 2000,
        step_size_down: int | None = None,
        mode: str = "triangular",
        gamma: float = 1.0,
        scale_fn: Callable[[float], float] | None = None,
        scale_mode: str = "cycle",
        cycle_momentum: bool = True,
        base_momentum: float | Sequence[float] = 0.8,
        max_momentum: float | Sequence[float] = 0.9,
        last_epoch: int = -1,
    ) -> None:
        if scale_fn is None and mode not in ("triangular", "triangular2", "exp_range"):
            raise ValueError(f"CyclicLR: mode={mode!r} is neither 'triangular', 'triangular2' nor 'exp_range'")
        self.low, self.high = each(optimizer, base_lr, "base_lr"), each(optimizer, max_lr, "max_lr")
        self.up = step_size_up
        self.total = step_size_up + (step_size_up if step_size_down is None else step_size_down)
        self.mode, self.gamma, self.scale_fn = mode, gamma, scale_fn
        self.by_cycle = mode != "exp_range" if scale_fn is None else scale_mode == "cycle"
        self.cycle_momentum = cycle_momentum
        self.low_momentum = each(optimizer, base_momentum, "base_momentum")
        self.high_momentum = each(optimizer, max_momentum, "max_momentum")
        if last_epoch == -1:
            for group, low in zip(optimizer.param_groups, self.low, strict=True):
                group["lr"] = group["initial_lr"] = low
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        t = self.last_epoch
        cycle, place = divmod(t, self.total)
        height = place / self.up if place <= self.up else (self.total - place) / (self.total - self.up)
        height *= self._scale(cycle + 1 if self.by_cycle else t)
        if self.cycle_momentum:
            momenta = zip(self.optimizer.param_groups, self.low_momentum, self.high_momentum, strict=True)
            for group, low, high in momenta:
                set_momentum(group, high - (high - low) * height)
        return [low + (high - low) * height for low, high in zip(self.low, self.high, strict=True)]

    def _scale(self, x: float) -> float:
        if self.scale_fn is not None:
            return self.scale_fn(x)
        return {"triangular": 1.0, "triangular2": 0.5 ** (x - 1), "exp_range": self.gamma**x}[self.mode]


class OneCycleLR(LRScheduler):
    """Up from max_lr/div_factor to `max_lr`, and down to a fraction of the beginning; the momentum the other way.

    L. N. Smith and N. Topin, "Super-convergence", 2018. Step it after every batch.

    Args:
        optimizer: with a momentum, or betas, if `cycle_momentum`.
        max_lr: the highest rate, or one for each group.
        total_steps: how many steps there are; or give `epochs` and `steps_per_epoch`.
        epochs: passes over the data.
        steps_per_epoch: batches in a pass.
        pct_start: the share of steps that go up.
        anneal_strategy: "cos" or "linear".
        cycle_momentum: whether the momentum goes from `max_momentum` down to `base_momentum` and up again.
        base_momentum: where the rate is highest.
        max_momentum: where the rate is lowest.
        div_factor: the first rate is max_lr / div_factor.
        final_div_factor: the last rate is the first / final_div_factor.
        three_phase: go down as fast as up, and then to the last rate.
        last_epoch: see `LRScheduler`.

    Raises:
        ValueError: there is no such `anneal_strategy`, or the number of steps is not given.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        max_lr: float | Sequence[float],
        total_steps: int | None = None,
        epochs: int | None = None,
        steps_per_epoch: int | None = None,
        pct_start: float = 0.3,
        anneal_strategy: str = "cos",
        cycle_momentum: bool = True,
        base_momentum: float | Sequence[float] = 0.85,
        max_momentum: float | Sequence[float] = 0.95,
        div_factor: float = 25.0,
        final_div_factor: float = 1e4,
        three_phase: bool = False,
        last_epoch: int = -1,
    ) -> None:
        if total_steps is None:
            if epochs is None or steps_per_epoch is None:
                raise ValueError("OneCycleLR needs total_steps, or epochs and steps_per_epoch")
            total_steps = epochs * steps_per_epoch
        if anneal_strategy not in ("cos", "linear"):
            raise ValueError(f"OneCycleLR: anneal_strategy={anneal_strategy!r} is neither 'cos' nor 'linear'")
        self.total_steps, self.anneal_strategy = total_steps, anneal_strategy
        top, first = pct_start * total_steps - 1, 1 / div_factor
        last = first / final_div_factor
        # The ends of phases, and there the rate as a share of max_lr and how far the momentum is down.
        self.corners = [(0.0, first, 0.0), (top, 1.0, 1.0)]
        if three_phase:
            self.corners.append((2 * pct_start * total_steps - 2, first, 0.0))
        self.corners.append((total_steps - 1, last, 0.0))
        self.high = each(optimizer, max_lr, "max_lr")
        self.cycle_momentum = cycle_momentum
        self.low_momentum = each(optimizer, base_momentum, "base_momentum")
        self.high_momentum = each(optimizer, max_momentum, "max_momentum")
        if last_epoch == -1:
            for group, high in zip(optimizer.param_groups, self.high, strict=True):
                group["initial_lr"] = high * first
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        t = self.last_epoch
        if t > self.total_steps:
            raise ValueError(f"OneCycleLR: step {t} of {self.total_steps}: it has no more")
        i = next(i for i in range(1, len(self.corners)) if t <= self.corners[i][0] or i == len(self.corners) - 1)
        (start, *before), (end, *after) = self.corners[i - 1], self.corners[i]
        way = (t - start) / (end - start)
        way = (1 - math.cos(math.pi * way)) / 2 if self.anneal_strategy == "cos" else way
        share, down = (a + (b - a) * way for a, b in zip(before, after, strict=True))
        if self.cycle_momentum:
            momenta = zip(self.optimizer.param_groups, self.low_momentum, self.high_momentum, strict=True)
            for group, low, high in momenta:
                set_momentum(group, high - (high - low) * down)
        return [high * share for high in self.high]


def set_momentum(group: Group, momentum: float) -> None:
    """Set what plays the part of the momentum: the first of the betas, or "momentum" itself."""
    if "betas" in group:
        group["betas"] = (momentum, *group["betas"][1:])
    elif "momentum" in group:
        group["momentum"] = momentum
    else:
        raise ValueError("the optimiser has no momentum to change: say cycle_momentum=False")
