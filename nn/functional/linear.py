"""The linear map."""

from __future__ import annotations

from typing import Any

from autograd.functions import linear as _linear
from autograd.functions import matmul


def linear(input: Any, weight: Any, bias: Any = None) -> Any:
    """y = x W + b, for x of shape (…, inputs), W of shape (inputs, outputs) and b of shape (outputs,)."""
    if bias is None or bias.shape != weight.shape[1:]:
        product = matmul(input, weight)
        return product if bias is None else product + bias
    return _linear(input, weight, bias)
