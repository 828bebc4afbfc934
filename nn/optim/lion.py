"""Lion."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from .adam import Betas, toward
from .optimizer import Group, Optimizer, State


class Lion(Optimizer):
    """Every number moves by lr, in the direction of a sign: p ← p − lr · (sign(β₁m + (1−β₁)g) + λp), m ← β₂m + (1−β₂)g.

    X. Chen et al., "Symbolic discovery of optimization algorithms", 2023. Its learning rate is a third to a tenth of
    `AdamW`'s, and its weight decay as many times larger.

    Args:
        params: parameters, or groups of them; see `Optimizer`.
        lr: the learning rate.
        betas: β₁ and β₂.
        weight_decay: λ, decoupled as in `AdamW`.
        maximize: go up.
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-4,
        betas: Betas = (0.9, 0.99),
        weight_decay: float = 0.0,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(params, {"lr": lr, "betas": betas, "weight_decay": weight_decay, "maximize": maximize})

    def update(self, p: Any, g: Any, state: State, options: Group) -> Any:
        beta1, beta2 = options["betas"]
        g = -g if options["maximize"] else g
        m = state.get("exp_avg")
        direction = np.sign(toward(m, g, 1 - beta1))
        state["exp_avg"] = toward(m, g, 1 - beta2)
        return p - options["lr"] * (direction + options["weight_decay"] * p)
