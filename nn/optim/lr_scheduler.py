"""Schedules: how the learning rate changes. `step()` is called after the optimiser's, once for each epoch or each batch."""

from __future__ import annotations

import bisect
import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from .cycles import CyclicLR, OneCycleLR
from .optimizer import Group, Optimizer
from .schedule import LRScheduler, copied, each

__all__ = [
    "ChainedScheduler",
    "ConstantLR",
    "CosineAnnealingLR",
    "CosineAnnealingWarmRestarts",
    "CyclicLR",
    "ExponentialLR",
    "LRScheduler",
    "LambdaLR",
    "LinearLR",
    "MultiStepLR",
    "MultiplicativeLR",
    "OneCycleLR",
    "PolynomialLR",
    "ReduceLROnPlateau",
    "SequentialLR",
    "StepLR",
]


class LambdaLR(LRScheduler):
    """The initial rate times λ(t): one function, or one for each group."""

    def __init__(
        self,
        optimizer: Optimizer,
        lr_lambda: Callable[[int], float] | Sequence[Callable[[int], float]],
        last_epoch: int = -1,
    ) -> None:
        self.lr_lambdas = each(optimizer, lr_lambda, "lr_lambda")
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        return [base * f(self.last_epoch) for base, f in zip(self.base_lrs, self.lr_lambdas, strict=True)]


class MultiplicativeLR(LRScheduler):
    """The rate before, times λ(t), from t = 1 on."""

    begins_anew = False

    def __init__(
        self,
        optimizer: Optimizer,
        lr_lambda: Callable[[int], float] | Sequence[Callable[[int], float]],
        last_epoch: int = -1,
    ) -> None:
        self.lr_lambdas = each(optimizer, lr_lambda, "lr_lambda")
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        groups, t = self.optimizer.param_groups, self.last_epoch
        return [g["lr"] * f(t) if t > 0 else g["lr"] for g, f in zip(groups, self.lr_lambdas, strict=True)]


class StepLR(LRScheduler):
    """Times γ every `step_size` steps.

    Raises:
        ValueError: `step_size` is less than 1.
    """

    def __init__(self, optimizer: Optimizer, step_size: int, gamma: float = 0.1, last_epoch: int = -1) -> None:
        if step_size < 1:
            raise ValueError(f"StepLR: step_size={step_size} must be at least 1")
        self.step_size, self.gamma = step_size, gamma
        super().__init__(optimizer, last_epoch)

    def rate(self, group: Group, base: float, t: int) -> float:  # noqa: ARG002
        return group["lr"] * self.gamma if t and t % self.step_size == 0 else group["lr"]


class MultiStepLR(LRScheduler):
    """Times γ at each of the `milestones`."""

    def __init__(
        self, optimizer: Optimizer, milestones: Iterable[int], gamma: float = 0.1, last_epoch: int = -1
    ) -> None:
        self.milestones, self.gamma = sorted(milestones), gamma
        super().__init__(optimizer, last_epoch)

    def rate(self, group: Group, base: float, t: int) -> float:  # noqa: ARG002
        return group["lr"] * self.gamma ** self.milestones.count(t)


class ExponentialLR(LRScheduler):
    """Times γ at every step."""

    def __init__(self, optimizer: Optimizer, gamma: float, last_epoch: int = -1) -> None:
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def rate(self, group: Group, base: float, t: int) -> float:  # noqa: ARG002
        return group["lr"] * self.gamma if t else group["lr"]


class ConstantLR(LRScheduler):
    """Times `factor` for the first `total_iters` steps."""

    def __init__(self, optimizer: Optimizer, factor: float = 1 / 3, total_iters: int = 5, last_epoch: int = -1) -> None:
        self.factor, self.total_iters = factor, total_iters
        super().__init__(optimizer, last_epoch)

    def rate(self, group: Group, base: float, t: int) -> float:  # noqa: ARG002
        if t == 0:
            return group["lr"] * self.factor
        return group["lr"] / self.factor if t == self.total_iters else group["lr"]


class LinearLR(LRScheduler):
    """Times a factor that goes from `start_factor` to `end_factor` in `total_iters` steps: warm-up, as it stands.

    ``SequentialLR(optimizer, [LinearLR(optimizer, 0.01, total_iters=100), CosineAnnealingLR(optimizer, 900)], [100])``
    warms up for 100 steps and then cools down.

    Raises:
        ValueError: `start_factor` is outside of (0, 1].
    """

    def __init__(
        self,
        optimizer: Optimizer,
        start_factor: float = 1 / 3,
        end_factor: float = 1.0,
        total_iters: int = 5,
        last_epoch: int = -1,
    ) -> None:
        if not 0 < start_factor <= 1:
            raise ValueError(f"LinearLR: start_factor={start_factor} must be greater than 0 and at most 1")
        self.start_factor, self.end_factor, self.total_iters = start_factor, end_factor, total_iters
        super().__init__(optimizer, last_epoch)

    def rate(self, group: Group, base: float, t: int) -> float:  # noqa: ARG002
        if t == 0:
            return group["lr"] * self.start_factor
        if t > self.total_iters:
            return group["lr"]
        rise = self.end_factor - self.start_factor
        return group["lr"] * (1 + rise / (self.total_iters * self.start_factor + (t - 1) * rise))


