"""Steps measured in the gradients' size, without Adam's momentum."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from .adam import count, directed, squares, toward
from .optimizer import Group, Optimizer, State, used


class RMSprop(Optimizer):
    """v ← αv + (1−α)g², p ← p − lr · g / (√v + ε); `centered` takes the square of the mean gradient from v.

    T. Tieleman and G. Hinton, "RMSprop", lecture 6.5 of "Neural networks for machine learning", 2012; centered: A. Graves,
    "Generating sequences with recurrent neural networks", 2013.

    Args:
        params: parameters, or groups of them; see `Optimizer`.
        lr: the learning rate.
        alpha: α.
        eps: ε.
        weight_decay: λ: λ·p is added to the gradient.
        momentum: μ: the steps g / (√v + ε) are gathered as in `SGD`.
        centered: divide by the standard deviation.
        maximize: go up.
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum: float = 0.0,
        centered: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(
            params,
            {
                "lr": lr,
                "alpha": alpha,
                "eps": eps,
                "weight_decay": weight_decay,
                "momentum": momentum,
                "centered": centered,
                "maximize": maximize,
            },
        )

    def update(self, p: Any, g: Any, state: State, options: Group) -> Any:
        g = directed(p, g, options)
        size = state["square_avg"] = squares(state.get("square_avg"), g, options["alpha"])
        if options["centered"]:
            mean = state["grad_avg"] = toward(state.get("grad_avg"), g, 1 - options["alpha"])
            size = size - mean * mean
        step = g / (np.sqrt(size) + options["eps"])
        if used(options["momentum"]):
            gathered = state.get("momentum_buffer")
            step = step if gathered is None else options["momentum"] * gathered + step
            state["momentum_buffer"] = step
        return p - options["lr"] * step


class Adagrad(Optimizer):
    """s ← s + g², p ← p − lr / (1 + (t−1)·decay) · g / (√s + ε).

    J. Duchi, E. Hazan and Y. Singer, "Adaptive subgradient methods for online learning and stochastic optimization", 2011.

    Args:
        params: parameters, or groups of them; see `Optimizer`.
        lr: the learning rate.
        lr_decay: how fast the learning rate falls.
        weight_decay: λ: λ·p is added to the gradient.
        initial_accumulator_value: what s begins at.
        eps: ε.
        maximize: go up.
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-2,
        lr_decay: float = 0.0,
        weight_decay: float = 0.0,
        initial_accumulator_value: float = 0.0,
        eps: float = 1e-10,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(
            params,
            {
                "lr": lr,
                "lr_decay": lr_decay,
                "weight_decay": weight_decay,
                "initial_accumulator_value": initial_accumulator_value,
                "eps": eps,
                "maximize": maximize,
            },
        )

    def update(self, p: Any, g: Any, state: State, options: Group) -> Any:
        t = count(state)
        g = directed(p, g, options)
        total = state["sum"] = state.get("sum", options["initial_accumulator_value"]) + g * g
        return p - options["lr"] / (1 + (t - 1) * options["lr_decay"]) * g / (np.sqrt(total) + options["eps"])


class Adadelta(Optimizer):
    """v ← ρv + (1−ρ)g², Δ = √(u + ε) / √(v + ε) · g, u ← ρu + (1−ρ)Δ², p ← p − lr · Δ.

    M. D. Zeiler, "Adadelta: an adaptive learning rate method", 2012.

    Args:
        params: parameters, or groups of them; see `Optimizer`.
        lr: what Δ is multiplied by.
        rho: ρ.
        eps: ε.
        weight_decay: λ: λ·p is added to the gradient.
        maximize: go up.
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1.0,
        rho: float = 0.9,
        eps: float = 1e-6,
        weight_decay: float = 0.0,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(params, {"lr": lr, "rho": rho, "eps": eps, "weight_decay": weight_decay, "maximize": maximize})

    def update(self, p: Any, g: Any, state: State, options: Group) -> Any:
        g = directed(p, g, options)
        rho, eps = options["rho"], options["eps"]
        v = state["square_avg"] = squares(state.get("square_avg"), g, rho)
        u = state.get("acc_delta")
        step = (eps**0.5 if u is None else np.sqrt(u + eps)) / np.sqrt(v + eps) * g
        state["acc_delta"] = squares(u, step, rho)
        return p - options["lr"] * step
