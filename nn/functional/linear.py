"""Linear and bilinear maps."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import ShapeError
from autograd.functions import linear as _linear
from autograd.functions import matmul


def linear(input: Any, weight: Any, bias: Any = None) -> Any:
    """y = x W + b, for x of shape (…, inputs), W of shape (inputs, outputs) and b of shape (outputs,).

    Raises:
        ShapeError: the last axis of x is not as long as W has inputs.
    """
    try:
        if bias is None or bias.shape != weight.shape[1:]:
            product = matmul(input, weight)
            return product if bias is None else product + bias
        return _linear(input, weight, bias)
    except (ValueError, AttributeError) as error:
        given = np.shape(input)
        if given[-1:] == weight.shape[:1]:
            raise
        raise ShapeError(
            f"linear: inputs of shape {given} do not fit a weight of shape {weight.shape}, (inputs, outputs), which takes "
            f"(…, {weight.shape[0]})"
        ) from error


def bilinear(input1: Any, input2: Any, weight: Any, bias: Any = None) -> Any:
    """y_k = x₁ᵀ A_k x₂ + b_k, for x₁ of shape (…, n), x₂ of shape (…, m), A of shape (outputs, n, m).

    Raises:
        ShapeError: the inputs do not fit A, or each other.
    """
    outputs, n, m = weight.shape
    batch = input1.shape[:-1]
    if input1.shape != (*batch, n) or input2.shape != (*batch, m):
        raise ShapeError(f"bilinear: a weight of shape {weight.shape} takes inputs of shapes (…, {n}) and (…, {m}), of equal "
                         f"axes before the last; they have {input1.shape} and {input2.shape}")  # fmt: skip
    left = matmul(input1, weight.transpose(1, 0, 2).reshape(n, outputs * m)).reshape(*batch, outputs, m)
    product = matmul(left, input2[..., None])[..., 0]
    return product if bias is None else product + bias
