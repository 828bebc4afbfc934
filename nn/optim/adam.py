"""Adam and its relatives: steps measured in the gradient's running size."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

import numpy as np

from .optimizer import Group, Optimizer, State

Betas = tuple[float, float]


def directed(p: Any, g: Any, options: Group) -> Any:
    """The gradient to go against: −g to maximize, with the weight decay that is not decoupled."""
    if options["maximize"]:
        g = -g
    if options["weight_decay"] and not options.get("decoupled_weight_decay"):
        g = g + options["weight_decay"] * p
    return g


def decayed(p: Any, options: Group) -> Any:
    """The parameter after the weight decay that is decoupled from the gradient."""
    if options["weight_decay"] and options.get("decoupled_weight_decay"):
        return p * (1 - options["lr"] * options["weight_decay"])
    return p


def toward(average: Any, new: Any, weight: float) -> Any:
    """The running average a ← a + w (x − a); it begins at 0."""
    if average is None:
        return weight * new
    difference = new - average
    difference *= weight
    difference += average
    return difference


def squares(average: Any, g: Any, beta: float) -> Any:
    """The running average of squares v ← β v + (1 − β) g²; it begins at 0."""
    square = g * g
    square *= 1 - beta
    if average is not None:
        square += beta * average
    return square


def count(state: State) -> Any:
    """The number of this step, from 1."""
    state["step"] = state.get("step", 0) + 1
    return state["step"]


class Adam(Optimizer):
    """m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g², p ← p − lr · m̂ / (√v̂ + ε), with m̂ = m/(1−β₁ᵗ) and v̂ = v/(1−β₂ᵗ).

    D. P. Kingma and J. Ba, "Adam: a method for stochastic optimization", 2015. With `amsgrad` the largest v so far
    stands for v: S. J. Reddi, S. Kale and S. Kumar, "On the convergence of Adam and beyond", 2018.

    Args:
        params: parameters, or groups of them; see `Optimizer`.
        lr: the learning rate.
        betas: β₁ and β₂.
        eps: ε.
        weight_decay: λ: λ·p is added to the gradient; with `decoupled_weight_decay` p shrinks by lr·λ·p instead.
        amsgrad: keep the largest v.
        maximize: go up.
        decoupled_weight_decay: as in `AdamW`.
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        betas: Betas = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
        decoupled_weight_decay: bool = False,
    ) -> None:
        super().__init__(
            params,
            {
                "lr": lr,
                "betas": betas,
                "eps": eps,
                "weight_decay": weight_decay,
                "amsgrad": amsgrad,
                "maximize": maximize,
                "decoupled_weight_decay": decoupled_weight_decay,
            },
        )

    def update(self, p: Any, g: Any, state: State, options: Group) -> Any:
        beta1, beta2 = options["betas"]
        t = count(state)
        g = directed(p, g, options)
        m = state["exp_avg"] = toward(state.get("exp_avg"), g, 1 - beta1)
        v = state["exp_avg_sq"] = squares(state.get("exp_avg_sq"), g, beta2)
        if options["amsgrad"]:
            largest = state.get("max_exp_avg_sq")
            v = state["max_exp_avg_sq"] = v if largest is None else np.maximum(largest, v)
        step = np.sqrt(v)
        step /= (1 - beta2**t) ** 0.5
        step += options["eps"]
        np.divide(m, step, out=step)
        step *= options["lr"] / (1 - beta1**t)
        return np.subtract(decayed(p, options), step, out=step)


class AdamW(Adam):
    """`Adam` whose weight decay does not enter the averages: p ← p − lr·λ·p, then Adam's step.

    I. Loshchilov and F. Hutter, "Decoupled weight decay regularization", 2019.
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        betas: Betas = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(params, lr, betas, eps, weight_decay, amsgrad, maximize=maximize, decoupled_weight_decay=True)


class Adamax(Optimizer):
    """Adam with the largest gradient in place of the root of squares: u ← max(β₂u, |g| + ε), p ← p − lr · m̂ / u.

    D. P. Kingma and J. Ba, 2015, section 7.1. The arguments are `Adam`'s.
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 2e-3,
        betas: Betas = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(
            params, {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay, "maximize": maximize}
        )

    def update(self, p: Any, g: Any, state: State, options: Group) -> Any:
        beta1, beta2 = options["betas"]
        t = count(state)
        g = directed(p, g, options)
        m = state["exp_avg"] = toward(state.get("exp_avg"), g, 1 - beta1)
        size, largest = abs(g) + options["eps"], state.get("exp_inf")
        u = state["exp_inf"] = size if largest is None else np.maximum(beta2 * largest, size)
        return p - options["lr"] / (1 - beta1**t) * m / u


