"""Linear and bilinear maps."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np

from .. import functional, init
from ..module import Module, Parameter
from ..random import Seed, default_generator


def uniform(*shape: int, bound: float, dtype: Any, generator: np.random.Generator) -> Parameter:
    """A parameter, uniform on ±bound."""
    parameter = Parameter(np.empty(shape, dtype))
    init.uniform_(parameter, -bound, bound, generator=generator)
    return parameter


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
        generator: a `numpy.random.Generator` or a seed; None takes that of `nn.manual_seed`.

    Raises:
        ValueError: a number of features that is no integer, or negative.
        ShapeError: when it is called with inputs of another length.

    Examples:
        >>> layer = Linear(3, 2)
        >>> layer(np.ones((5, 3))).shape
        (5, 2)
        >>> [name for name, _ in layer.named_parameters()]
        ['weight', 'bias']
    """

    torch_layout: ClassVar = {"weight": (1, 0)}

    def __init__(
        self, in_features: int, out_features: int, bias: bool = True, *, dtype: Any = np.float64, generator: Seed = None
    ) -> None:
        for name, size in {"in_features": in_features, "out_features": out_features}.items():
            if not isinstance(size, (int, np.integer)) or size < 0:
                raise ValueError(f"Linear: {name}={size!r} is a number of features, an integer")
        bound, rng = 1 / math.sqrt(in_features) if in_features else 0.0, default_generator(generator)
        self.weight = uniform(in_features, out_features, bound=bound, dtype=dtype, generator=rng)
        self.bias = uniform(out_features, bound=bound, dtype=dtype, generator=rng) if bias else None

    @property
    def in_features(self) -> int:
        """The number of inputs."""
        return self.weight.shape[0]

    @property
    def out_features(self) -> int:
        """The number of outputs."""
        return self.weight.shape[1]

    def forward(self, x: Any) -> Any:
        return functional.linear(x, self.weight, self.bias)

    def extra_repr(self) -> str:
        return f"in_features={self.in_features}, out_features={self.out_features}, bias={self.bias is not None}"


Dense = Linear


class Bilinear(Module):
    """y_k = x₁ᵀ A_k x₂ + b_k, for x₁ of shape (…, in1_features) and x₂ of shape (…, in2_features).

    `weight` has the shape (out_features, in1_features, in2_features); both parameters begin uniform on ±1/√in1_features.
    """

    def __init__(
        self, in1_features: int, in2_features: int, out_features: int, bias: bool = True, *, dtype: Any = np.float64,
        generator: Seed = None,
    ) -> None:  # fmt: skip
        bound, rng = 1 / math.sqrt(in1_features), default_generator(generator)
        self.weight = uniform(out_features, in1_features, in2_features, bound=bound, dtype=dtype, generator=rng)
        self.bias = uniform(out_features, bound=bound, dtype=dtype, generator=rng) if bias else None

    @property
    def in1_features(self) -> int:
        """The number of first inputs."""
        return self.weight.shape[1]

    @property
    def in2_features(self) -> int:
        """The number of second inputs."""
        return self.weight.shape[2]

    @property
    def out_features(self) -> int:
        """The number of outputs."""
        return self.weight.shape[0]

    def forward(self, x1: Any, x2: Any) -> Any:
        return functional.bilinear(x1, x2, self.weight, self.bias)

    def extra_repr(self) -> str:
        inputs = f"in1_features={self.in1_features}, in2_features={self.in2_features}"
        return f"{inputs}, out_features={self.out_features}, bias={self.bias is not None}"
