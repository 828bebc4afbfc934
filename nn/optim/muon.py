"""Muon: momentum whose matrices are made orthogonal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

import numpy as np

from autograd import ShapeError

from .adam import toward
from .optimizer import Group, Optimizer, State


class Muon(Optimizer):
    """m ← μm + (1−μ)g, p ← p − lr·λ·p − lr·s·O, where O is the orthogonal matrix next to m (with `nesterov` to μm + (1−μ)g).

    O comes from a few Newton-Schulz steps X ← aX + (b XXᵀ + c (XXᵀ)²) X. K. Jordan et al., "Muon: an optimizer for hidden
    layers in neural networks", 2024. For matrices; biases, embeddings and the last layer are `AdamW`'s. PyTorch computes
    O in bfloat16, here it has the parameter's dtype.

    Args:
        params: parameters of two axes, or groups of them; see `Optimizer`.
        lr: the learning rate.
        weight_decay: λ.
        momentum: μ.
        nesterov: look ahead.
        ns_coefficients: a, b and c.
        eps: the least norm that X is divided by.
        ns_steps: how many steps.
        adjust_lr_fn: s. "original" (and None) is √max(1, outputs / inputs), "match_rms_adamw" 0.2 √max(outputs, inputs):
            J. Liu et al., "Muon is scalable for LLM training", 2025.
        inputs_first: whether the matrices have the shape (inputs, outputs), as `Linear`'s have; PyTorch's have the other.
    """

    elementwise: ClassVar[bool] = False

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        weight_decay: float = 0.1,
        momentum: float = 0.95,
        nesterov: bool = True,
        ns_coefficients: tuple[float, float, float] = (3.4445, -4.775, 2.0315),
        eps: float = 1e-7,
        ns_steps: int = 5,
        adjust_lr_fn: str | None = None,
        *,
        inputs_first: bool = True,
    ) -> None:
        super().__init__(
            params,
            {
                "lr": lr,
                "weight_decay": weight_decay,
                "momentum": momentum,
                "nesterov": nesterov,
                "ns_coefficients": ns_coefficients,
                "eps": eps,
                "ns_steps": ns_steps,
                "adjust_lr_fn": adjust_lr_fn,
                "inputs_first": inputs_first,
            },
        )

    def check(self, group: Group) -> None:
        super().check(group)
        for p in group["params"]:
            if p.ndim != 2:
                raise ShapeError(f"Muon moves matrices, and a parameter has shape {p.shape}: give it to AdamW")
        if group["adjust_lr_fn"] not in (None, "original", "match_rms_adamw"):
            raise ValueError(
                f"Muon: adjust_lr_fn={group['adjust_lr_fn']!r} is neither 'original' nor 'match_rms_adamw'"
            )

    def update(self, p: Any, g: Any, state: State, options: Group) -> Any:
        ahead = 1 - options["momentum"]
        m = state["momentum_buffer"] = toward(state.get("momentum_buffer"), g, ahead)
        direction = toward(g, m, options["momentum"]) if options["nesterov"] else m
        direction = orthogonal(direction, options["ns_coefficients"], options["ns_steps"], options["eps"])
        inputs, outputs = p.shape if options["inputs_first"] else p.shape[::-1]
        scale = max(1, outputs / inputs) ** 0.5
        if options["adjust_lr_fn"] == "match_rms_adamw":
            scale = 0.2 * max(inputs, outputs) ** 0.5
        return p * (1 - options["lr"] * options["weight_decay"]) - options["lr"] * scale * direction


def orthogonal(x: Any, coefficients: tuple[float, float, float], steps: int, eps: float) -> Any:
    """Nearly U Vᵀ of x = U Σ Vᵀ: a quintic, applied `steps` times, that drives the singular values to about 1."""
    a, b, c = coefficients
    tall = x.shape[0] > x.shape[1]
    x = x.T if tall else x
    x = x / np.maximum(np.linalg.norm(x), eps)
    for _ in range(steps):
        gram = x @ x.T
        x = a * x + (b * gram + c * (gram @ gram)) @ x
    return x.T if tall else x