class PolynomialLR(LRScheduler):
    """The initial rate times (1 − t/T)^power, for T = `total_iters`."""

    def __init__(self, optimizer: Optimizer, total_iters: int = 5, power: float = 1.0, last_epoch: int = -1) -> None:
        self.total_iters, self.power = total_iters, power
        super().__init__(optimizer, last_epoch)

    def rate(self, group: Group, base: float, t: int) -> float:  # noqa: ARG002
        if t == 0 or t > self.total_iters:
            return group["lr"]
        return group["lr"] * ((self.total_iters - t) / (self.total_iters - t + 1)) ** self.power


class CosineAnnealingLR(LRScheduler):
    """η + (initial − η) (1 + cos(π t/T)) / 2, for T = `T_max` and η = `eta_min`.

    I. Loshchilov and F. Hutter, "SGDR: stochastic gradient descent with warm restarts", 2017.

    Raises:
        ValueError: T is not positive.
    """

    def __init__(self, optimizer: Optimizer, T_max: int, eta_min: float = 0.0, last_epoch: int = -1) -> None:  # noqa: N803
        if T_max <= 0:
            raise ValueError(f"CosineAnnealingLR: T_max={T_max} must be positive")
        self.T_max, self.eta_min = T_max, eta_min
        super().__init__(optimizer, last_epoch)

    def rate(self, group: Group, base: float, t: int) -> float:
        if t == 0:
            return group["lr"]
        height, before = 1 + math.cos(math.pi * t / self.T_max), 1 + math.cos(math.pi * (t - 1) / self.T_max)
        if (t - 1 - self.T_max) % (2 * self.T_max) == 0:  # it was at the bottom, from where no factor leads up
            return group["lr"] + (base - self.eta_min) * (1 - math.cos(math.pi / self.T_max)) / 2
        return height / before * (group["lr"] - self.eta_min) + self.eta_min


