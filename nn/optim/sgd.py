"""Gradient descent."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from .optimizer import Closure, Group, Optimizer, State, replace_all, used


class SGD(Optimizer):
    """Stochastic gradient descent: p ← p − lr·g, with momentum μ: v ← μ·v + (1 − dampening)·g, p ← p − lr·v.

    B. T. Polyak, "Some methods of speeding up the convergence of iteration methods", 1964, for the momentum; v begins
    at the first gradient, as in PyTorch. With `nesterov` it is p ← p − lr·(g + μ·v): I. Sutskever et al., "On the
    importance of initialization and momentum in deep learning", 2013.

    Args:
        params: parameters, or groups of them; see `Optimizer`.
        lr: the learning rate.
        momentum: μ.
        dampening: what share of a gradient does not enter the momentum.
        weight_decay: λ: λ·p is added to the gradient.
        nesterov: look ahead.
        maximize: go up.
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        momentum: float = 0.0,
        dampening: float = 0.0,
        weight_decay: float = 0.0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(
            params,
            {
                "lr": lr,
                "momentum": momentum,
                "dampening": dampening,
                "weight_decay": weight_decay,
                "nesterov": nesterov,
                "maximize": maximize,
            },
        )

    def check(self, group: Group) -> None:
        super().check(group)
        if group["nesterov"] and (group["momentum"] <= 0 or group["dampening"]):
            raise ValueError("SGD: nesterov needs a momentum and no dampening")

    def step(self, closure: Closure | None = None) -> Any:
        """See `Optimizer.step`."""
        if closure is not None or any(g["momentum"] or g["weight_decay"] or g["maximize"] for g in self.param_groups):
            return super().step(closure)
        moved = []  # two array operations: a buffer would cost more than it saves
        for group in self.param_groups:
            lr = group["lr"]
            for p in group["params"]:
                if (g := p.grad) is not None and p.requires_grad:
                    step, raw = lr * g, p.raw
                    moved.append((p, raw, np.subtract(raw, step, out=step) if step.shape else raw - step))
        return replace_all(moved)

    def update(self, p: Any, g: Any, state: State, options: Group) -> Any:
        if options["maximize"]:
            g = -g
        if options["weight_decay"]:
            g = g + options["weight_decay"] * p
        if used(momentum := options["momentum"]):
            before = state.get("momentum_buffer")
            if before is None:
                v = g.copy()
            else:
                v = momentum * before
                v += (1 - options["dampening"]) * g if options["dampening"] else g
            state["momentum_buffer"] = v
            g = g + momentum * v if options["nesterov"] else v
        step = options["lr"] * g
        return np.subtract(p, step, out=step)
