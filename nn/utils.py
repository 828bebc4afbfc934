"""What is done to gradients and parameters as a whole (`torch.nn.utils`)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from autograd import NonFiniteError, ShapeError, Value
from autograd.functions import concatenate, reshape

__all__ = ["clip_grad_norm_", "clip_grad_value_", "get_total_norm", "parameters_to_vector", "vector_to_parameters"]

Parameters = Value | Iterable[Value]


def get_total_norm(tensors: Iterable[Any], norm_type: float = 2.0) -> Any:
    """The p-norm of all numbers in some arrays together."""
    norms = [np.linalg.norm(np.ravel(t), norm_type) for t in tensors]
    if any(not isinstance(norm, (float, np.floating)) for norm in norms):
        return np.linalg.norm(np.stack(norms), norm_type)  # in a compiled step: a number that is not there yet
    return float(np.linalg.norm([float(norm) for norm in norms], norm_type)) if norms else 0.0


def clip_grad_norm_(
    parameters: Parameters, max_norm: float, norm_type: float = 2.0, error_if_nonfinite: bool = False
) -> Any:
    """Scale the gradients so that their common p-norm is at most `max_norm`; returns what the norm was.

    R. Pascanu, T. Mikolov and Y. Bengio, "On the difficulty of training recurrent neural networks", 2013.

    Raises:
        ValueError: `max_norm` is negative.
        NonFiniteError: the norm is none, and `error_if_nonfinite`.
    """
    if not max_norm >= 0:
        raise ValueError(f"clip_grad_norm_: max_norm={max_norm} must not be negative")
    graded = _graded(parameters)
    norm = get_total_norm((p.grad for p in graded), norm_type)
    if error_if_nonfinite and not np.isfinite(norm):
        raise NonFiniteError(
            f"clip_grad_norm_: the norm of the gradients is {norm}; autograd.strict() finds where from"
        )
    factor = max_norm / (norm + 1e-6)
    if not isinstance(norm, float):
        for p in graded:
            p.grad = (p.grad * np.minimum(factor, 1)).astype(p.dtype)
    elif not factor >= 1:
        for p in graded:
            p.grad = p.grad * factor
    return norm


def clip_grad_value_(parameters: Parameters, clip_value: float) -> None:
    """Bring every number of the gradients into [−clip_value, clip_value].

    Raises:
        ValueError: `clip_value` is negative.
    """
    if not clip_value >= 0:
        raise ValueError(f"clip_grad_value_: clip_value={clip_value} must not be negative")
    for p in _graded(parameters):
        p.grad = np.clip(p.grad, -clip_value, clip_value)


def parameters_to_vector(parameters: Iterable[Value]) -> Any:
    """All parameters one after the other, as one differentiable vector."""
    return concatenate([reshape(p, -1) for p in parameters])


def vector_to_parameters(vec: Any, parameters: Iterable[Value]) -> None:
    """Give the parameters the numbers of a vector; the reverse of `parameters_to_vector`.

    Raises:
        ShapeError: the vector has not as many numbers as the parameters.
    """
    numbers, parameters = np.asarray(vec.raw if isinstance(vec, Value) else vec), list(parameters)
    if numbers.shape != (total := sum(p.size for p in parameters),):
        raise ShapeError(
            f"vector_to_parameters: the vector has shape {numbers.shape}, and the parameters {total} numbers"
        )
    start = 0
    for p in parameters:
        p.data = numbers[start : start + p.size].reshape(p.shape).astype(p.dtype)
        start += p.size


def _graded(parameters: Parameters) -> list[Value]:
    every = [parameters] if isinstance(parameters, Value) else list(parameters)
    if not all(isinstance(p, Value) for p in every):
        raise TypeError("gradients are clipped of parameters: pass model.parameters()")
    return [p for p in every if p.grad is not None]