class CosineAnnealingWarmRestarts(LRScheduler):
    """Cosine annealing that begins anew after T₀ steps, then after T₀·T_mult, T₀·T_mult² …; see `CosineAnnealingLR`.

    Raises:
        ValueError: T₀ or `T_mult` is less than 1.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        T_0: int,  # noqa: N803
        T_mult: int = 1,  # noqa: N803
        eta_min: float = 0.0,
        last_epoch: int = -1,
    ) -> None:
        if T_0 < 1 or T_mult < 1:
            raise ValueError(f"CosineAnnealingWarmRestarts: T_0={T_0} and T_mult={T_mult} must be at least 1")
        self.T_0, self.T_mult, self.eta_min = T_0, T_mult, eta_min
        super().__init__(optimizer, last_epoch)

    def rate(self, group: Group, base: float, t: int) -> float:  # noqa: ARG002
        length = self.T_0
        while t >= length:
            t, length = t - length, length * self.T_mult
        return self.eta_min + (base - self.eta_min) * (1 + math.cos(math.pi * t / length)) / 2


class SequentialLR(LRScheduler):
    """One schedule after the other: each of the `milestones` is where the next begins, at its own time 0.

    Raises:
        ValueError: there is not one milestone less than schedules.
    """

    def __init__(
        self, optimizer: Optimizer, schedulers: Sequence[LRScheduler], milestones: Sequence[int], last_epoch: int = -1
    ) -> None:
        if len(milestones) != len(schedulers) - 1:
            raise ValueError(
                f"SequentialLR: between {len(schedulers)} schedules there are {len(schedulers) - 1} milestones"
            )
        self.schedulers, self.milestones = list(schedulers), list(milestones)
        for group in optimizer.param_groups:
            group["lr"] = group["initial_lr"]
        super().__init__(optimizer, last_epoch)

    def step(self) -> None:
        self.last_epoch += 1
        i = bisect.bisect_right(self.milestones, self.last_epoch)
        if self.last_epoch == 0 or (i > 0 and self.milestones[i - 1] == self.last_epoch):
            self.schedulers[i].restart()
        else:
            self.schedulers[i].step()
        self._last_lr = self.schedulers[i].get_last_lr()

    def state_dict(self) -> dict[str, Any]:
        own = {k: v for k, v in super().state_dict().items() if k != "schedulers"}
        return {**own, "schedulers": [s.state_dict() for s in self.schedulers]}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        for schedule, state in zip(self.schedulers, state_dict["schedulers"], strict=True):
            schedule.load_state_dict(state)
        super().load_state_dict({k: v for k, v in state_dict.items() if k != "schedulers"})


class ChainedScheduler:
    """Several schedules at once: each multiplies the rate that the one before it set.

    Raises:
        ValueError: the schedules belong to different optimisers.
    """

    def __init__(self, schedulers: Sequence[LRScheduler], optimizer: Optimizer | None = None) -> None:
        self.schedulers = list(schedulers)
        self.optimizer = self.schedulers[0].optimizer if optimizer is None else optimizer
        if any(s.optimizer is not self.optimizer for s in self.schedulers):
            raise ValueError("ChainedScheduler: the schedules belong to different optimisers")

    def step(self) -> None:
        """Go on to the next time."""
        for schedule in self.schedulers:
            schedule.step()

    def get_last_lr(self) -> list[float]:
        """The rates that hold now."""
        return [group["lr"] for group in self.optimizer.param_groups]

    def state_dict(self) -> dict[str, Any]:
        """See `LRScheduler.state_dict`."""
        return {"schedulers": [s.state_dict() for s in self.schedulers]}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """See `LRScheduler.load_state_dict`."""
        for schedule, state in zip(self.schedulers, state_dict["schedulers"], strict=True):
            schedule.load_state_dict(state)


class ReduceLROnPlateau:
    """Times `factor` where a figure has not become better for more than `patience` calls of ``step(figure)``.

    Args:
        optimizer: whose rates are set.
        mode: whether "min" or "max" is better.
        factor: what the rates are multiplied by.
        patience: how many calls without improvement are borne.
        threshold: an improvement is at least so large: of the best figure ("rel") or as it stands ("abs").
        threshold_mode: "rel" or "abs".
        cooldown: calls after a reduction that do not count.
        min_lr: the least rate, or one for each group.
        eps: a rate that would change by less stays.

    Raises:
        ValueError: there is no such mode, or `factor` is not less than 1.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        mode: str = "min",
        factor: float = 0.1,
        patience: int = 10,
        threshold: float = 1e-4,
        threshold_mode: str = "rel",
        cooldown: int = 0,
        min_lr: float | Sequence[float] = 0.0,
        eps: float = 1e-8,
    ) -> None:
        if mode not in ("min", "max") or threshold_mode not in ("rel", "abs"):
            raise ValueError(f"ReduceLROnPlateau: mode={mode!r}, threshold_mode={threshold_mode!r}")
        if factor >= 1:
            raise ValueError(f"ReduceLROnPlateau: factor={factor} must be less than 1")
        self.optimizer = optimizer
        self.mode, self.threshold, self.threshold_mode = mode, threshold, threshold_mode
        self.factor, self.patience, self.cooldown, self.eps = factor, patience, cooldown, eps
        self.min_lrs = each(optimizer, min_lr, "min_lr")
        self.best = math.inf if mode == "min" else -math.inf
        self.num_bad_epochs = self.cooldown_counter = self.last_epoch = 0

    def step(self, metrics: float) -> None:
        """Take note of a figure."""
        figure = float(metrics)
        self.last_epoch += 1
        if self._better(figure):
            self.best, self.num_bad_epochs = figure, 0
        else:
            self.num_bad_epochs += 1
        if self.cooldown_counter > 0:
            self.cooldown_counter -= 1
            self.num_bad_epochs = 0
        if self.num_bad_epochs > self.patience:
            for group, least in zip(self.optimizer.param_groups, self.min_lrs, strict=True):
                new = max(group["lr"] * self.factor, least)
                if group["lr"] - new > self.eps:
                    group["lr"] = new
            self.cooldown_counter, self.num_bad_epochs = self.cooldown, 0

    def _better(self, figure: float) -> bool:
        sign = 1 if self.mode == "max" else -1
        if self.threshold_mode == "abs":
            return sign * (figure - self.best) > self.threshold
        return sign * (figure - self.best * (1 + sign * self.threshold)) > 0

    def get_last_lr(self) -> list[float]:
        """The rates that hold now."""
        return [group["lr"] for group in self.optimizer.param_groups]

    def state_dict(self) -> dict[str, Any]:
        """All that the next steps depend on, but the optimiser."""
        return {k: copied(v) for k, v in vars(self).items() if k != "optimizer"}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on where another stood."""
        vars(self).update({k: copied(v) for k, v in state_dict.items()})
