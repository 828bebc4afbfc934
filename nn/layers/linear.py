"""Linear maps."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np

from .. import functional, init
from ..module import Module, Parameter
from ..random import Seed, default_generator


class Linear(Module):
    """y = x W + b, for x of shape (…, in_features) and y of shape (…, out_features).

    `weight` has the shape (in_features, out_features), the transpose of PyTorch's: for the small batches of a small
    network ``x @ W`` is a third faster than ``x @ W.T``. As in PyTorch both parameters begin uniform on
    ±1/√in_features; the functions of `nn.init` draw others.

    Args:
        in_features: the number of inputs.
        out_features: the number of outputs.
        bias: whether b is added.
        dtype: of the parameters; with inputs of the same dtype everything stays in it.
        generator: a `numpy.random.Generator` or a seed; None takes fresh entropy.
    """

    torch_layout: ClassVar = {"weight": (1, 0)}

    def __init__(
        self, in_features: int, out_features: int, bias: bool = True, *, dtype: Any = np.float64, generator: Seed = None
    ) -> None:
        generator = default_generator(generator)
        bound = 1 / math.sqrt(in_features) if in_features else 0.0
        self.weight = Parameter(np.empty((in_features, out_features), dtype), name="weight")
        self.bias = Parameter(np.empty(out_features, dtype), name="bias") if bias else None
        for parameter in (self.weight, self.bias):
            if parameter is not None:
                init.uniform_(parameter, -bound, bound, generator=generator)

    def forward(self, x: Any) -> Any:
        return functional.linear(x, self.weight, self.bias)

    def extra_repr(self) -> str:
        rows, columns = self.weight.shape
        return f"in_features={rows}, out_features={columns}, bias={self.bias is not None}"


Dense = Linear