class NAdam(Optimizer):
    """Adam with Nesterov's momentum, whose strength grows with t: μₜ = β₁ (1 − ½ · 0.96^(t·ψ)).

    p ← p − lr · (μₜ₊₁ m / (1 − Πμ·μₜ₊₁) + (1−μₜ) g / (1 − Πμ)) / (√v̂ + ε), for the product Πμ of μ₁ … μₜ.
    T. Dozat, "Incorporating Nesterov momentum into Adam", 2016. ψ is `momentum_decay`; the rest is `Adam`'s.
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 2e-3,
        betas: Betas = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum_decay: float = 4e-3,
        decoupled_weight_decay: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(
            params,
            {
                "lr": lr,
                "betas": betas,
                "eps": eps,
                "weight_decay": weight_decay,
                "momentum_decay": momentum_decay,
                "decoupled_weight_decay": decoupled_weight_decay,
                "maximize": maximize,
            },
        )

    def update(self, p: Any, g: Any, state: State, options: Group) -> Any:
        (beta1, beta2), lr = options["betas"], options["lr"]
        t = count(state)
        mu, ahead = (beta1 * (1 - 0.5 * 0.96 ** (i * options["momentum_decay"])) for i in (t, t + 1))
        product = state["mu_product"] = state.get("mu_product", 1.0) * mu
        g = directed(p, g, options)
        m = state["exp_avg"] = toward(state.get("exp_avg"), g, 1 - beta1)
        v = state["exp_avg_sq"] = squares(state.get("exp_avg_sq"), g, beta2)
        size = np.sqrt(v / (1 - beta2**t)) + options["eps"]
        mixed = lr * (1 - mu) / (1 - product) * g + lr * ahead / (1 - product * ahead) * m
        return decayed(p, options) - mixed / size


class RAdam(Optimizer):
    """Adam whose first steps, where v is too noisy to divide by, are plain momentum: p ← p − lr · m̂.

    With ρ∞ = 2/(1−β₂) − 1 and ρ = ρ∞ − 2tβ₂ᵗ/(1−β₂ᵗ), from ρ > 5 on p ← p − lr · r · m̂ · √(1−β₂ᵗ) / (√v + ε), where
    r² = (ρ−4)(ρ−2)ρ∞ / ((ρ∞−4)(ρ∞−2)ρ). L. Liu et al., "On the variance of the adaptive learning rate and beyond", 2020.
    The arguments are `Adam`'s.
    """

    compiles: ClassVar[bool] = False  # which of the two steps it is depends on the number of the step

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        betas: Betas = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        decoupled_weight_decay: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(
            params,
            {
                "lr": lr,
                "betas": betas,
                "eps": eps,
                "weight_decay": weight_decay,
                "decoupled_weight_decay": decoupled_weight_decay,
                "maximize": maximize,
            },
        )

    def update(self, p: Any, g: Any, state: State, options: Group) -> Any:
        beta1, beta2 = options["betas"]
        t = count(state)
        g = directed(p, g, options)
        m = state["exp_avg"] = toward(state.get("exp_avg"), g, 1 - beta1)
        v = state["exp_avg_sq"] = squares(state.get("exp_avg_sq"), g, beta2)
        left = 1 - beta2**t
        limit = 2 / (1 - beta2) - 1
        rho = limit - 2 * t * beta2**t / left
        step = options["lr"] / (1 - beta1**t) * m
        if rho > 5:
            r = ((rho - 4) * (rho - 2) * limit / ((limit - 4) * (limit - 2) * rho)) ** 0.5
            step = step * (r * left**0.5) / (np.sqrt(v) + options["eps"])
        return decayed(p, options) - step
